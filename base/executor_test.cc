#include "base/executor.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/synchronization/barrier.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

TEST(Executor, RunsTasksInOrderOnOneThread) {
  std::vector<int> order;
  Executor executor("test", 1, 100);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(executor.TrySubmit([&order, i] { order.push_back(i); }));
  }
  executor.Shutdown();
  EXPECT_THAT(order, testing::ElementsAre(0, 1, 2, 3, 4));
}

TEST(Executor, RunsAsManyTasksAtOnceAsItHasThreads) {
  constexpr int kThreads = 3;
  auto* const barrier = new absl::Barrier(kThreads);
  Executor executor("test", kThreads, kThreads);
  for (int i = 0; i < kThreads; ++i) {
    ASSERT_TRUE(executor.TrySubmit([&] {
      if (barrier->Block()) delete barrier;
    }));
  }
  executor.Shutdown();
}

TEST(Executor, HasAtLeastOneThread) {
  std::atomic<bool> ran = false;
  {
    Executor executor("test", 0, 1);
    ASSERT_TRUE(executor.TrySubmit([&] { ran = true; }));
  }
  EXPECT_TRUE(ran);
}

// A thread of an executor that does nothing until it is let go.
class HeldThread {
 public:
  explicit HeldThread(Executor& executor) {
    EXPECT_TRUE(executor.TrySubmit([signals = signals_] {
      signals->started.Notify();
      signals->go_on.WaitForNotification();
    }));
    signals_->started.WaitForNotification();
  }
  void LetGo() { signals_->go_on.Notify(); }

 private:
  struct Signals {
    absl::Notification started, go_on;
  };
  // The thread's as well.
  const std::shared_ptr<Signals> signals_ = std::make_shared<Signals>();
};

// Threads of this process by that name.
int ThreadsNamed(absl::string_view name) {
  int count = 0;
  for (const auto& task :
       std::filesystem::directory_iterator("/proc/self/task")) {
    std::string comm;
    std::getline(std::ifstream(task.path() / "comm"), comm);
    if (comm == name) ++count;
  }
  return count;
}

TEST(Executor, StartsThreadsAsTheyAreNeeded) {
  Executor executor("as-needed", 8, 100);
  EXPECT_EQ(ThreadsNamed("as-needed"), 0);
  HeldThread held(executor);
  EXPECT_EQ(ThreadsNamed("as-needed"), 1);
  absl::Notification beside;
  ASSERT_TRUE(executor.TrySubmit([&] { beside.Notify(); }));
  beside.WaitForNotification();
  EXPECT_EQ(ThreadsNamed("as-needed"), 2);
  held.LetGo();
  executor.Shutdown();
}

// The stack of a thread is more than there is room for.
TEST(Executor, RefusesWhereTheSystemHasNoThread) {
  Executor executor("test", 2, 10);
  pthread_attr_t usual;
  ASSERT_EQ(pthread_getattr_default_np(&usual), 0);
  pthread_attr_t huge;
  ASSERT_EQ(pthread_attr_init(&huge), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&huge, size_t{1} << 47), 0);
  ASSERT_EQ(pthread_setattr_default_np(&huge), 0);
  EXPECT_FALSE(executor.TrySubmit([] { FAIL(); }));
  ASSERT_EQ(pthread_setattr_default_np(&usual), 0);
  HeldThread held(executor);
  // With one there, what comes waits for it.
  ASSERT_EQ(pthread_setattr_default_np(&huge), 0);
  bool ran = false;
  EXPECT_TRUE(executor.TrySubmit([&] { ran = true; }));
  ASSERT_EQ(pthread_setattr_default_np(&usual), 0);
  held.LetGo();
  executor.Shutdown();
  EXPECT_TRUE(ran);
}

TEST(Executor, RefusesWhenTheQueueIsFull) {
  Executor executor("test", 1, 2);
  HeldThread held(executor);
  EXPECT_TRUE(executor.TrySubmit([] {}));
  EXPECT_TRUE(executor.TrySubmit([] {}));
  EXPECT_EQ(executor.queued(), 2u);
  EXPECT_FALSE(executor.TrySubmit([] { FAIL(); }));
  held.LetGo();
}

TEST(Executor, RunsWhatWaitsBeforeItShutsDown) {
  std::atomic<int> ran = 0;
  Executor executor("test", 1, 10);
  absl::Notification go_on;
  ASSERT_TRUE(executor.TrySubmit([&] { go_on.WaitForNotification(); }));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(executor.TrySubmit([&] { ++ran; }));
  go_on.Notify();
  executor.Shutdown();
  EXPECT_EQ(ran, 5);
}

TEST(Executor, RefusesAfterShutdown) {
  Executor executor("test", 1, 10);
  executor.Shutdown();
  executor.Shutdown();
  EXPECT_FALSE(executor.TrySubmit([] { FAIL(); }));
}

TEST(Executor, MayBeShutDownFromSeveralThreads) {
  Executor executor("test", 2, 10);
  std::thread other([&] { executor.Shutdown(); });
  executor.Shutdown();
  other.join();
}

TEST(Executor, TasksMaySubmitTasks) {
  absl::Notification done;
  Executor executor("test", 1, 1);
  ASSERT_TRUE(executor.TrySubmit(
      [&] { EXPECT_TRUE(executor.TrySubmit([&] { done.Notify(); })); }));
  done.WaitForNotification();
}

TEST(Executor, TakesTasksThatOnlyMove) {
  int value = 0;
  {
    Executor executor("test", 1, 1);
    ASSERT_TRUE(executor.TrySubmit(
        [&, number = std::make_unique<int>(7)] { value = *number; }));
  }
  EXPECT_EQ(value, 7);
}

