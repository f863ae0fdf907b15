#include "storage/sql/busy_retry.h"

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::storage {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

class BusyRetryTest : public ::testing::Test {
 protected:
  // Fails `failures` times with `status`, then succeeds.
  absl::Status Run(int failures, const absl::Status& status,
                   const base::CallContext& context = {}) {
    return retry_.Run(context, [&] {
      return ++runs_ <= failures ? status : absl::OkStatus();
    });
  }

  const absl::Status busy_ = model::StoreBusy(absl::Seconds(1));
  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  base::SequentialIdGenerator ids_;
  BusyRetry retry_{&sleeper_, &ids_};
  int runs_ = 0;
};

TEST_F(BusyRetryTest, RunsAgainWhileTheStoreIsBusy) {
  EXPECT_EQ(Run(3, busy_), absl::OkStatus());
  EXPECT_EQ(runs_, 4);
  EXPECT_THAT(sleeper_.asked(),
              AllOf(SizeIs(3), Each(AllOf(Ge(absl::Milliseconds(2)),
                                          Le(absl::Milliseconds(100))))));
}

TEST_F(BusyRetryTest, GivesUpAfterFiveRuns) {
  EXPECT_EQ(Run(100, busy_), busy_);
  EXPECT_EQ(runs_, 5);
}

TEST_F(BusyRetryTest, PassesOnEveryOtherStatusAtOnce) {
  for (const absl::Status& status :
       {absl::OkStatus(), absl::UnavailableError("not ours"),
        model::OrderManagerUnavailable("down", absl::Seconds(1)),
        model::StoreFull(), absl::AbortedError("lost")}) {
    runs_ = 0;
    EXPECT_EQ(Run(1, status), status);
    EXPECT_EQ(runs_, 1);
  }
  EXPECT_THAT(sleeper_.asked(), IsEmpty());
}

TEST_F(BusyRetryTest, EndsAtTheDeadline) {
  const base::CallContext context(clock_.SteadyNow() + absl::Milliseconds(1),
                                  {});
  EXPECT_TRUE(absl::IsDeadlineExceeded(Run(100, busy_, context)));
  EXPECT_EQ(runs_, 1);
}

}  // namespace
}  // namespace oms_connector::storage
