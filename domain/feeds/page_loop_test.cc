#include "domain/feeds/page_loop.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/manual_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::feeds {
namespace {

using order_manager::PageRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Page = order_manager::Page<int>;

constexpr int64_t kLimit = 1000;

Page PageOf(int64_t rows, uint64_t fingerprint) {
  Page page;
  page.row_count = rows;
  page.fingerprint = fingerprint;
  return page;
}

class PageLoop : public ::testing::Test {
 protected:
  PageLoop() : clock_(absl::FromUnixSeconds(1'000'000)) {
    Begin(PullSession::Parts().pages_ahead);
  }

  void Begin(int pages_ahead) {
    PullSession::Parts parts;
    parts.pages_ahead = pages_ahead;
    parts.clock = &clock_;
    parts.now = clock_.Now();
    parts.steady_now = clock_.SteadyNow();
    parts.context = base::CallContext(absl::InfiniteFuture(), cancel_.token());
    session_ = std::make_unique<PullSession>(std::move(parts));
  }

  // Reads a list of `pages`, each with so many rows, from `first` on.
  absl::Status Read(std::vector<int64_t> pages, int64_t first = 1) {
    return ReadWith(first, [pages](PageRequest request) {
      const auto index = static_cast<size_t>(request.page - 1);
      const int64_t rows = index < pages.size() ? pages[index] : 0;
      return PageOf(rows, 1000 + index);
    });
  }

  template <typename Fetch>
  absl::Status ReadWith(int64_t first, Fetch fetch) {
    return ReadPages<int>(
        *session_, "things", {first, kLimit},
        [fetch](PageRequest request) -> absl::StatusOr<Page> {
          EXPECT_EQ(request.limit, kLimit);
          return fetch(request);
        },
        [this](int64_t number, const Page&) {
          stored_.push_back(number);
          return stored_.size() == fails_at_ ? absl::DataLossError("disk")
                                             : absl::OkStatus();
        },
        [this] {
          idle_before_.push_back(stored_.size() + 1);
          return absl::OkStatus();
        });
  }