TEST(Executor, NamesItsThreads) {
  std::string name(64, '\0');
  {
    Executor executor("a name longer than 15 characters", 1, 1);
    absl::Notification named;
    ASSERT_TRUE(executor.TrySubmit([&] {
      named.WaitForNotification();
      pthread_getname_np(pthread_self(), name.data(), name.size());
    }));
    named.Notify();
  }
  EXPECT_STREQ(name.c_str(), "a name longer t");
}

// Tasks note their names in the order in which they run, on one thread that is
// held until Run.
class TurnsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(executor_.TrySubmit("a", [this] {
      began_.Notify();
      go_on_.WaitForNotification();
    }));
    began_.WaitForNotification();
  }
  void Submit(const std::string& party, const std::string& name) {
    ASSERT_TRUE(
        executor_.TrySubmit(party, [this, name] { order_.push_back(name); }));
  }
  std::vector<std::string> Run() {
    go_on_.Notify();
    executor_.Shutdown();
    return order_;
  }

  absl::Notification began_, go_on_;
  std::vector<std::string> order_;
  Executor executor_{"test", 1, 1000};
};

TEST_F(TurnsTest, PartiesTakeTurns) {
  for (const char* name : {"a1", "a2", "a3"}) Submit("a", name);
  for (const char* name : {"b1", "b2"}) Submit("b", name);
  Submit("c", "c1");
  EXPECT_THAT(Run(), testing::ElementsAre("a1", "b1", "c1", "a2", "b2", "a3"));
}

TEST_F(TurnsTest, TellsWhoWaits) {
  Submit("b", "b1");
  Submit("b", "b2");
  // The task of "a" runs, and waits no more.
  EXPECT_EQ(executor_.queued_by_party(),
            (std::map<std::string, size_t>{{"b", 2}}));
  Run();
  EXPECT_TRUE(executor_.queued_by_party().empty());
}

TEST_F(TurnsTest, OneWithAThousandTasksDelaysAnotherByOne) {
  for (int i = 0; i < 900; ++i) Submit("hostile", "x");
  Submit("other", "mine");
  const std::vector<std::string> order = Run();
  EXPECT_LE(std::find(order.begin(), order.end(), "mine") - order.begin(), 1);
  EXPECT_EQ(order.size(), 901u);
}

TEST(Executor, APartyTakesNoMoreThreadsThanItsShare) {
  Executor executor("test", 3, 100, /*max_running_per_party=*/2);
  absl::Notification go_on;
  std::atomic<int> hanging = 0;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(executor.TrySubmit("hangs", [&] {
      ++hanging;
      go_on.WaitForNotification();
    }));
  }
  // The third thread is the others', again and again.
  for (int i = 0; i < 5; ++i) {
    absl::Notification ran;
    ASSERT_TRUE(executor.TrySubmit("other", [&] { ran.Notify(); }));
    ran.WaitForNotification();
  }
  EXPECT_LE(hanging, 2);
  go_on.Notify();
  executor.Shutdown();
  EXPECT_EQ(hanging, 10);
}

TEST(Executor, LosesNoTaskOfManySubmitters) {
  constexpr int kSubmitters = 4;
  constexpr int kTasks = 1000;
  std::atomic<int> ran = 0;
  Executor executor("test", 2, kSubmitters * kTasks, 1);
  std::vector<std::thread> submitters;
  for (int i = 0; i < kSubmitters; ++i) {
    submitters.emplace_back([&] {
      for (int task = 0; task < kTasks; ++task) {
        ASSERT_TRUE(
            executor.TrySubmit(task % 3 == 0 ? "a" : "b", [&] { ++ran; }));
      }
    });
  }
  for (std::thread& submitter : submitters) submitter.join();
  executor.Shutdown();
  EXPECT_EQ(ran, kSubmitters * kTasks);
}

TEST(Executor, RunsOnTheCallersThreadWhileItIsQuiet) {
  Executor executor("test", 1, 10, /*max_running_per_party=*/10,
                    /*quiet_below=*/2);
  std::thread::id ran_on;
  EXPECT_TRUE(executor.TryRunHere([&] {
    ran_on = std::this_thread::get_id();
    // One runs, another may; a third may not.
    EXPECT_TRUE(executor.TryRunHere(
        [&] { EXPECT_FALSE(executor.TryRunHere([] { FAIL(); })); }));
  }));
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  EXPECT_TRUE(executor.TryRunHere([] {}));
}

TEST(Executor, RunsNothingOnTheCallersThreadBeforeThoseThatWait) {
  Executor executor("test", 1, 10, /*max_running_per_party=*/10,
                    /*quiet_below=*/2);
  absl::Notification started, end;
  ASSERT_TRUE(executor.TrySubmit([&] {
    started.Notify();
    end.WaitForNotification();
  }));
  started.WaitForNotification();
  EXPECT_TRUE(executor.TryRunHere([] {}));
  ASSERT_TRUE(executor.TrySubmit([] {}));
  EXPECT_FALSE(executor.TryRunHere([] { FAIL(); }));
  end.Notify();
  executor.Shutdown();
  EXPECT_FALSE(executor.TryRunHere([] { FAIL(); }));
}

TEST(Executor, RunsNothingOnTheCallersThreadUnlessTold) {
  Executor executor("test", 1, 10);
  EXPECT_FALSE(executor.TryRunHere([] { FAIL(); }));
}

}  // namespace
}  // namespace oms_connector::base
