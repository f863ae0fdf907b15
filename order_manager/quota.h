// How often an account of the Order Manager may be asked, shared by all pulls
// of it: so many requests a second, evenly spaced, and none before the moment
// that a 429 has named.
//
//   Quota quota(&clock, &sleeper);
//   OMS_RETURN_IF_ERROR(quota.Acquire(account, 5.0, context, patience));
//   ... send; on a 429: quota.Hold(account, retry_after);
//
// Source: clients that work keep to 5 requests a second.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_QUOTA_H_
#define OMS_CONNECTOR_ORDER_MANAGER_QUOTA_H_

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"

namespace oms_connector::order_manager {

// Thread-safe. Requests of an account go in the order in which they ask.
class Quota {
 public:
  // Both must outlive this.
  Quota(base::Clock* clock, base::Sleeper* sleeper)
      : clock_(clock), sleeper_(sleeper) {}

  // Blocks until the account may be sent one request. `account` is any text
  // that is the same for the same account and holds no secret in the clear.
  // `requests_per_second` may be a fraction; 0 and less mean no limit.
  // `patience` is how long a 429 may be waited for, asked when there is one to
  // wait for.
  // Errors: RESOURCE_EXHAUSTED (order_manager.h, QuotaExhausted) where the
  // hold lasts longer than that; CANCELLED, DEADLINE_EXCEEDED.
  absl::Status Acquire(const std::string& account, double requests_per_second,
                       const base::CallContext& context,
                       absl::FunctionRef<absl::Duration()> patience)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // Lets no request of the account go for so long. An earlier hold that lasts
  // longer stays.
  void Hold(const std::string& account, absl::Duration hold)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // What people may call the account from now on, on a page.
  void SetLabel(const std::string& account, absl::string_view label)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // How an account stands now.
  struct Standing {
    std::string label;
    absl::Duration line;  // until a further request could go
    absl::Duration held;  // what a 429 still asks to wait
  };
  // Of the accounts that were asked lately.
  std::vector<Standing> standings() const ABSL_LOCKS_EXCLUDED(mutex_);

  // How long the account is still held; zero where it is not.
  absl::Duration HeldFor(const std::string& account) const
      ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // Times are on the steady clock: setting the machine's neither ends a hold
  // nor makes it longer.
  struct Account {
    std::string label;
    absl::Time next_slot = absl::InfinitePast();
    absl::Time held_until = absl::InfinitePast();
  };

  absl::Status WaitForHold(const std::string& account,
                           const base::CallContext& context,
                           absl::FunctionRef<absl::Duration()> patience);
  absl::Time TakeSlot(const std::string& account, absl::Duration interval,
                      absl::Time now) ABSL_LOCKS_EXCLUDED(mutex_);
  void ReturnSlot(const std::string& account, absl::Duration interval,
                  absl::Time slot) ABSL_LOCKS_EXCLUDED(mutex_);
  void DropIdle(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  base::Clock* const clock_;
  base::Sleeper* const sleeper_;
  mutable absl::Mutex mutex_;
  std::unordered_map<std::string, Account> accounts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_QUOTA_H_
