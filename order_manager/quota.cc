#include "order_manager/quota.h"

#include <algorithm>
#include <iterator>

#include "base/status_macros.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {
namespace {

// Accounts that nobody asks any more (their token was changed, say) are
// forgotten once there are so many.
constexpr size_t kManyAccounts = 1000;
// A rate so low is no rate; also keeps the interval finite.
constexpr double kLowestRate = 1e-6;

absl::Duration IntervalOf(double requests_per_second) {
  if (!(requests_per_second > 0)) return absl::ZeroDuration();
  return absl::Seconds(1) / std::max(requests_per_second, kLowestRate);
}

}  // namespace

absl::Status Quota::Acquire(const std::string& account,
                            double requests_per_second,
                            const base::CallContext& context,
                            absl::FunctionRef<absl::Duration()> patience) {
  const absl::Duration interval = IntervalOf(requests_per_second);
  OMS_RETURN_IF_ERROR(context.Check(clock_->SteadyNow()));
  while (true) {
    OMS_RETURN_IF_ERROR(WaitForHold(account, context, patience));
    const absl::Time now = clock_->SteadyNow();
    const absl::Time slot = TakeSlot(account, interval, now);
    const absl::Status slept =
        slot > now ? sleeper_->Sleep(slot - now, context) : absl::OkStatus();
    if (!slept.ok()) {
      ReturnSlot(account, interval, slot);
      return slept;
    }
    // A 429 may have come meanwhile, to a request before this one. Then all
    // that wait line up once more behind it.
    if (HeldFor(account) <= absl::ZeroDuration()) return absl::OkStatus();
  }
}

absl::Status Quota::WaitForHold(const std::string& account,
                                const base::CallContext& context,
                                absl::FunctionRef<absl::Duration()> patience) {
  absl::Duration hold = HeldFor(account);
  while (hold > absl::ZeroDuration()) {
    if (hold > patience()) return QuotaExhausted(hold);
    OMS_RETURN_IF_ERROR(sleeper_->Sleep(hold, context));
    hold = HeldFor(account);
  }
  return absl::OkStatus();
}

absl::Time Quota::TakeSlot(const std::string& account, absl::Duration interval,
                           absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (accounts_.size() > kManyAccounts) DropIdle(now);
  Account& known = accounts_[account];
  const absl::Time slot = std::max(now, known.next_slot);
  known.next_slot = slot + interval;
  return slot;
}

void Quota::ReturnSlot(const std::string& account, absl::Duration interval,
                       absl::Time slot) {
  absl::MutexLock lock(&mutex_);
  // Only the last in line can leave no gap.
  Account& known = accounts_[account];
  if (known.next_slot == slot + interval) known.next_slot = slot;
}

void Quota::Hold(const std::string& account, absl::Duration hold) {
  const absl::Time time = clock_->SteadyNow() + hold;
  absl::MutexLock lock(&mutex_);
  Account& known = accounts_[account];
  known.held_until = std::max(known.held_until, time);
}

void Quota::SetLabel(const std::string& account, absl::string_view label) {
  absl::MutexLock lock(&mutex_);
  std::string& known = accounts_[account].label;
  if (known != label) known = std::string(label);
}

std::vector<Quota::Standing> Quota::standings() const {
  const absl::Time now = clock_->SteadyNow();
  const auto left = [&](absl::Time time) {
    return std::max(absl::ZeroDuration(), time - now);
  };
  std::vector<Standing> standings;
  absl::ReaderMutexLock lock(&mutex_);
  for (const auto& [key, account] : accounts_) {
    standings.push_back(
        {account.label, left(account.next_slot), left(account.held_until)});
  }
  return standings;
}

absl::Duration Quota::HeldFor(const std::string& account) const {
  const absl::Time now = clock_->SteadyNow();
  absl::ReaderMutexLock lock(&mutex_);
  const auto known = accounts_.find(account);
  if (known == accounts_.end()) return absl::ZeroDuration();
  return std::max(absl::ZeroDuration(), known->second.held_until - now);
}

void Quota::DropIdle(absl::Time now) {
  for (auto account = accounts_.begin(); account != accounts_.end();) {
    const bool idle =
        account->second.next_slot <= now && account->second.held_until <= now;
    account = idle ? accounts_.erase(account) : std::next(account);
  }
}

}  // namespace oms_connector::order_manager
