#include "order_manager/quota.h"

#include <algorithm>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "base/manual_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Duration kPatience = absl::Seconds(5);

class QuotaTest : public ::testing::Test {
 protected:
  absl::Status Acquire(double rate, const std::string& account = "acme",
                       absl::Duration patience = kPatience) {
    return quota_.Acquire(account, rate, context_, [=] { return patience; });
  }

  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  Quota quota_{&clock_, &sleeper_};
  base::CallContext context_;
};

TEST_F(QuotaTest, SpacesRequestsEvenly) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Acquire(5).ok());
  EXPECT_THAT(sleeper_.asked(),
              ElementsAre(absl::Milliseconds(200), absl::Milliseconds(200),
                          absl::Milliseconds(200)));
}

// A hold that a clock set back made longer would stop all pulls for days.
TEST_F(QuotaTest, WaitsAsLongWhenTheClockIsSet) {
  for (const absl::Duration jump : {absl::Hours(-72), absl::Hours(72)}) {
    quota_.Hold("acme", absl::Seconds(4));
    clock_.Jump(jump);
    EXPECT_EQ(quota_.HeldFor("acme"), absl::Seconds(4)) << jump;
    ASSERT_TRUE(Acquire(5).ok());
    EXPECT_EQ(sleeper_.asked().back(), absl::Seconds(4)) << jump;
    clock_.Advance(absl::Seconds(1));
  }
}

// For people who ask why a pull waits.
TEST_F(QuotaTest, TellsHowEachAccountStands) {
  EXPECT_THAT(quota_.standings(), IsEmpty());
  quota_.SetLabel("acme", "connection-a");
  ASSERT_TRUE(Acquire(5).ok());
  quota_.Hold("acme", absl::Seconds(7));
  const auto standings = quota_.standings();
  ASSERT_EQ(standings.size(), 1u);
  EXPECT_EQ(standings[0].label, "connection-a");
  EXPECT_EQ(standings[0].line, absl::Milliseconds(200));
  EXPECT_EQ(standings[0].held, absl::Seconds(7));
  clock_.Advance(absl::Seconds(8));
  EXPECT_EQ(quota_.standings()[0].held, absl::ZeroDuration());
}

TEST_F(QuotaTest, KnowsFractionsOfARequest) {
  ASSERT_TRUE(Acquire(0.25).ok());
  ASSERT_TRUE(Acquire(0.25).ok());
  EXPECT_THAT(sleeper_.asked(), ElementsAre(absl::Seconds(4)));
}

TEST_F(QuotaTest, LetsNoUnusedTimeAddUp) {
  ASSERT_TRUE(Acquire(5).ok());
  clock_.Advance(absl::Hours(1));
  ASSERT_TRUE(Acquire(5).ok());
  EXPECT_THAT(sleeper_.asked(), IsEmpty());
  ASSERT_TRUE(Acquire(5).ok());
  EXPECT_THAT(sleeper_.asked(), ElementsAre(absl::Milliseconds(200)));
}

TEST_F(QuotaTest, KnowsNoLimitForZero) {
  for (const double rate :
       {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()}) {
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(Acquire(rate).ok());
  }
  EXPECT_THAT(sleeper_.asked(), IsEmpty());
}

TEST_F(QuotaTest, CountsAccountsApart) {
  ASSERT_TRUE(Acquire(1, "acme").ok());
  quota_.Hold("acme", absl::Hours(1));
  ASSERT_TRUE(Acquire(1, "bolt").ok());
  EXPECT_THAT(sleeper_.asked(), IsEmpty());
}

TEST_F(QuotaTest, WaitsOutAHoldWithinTheCallersPatience) {
  quota_.Hold("acme", absl::Seconds(5));
  ASSERT_TRUE(Acquire(0).ok());
  EXPECT_THAT(sleeper_.asked(), ElementsAre(absl::Seconds(5)));
  EXPECT_EQ(quota_.HeldFor("acme"), absl::ZeroDuration());
}

TEST_F(QuotaTest, RefusesAtOnceWhereAHoldLastsLonger) {
  quota_.Hold("acme", absl::Seconds(7));
  const absl::Status status = Acquire(0);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(RetryAfterOf(status), absl::Seconds(7));
  EXPECT_THAT(sleeper_.asked(), IsEmpty());
  EXPECT_TRUE(Acquire(0, "acme", absl::Seconds(7)).ok());
}

