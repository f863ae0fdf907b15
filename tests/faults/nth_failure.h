// Calls to the database (some of them, OMS_SOAK=1: all), and every request to
// the Order Manager, of an operation fail once, one after the other, in small
// worlds. Whichever it is: the store stays sound, and the operation done again
// leaves what it would have left without a fault.
//
//   TEST_F(NthFailureTest, StatementsOfAPoll) {
//     FailEachStatement(Maker<PollScene>());
//   }
#ifndef OMS_CONNECTOR_TESTS_FAULTS_NTH_FAILURE_H_
#define OMS_CONNECTOR_TESTS_FAULTS_NTH_FAILURE_H_

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "storage/store_test_suite/fault_sql_connection.h"
#include "tests/faults/store_check.h"

namespace oms_connector::testing_support {

// More calls than any operation makes.
inline constexpr int kMaxCalls = 2'000;
// Of an operation and kind of fault, about, unless OMS_SOAK is set.
inline constexpr int kQuickFailures = 8;

// A small world, an operation on it, and what that leaves.
class Scene {
 public:
  virtual ~Scene() = default;
  // May be done again.
  virtual absl::Status Act() = 0;
  // In words, without what differs from try to try: times and numbers.
  virtual std::string Outcome() = 0;
  // What may be left instead where the Order Manager's own marks have moved on
  // before the fault, and that was told; "" = nothing.
  virtual std::string ToldLoss() { return ""; }
  // The `n`-th request to the Order Manager fails; 0 = none. False where the
  // scene makes none.
  virtual bool FailRequest(int n) {
    (void)n;
    return false;
  }
  // Whether that has happened.
  virtual bool RequestFailed() const { return false; }
};

using MakeScene = std::function<std::unique_ptr<Scene>(
    const std::string& path, storage::FaultPlan* faults)>;

template <typename SceneType, typename... Arguments>
MakeScene Maker(Arguments... arguments) {
  return [=](const std::string& path, storage::FaultPlan* faults) {
    return std::make_unique<SceneType>(path, faults, arguments...);
  };
}

struct SqlFault {
  const char* name;
  absl::Status status;
  bool loses_transaction;
};

inline std::vector<SqlFault> SqlFaults() {
  return {{"full", model::StoreFull(), true},
          {"busy", model::StoreBusy(absl::Milliseconds(1)), false},
          {"broken", model::Internal("broken"), false}};
}

class NthFailureTest : public ::testing::Test {
 protected:
  // A database file of its own for each world.
  std::string NewPath() {
    return absl::StrCat(
        ::testing::TempDir(), "/nth_",
        ::testing::UnitTest::GetInstance()->current_test_info()->name(), "_",
        ++worlds_, ".db");
  }

  // Also how many calls to the database it took.
  std::string CleanOutcome(const MakeScene& make, int* calls) {
    storage::FaultPlan none;
    const auto scene = make(NewPath(), &none);
    const int64_t before = none.calls();
    EXPECT_EQ(scene->Act(), absl::OkStatus());
    *calls = static_cast<int>(none.calls() - before);
    std::string outcome = scene->Outcome();
    // And the operation may be repeated.
    EXPECT_EQ(scene->Act(), absl::OkStatus());
    EXPECT_EQ(scene->Outcome(), outcome);
    return outcome;
  }

  void CheckAfter(const std::string& path, Scene& scene,
                  const std::string& clean) {
    EXPECT_EQ(Breaches(path), "");
    EXPECT_EQ(scene.Act(), absl::OkStatus());
    const std::string outcome = scene.Outcome();
    if (outcome != clean) {
      EXPECT_EQ(outcome, scene.ToldLoss()) << "instead of " << clean;
      ++told_losses_;
    }
    EXPECT_EQ(Breaches(path), "");
  }

  void FailEachStatement(const MakeScene& make) {
    int calls = 0;
    const std::string clean = CleanOutcome(make, &calls);
    // A quick run takes some of them, others each time.
    const int stride =
        std::getenv("OMS_SOAK") != nullptr ? 1 : calls / kQuickFailures + 1;
    int start = static_cast<int>(std::random_device()() % stride);
    int failed = 0;
    for (const SqlFault& fault : SqlFaults()) {
      bool untouched = false;
      start = (start + 1) % stride;
      for (int n = 1 + start; n <= kMaxCalls && !untouched && !HasFailure();
           n += stride) {
        SCOPED_TRACE(absl::StrCat("call ", n, " ", fault.name));
        const std::string path = NewPath();
        storage::FaultPlan plan;
        const auto scene = make(path, &plan);
        plan.FailCall(n, fault.status, fault.loses_transaction);
        const absl::Status status = scene->Act();
        untouched = !plan.fired();
        plan.Clear();
        if (untouched) {
          EXPECT_EQ(status, absl::OkStatus());
        }
        failed += untouched ? 0 : 1;
        CheckAfter(path, *scene, clean);
      }
      EXPECT_TRUE(untouched || HasFailure());
    }
    printf("%d failed calls to the database, of %d each way; %d told losses\n",
           failed, calls, told_losses_);
    EXPECT_GT(failed, 3);
  }

  void FailEachRequest(const MakeScene& make) {
    int calls = 0;
    const std::string clean = CleanOutcome(make, &calls);
    int failed = 0;
    for (;;) {
      SCOPED_TRACE(absl::StrCat("request ", failed + 1));
      const std::string path = NewPath();
      storage::FaultPlan none;
      const auto scene = make(path, &none);
      ASSERT_TRUE(scene->FailRequest(failed + 1));
      (void)scene->Act();
      const bool untouched = !scene->RequestFailed();
      scene->FailRequest(0);
      CheckAfter(path, *scene, clean);
      if (untouched || HasFailure()) break;
      ++failed;
    }
    printf("%d failed requests\n", failed);
    EXPECT_GE(failed, 2);
  }

  int told_losses_ = 0;

 private:
  int worlds_ = 0;
};

// Counts requests, and has one fail.
class RequestFault {
 public:
  void FailNth(int n) {
    absl::MutexLock lock(&mutex_);
    left_ = n;
    failed_ = false;
  }
  absl::Status Next() {
    absl::MutexLock lock(&mutex_);
    if (left_ == 0 || --left_ > 0) return absl::OkStatus();
    failed_ = true;
    return model::OrderManagerUnavailable("on purpose", absl::Seconds(1));
  }
  bool failed() const {
    absl::MutexLock lock(&mutex_);
    return failed_;
  }

 private:
  mutable absl::Mutex mutex_;
  int left_ ABSL_GUARDED_BY(mutex_) = 0;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_FAULTS_NTH_FAILURE_H_