  base::ManualClock clock_;
  base::CancellationSource cancel_;
  std::unique_ptr<PullSession> session_;
  std::vector<int64_t> stored_;
  size_t fails_at_ = 0;
  std::vector<size_t> idle_before_;  // pages that were waited for
};

TEST_F(PageLoop, ReadsToTheFirstEmptyPage) {
  EXPECT_TRUE(Read({kLimit, 3, 10}).ok()) << "a short page is not the end";
  EXPECT_THAT(stored_, ElementsAre(1, 2, 3));
  EXPECT_EQ(session_->run().counts.pages, 3);
  EXPECT_EQ(session_->run().counts.rows, kLimit + 13);
}

TEST_F(PageLoop, GoesOnFromAPage) {
  EXPECT_TRUE(Read({kLimit, 10, 4}, 3).ok());
  EXPECT_THAT(stored_, ElementsAre(3));
  EXPECT_TRUE(Read({10}, 2).ok()) << "it may have become shorter";
  EXPECT_THAT(stored_, ElementsAre(3));
}

// The pages that were asked for, in order.
std::vector<int64_t> Sorted(std::vector<int64_t> pages) {
  std::sort(pages.begin(), pages.end());
  return pages;
}

TEST_F(PageLoop, FetchesTwoPagesWhileOneIsStored) {
  absl::Mutex mutex;
  std::vector<int64_t> asked;
  const auto fetch = [&](PageRequest request) {
    absl::MutexLock lock(&mutex);
    asked.push_back(request.page);
    // The second answer is not there before the third has been asked for.
    const auto third = [&] { return asked.size() >= 3; };
    if (request.page == 2) mutex.Await(absl::Condition(&third));
    return PageOf(request.page <= 3 ? kLimit : 0,
                  static_cast<uint64_t>(request.page));
  };
  EXPECT_TRUE(ReadWith(1, fetch).ok());
  EXPECT_THAT(stored_, ElementsAre(1, 2, 3));
  EXPECT_THAT(Sorted(asked), ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(PageLoop, FetchesNothingAheadWhereItIsToldTo) {
  Begin(0);
  std::vector<size_t> stored_before;
  EXPECT_TRUE(ReadWith(1, [&](PageRequest request) {
                stored_before.push_back(stored_.size());
                return PageOf(request.page <= 2 ? kLimit : 0,
                              static_cast<uint64_t>(request.page));
              }).ok());
  EXPECT_THAT(stored_before, ElementsAre(0, 1, 2));
}

TEST_F(PageLoop, TellsOfPagesThatAreWaitedFor) {
  EXPECT_TRUE(Read({3}).ok());
  EXPECT_THAT(idle_before_, ElementsAre(2)) << "the end, asked for when wanted";
  idle_before_.clear();
  stored_.clear();
  absl::Notification waited;
  EXPECT_TRUE(ReadPages<int>(
                  *session_, "things", {1, kLimit},
                  [&](PageRequest request) -> absl::StatusOr<Page> {
                    if (request.page == 2) waited.WaitForNotification();
                    return PageOf(request.page <= 2 ? kLimit : 0,
                                  static_cast<uint64_t>(request.page));
                  },
                  [this](int64_t number, const Page&) {
                    stored_.push_back(number);
                    return absl::OkStatus();
                  },
                  [&] {
                    if (!waited.HasBeenNotified()) {
                      EXPECT_THAT(stored_, ElementsAre(1));
                      waited.Notify();
                    }
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_THAT(stored_, ElementsAre(1, 2));
}

TEST_F(PageLoop, AsksForNoMoreThanTheEndBehindAShortPage) {
  absl::Mutex mutex;
  std::vector<int64_t> asked;
  const auto fetch = [&](PageRequest request) {
    absl::MutexLock lock(&mutex);
    asked.push_back(request.page);
    return PageOf(request.page < 3    ? kLimit
                  : request.page == 3 ? 5
                                      : 0,
                  static_cast<uint64_t>(request.page));
  };
  EXPECT_TRUE(ReadWith(1, fetch).ok());
  EXPECT_THAT(Sorted(asked), ElementsAre(1, 2, 3, 4));
  asked.clear();
  EXPECT_TRUE(ReadWith(3, fetch).ok());
  EXPECT_THAT(Sorted(asked), ElementsAre(3, 4));
}

TEST_F(PageLoop, AFullPageThatComesAgainHasNoKnownEnd) {
  for (const int64_t rows : {kLimit, kTheirLimit}) {
    stored_.clear();
    const absl::Status status =
        ReadWith(1, [rows](PageRequest) { return PageOf(rows, 7); });
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()), HasSubstr("things"));
    EXPECT_THAT(stored_, ElementsAre(1));
  }
}

TEST_F(PageLoop, AShortPageThatComesAgainWasAll) {
  EXPECT_TRUE(
      ReadWith(1, [](PageRequest) { return PageOf(kTheirLimit - 1, 7); }).ok());
  EXPECT_THAT(stored_, ElementsAre(1));
}

TEST_F(PageLoop, AListWithoutAnEndEnds) {
  const absl::Status status =
      ReadWith(order_manager::kMaxPages - 1, [](PageRequest request) {
        return PageOf(10, static_cast<uint64_t>(request.page));
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(stored_, ElementsAre(order_manager::kMaxPages - 1,
                                   order_manager::kMaxPages));
}

TEST_F(PageLoop, ErrorsEndItWhereTheyStand) {
  EXPECT_TRUE(absl::IsInternal(
      ReadWith(1, [](PageRequest request) -> absl::StatusOr<Page> {
        if (request.page == 3) return absl::InternalError("no");
        return PageOf(10, static_cast<uint64_t>(request.page));
      })));
  EXPECT_THAT(stored_, ElementsAre(1, 2));
  stored_.clear();
  fails_at_ = 2;
  EXPECT_TRUE(absl::IsDataLoss(Read({10, 10, 10})));
  EXPECT_THAT(stored_, ElementsAre(1, 2));
}

TEST_F(PageLoop, WhoIsCancelledReadsNothing) {
  cancel_.Cancel();
  EXPECT_TRUE(absl::IsCancelled(Read({10})));
  EXPECT_THAT(stored_, IsEmpty());
}

TEST_F(PageLoop, KeepsWhatWasSetAsideAndTheirClock) {
  EXPECT_TRUE(ReadWith(1, [&](PageRequest request) {
                Page page = PageOf(request.page == 1 ? 10 : 0, 1);
                page.server_time = clock_.Now() + absl::Hours(request.page);
                page.rejected.resize(2);
                page.notes.resize(1);
                return page;
              }).ok());
  EXPECT_EQ(session_->run().counts.rows_rejected, 2);
  EXPECT_EQ(session_->run().counts.rows_noted, 1);
  EXPECT_EQ(session_->run().clock_difference, absl::Hours(1))
      << "an answer fetched ahead is older than it looks";
}

}  // namespace
}  // namespace oms_connector::feeds