TEST_F(QuotaTest, KeepsTheLongerOfTwoHolds) {
  quota_.Hold("acme", absl::Seconds(4));
  quota_.Hold("acme", absl::Seconds(2));
  EXPECT_EQ(quota_.HeldFor("acme"), absl::Seconds(4));
}

TEST_F(QuotaTest, EndsWithTheCall) {
  context_ = base::CallContext(clock_.SteadyNow() + absl::Seconds(1),
                               base::CancellationToken());
  quota_.Hold("acme", absl::Seconds(3));
  EXPECT_EQ(Acquire(0).code(), absl::StatusCode::kDeadlineExceeded);

  base::CancellationSource source;
  context_ = base::CallContext(absl::InfiniteFuture(), source.token());
  source.Cancel();
  EXPECT_EQ(Acquire(0, "bolt").code(), absl::StatusCode::kCancelled);
}

TEST_F(QuotaTest, TakesBackTheSlotOfACallThatGaveUp) {
  ASSERT_TRUE(Acquire(0.1).ok());
  const base::CallContext forever = context_;
  context_ = base::CallContext(clock_.SteadyNow() + absl::Seconds(1),
                               base::CancellationToken());
  EXPECT_EQ(Acquire(0.1).code(), absl::StatusCode::kDeadlineExceeded);
  context_ = forever;
  ASSERT_TRUE(Acquire(0.1).ok());
  // Nine seconds of ten are left, not nineteen.
  EXPECT_EQ(sleeper_.asked().back(), absl::Seconds(9));
}

TEST_F(QuotaTest, ForgetsNoHoldOverManyAccounts) {
  quota_.Hold("held", absl::Hours(1));
  for (int i = 0; i < 2000; ++i) {
    ASSERT_TRUE(Acquire(1, absl::StrCat("account-", i)).ok());
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_EQ(Acquire(1, "held").code(), absl::StatusCode::kResourceExhausted);
}

// Sleeps in simulated time that all threads share: time moves to the earliest
// moment somebody waits for, once all threads wait.
class SharedTime final : public base::Clock, public base::Sleeper {
 public:
  explicit SharedTime(int threads) : busy_(threads) {}

  absl::Time Now() override {
    absl::MutexLock lock(&mutex_);
    return now_;
  }

  absl::Status Sleep(absl::Duration duration,
                     const base::CallContext&) override {
    absl::MutexLock lock(&mutex_);
    const absl::Time wake = now_ + duration;
    wakes_.push_back(wake);
    --busy_;
    Move();
    const auto is_time = [this, wake]() { return now_ >= wake; };
    mutex_.Await(absl::Condition(&is_time));
    return absl::OkStatus();
  }

  void EndThread() {
    absl::MutexLock lock(&mutex_);
    --busy_;
    Move();
  }

 private:
  void Move() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (busy_ > 0 || wakes_.empty()) return;
    now_ = *std::min_element(wakes_.begin(), wakes_.end());
    const auto first_woken =
        std::partition(wakes_.begin(), wakes_.end(),
                       [this](absl::Time t) { return t > now_; });
    busy_ += static_cast<int>(wakes_.end() - first_woken);
    wakes_.erase(first_woken, wakes_.end());
  }

  absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_) = absl::FromUnixSeconds(1'000'000);
  int busy_ ABSL_GUARDED_BY(mutex_);
  std::vector<absl::Time> wakes_ ABSL_GUARDED_BY(mutex_);
};

TEST(QuotaOfManyThreads, IsOneQuota) {
  constexpr int kThreads = 4;
  constexpr int kRequests = 25;
  SharedTime time(kThreads);
  Quota quota(&time, &time);
  absl::Mutex mutex;
  std::vector<absl::Time> sent;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int request = 0; request < kRequests; ++request) {
        const absl::Status status =
            quota.Acquire("acme", 10, base::CallContext(),
                          [] { return absl::InfiniteDuration(); });
        absl::MutexLock lock(&mutex);
        EXPECT_TRUE(status.ok());
        sent.push_back(time.Now());
        // The twentieth request meets a 429.
        if (sent.size() == 20) {
          quota.Hold("acme", absl::Seconds(30));
        }
      }
      time.EndThread();
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::sort(sent.begin(), sent.end());
  for (size_t i = 1; i < sent.size(); ++i) {
    EXPECT_GE(sent[i] - sent[i - 1], absl::Milliseconds(100)) << i;
  }
  EXPECT_GE(sent[20] - sent[19], absl::Seconds(30));
  EXPECT_EQ(sent.size(), kThreads * kRequests);
}

}  // namespace
}  // namespace oms_connector::order_manager
