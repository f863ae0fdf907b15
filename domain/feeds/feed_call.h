// The call behind SyncInventory and PollShipments, which are one idea: make
// what is held fresh enough, then give what changed. It looks at what is stored
// in one read transaction; that look is the answer, unless a pull is due. Then
// the call joins the pull that runs or begins one, waits for its end as long as
// the caller likes, and looks once more.
//
//   class Sync final : public FeedQuery {...};
//   calls.Start(context, std::make_unique<Sync>(request, std::move(done)));
//
// What a feed gives to it are the methods of FeedQuery. No thread waits while a
// call waits.
//
// Who was given a full page asks for the next one, nearly always, and takes as
// long to read the one as we the other: so the thread that has answered goes on
// to it at once, where no other call waits for a thread.
#ifndef OMS_CONNECTOR_DOMAIN_FEEDS_FEED_CALL_H_
#define OMS_CONNECTOR_DOMAIN_FEEDS_FEED_CALL_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/timer_queue.h"
#include "domain/feeds/pull_runner.h"
#include "model/connection.h"
#include "storage/store.h"

namespace oms_connector::feeds {

// Of so many connections a feed keeps what its looks begin with.
inline constexpr size_t kKeptFacts = 64;
// So many pages may lie ready for callers that have not asked for them yet, of
// at most model::kMaxPageBytes each.
inline constexpr size_t kPagesAhead = 4;

// What a cursor says of the connection that it belongs to: equal for cursors of
// the same life of the same connection.
std::string CursorScope(absl::string_view connection, absl::string_view epoch);

// How far a call has come.
struct FeedProgress {
  absl::Time now;         // by the store's clock
  bool first = true;      // nothing but the first look was taken yet
  bool pulled = false;    // a pull was begun, joined or tried for this look
  bool prepared = false;  // Prepare has run for this look
  // Whether there is time to wait for a pull, or for news.
  bool may_wait = true;
  // The run that the call waited for; empty = none.
  std::string run_id;
};

// What a look at the store has shown.
struct FeedLook {
  enum class Next {
    kAnswer,   // the look is the answer
    kPull,     // begin the pull that PullFor names, or join the one that runs
    kJoin,     // wait for the run `run_id`
    kPrepare,  // bring what is stored up to the settings
    kWait,     // nothing to tell: look again when there is news
  };
  Next next = Next::kAnswer;
  std::string run_id;
  // Of kWait: look again after so long, news or not.
  absl::Duration wait = absl::InfiniteDuration();
};

// One call as its feed knows it. Used by one thread at a time.
class FeedQuery {
 public:
  virtual ~FeedQuery() = default;

  virtual const std::string& connection() const = 0;
  virtual model::Feed feed() const = 0;
  // How long the call waits for pulls and news.
  virtual absl::Duration WaitFor(absl::Time now, absl::Time deadline) const = 0;
  // Reads, in one transaction, all that the decision and the answer need. May
  // run again for one look, so it changes nothing but what the look has found.
  virtual absl::StatusOr<FeedLook> Look(storage::ReadTransaction& txn,
                                        const FeedProgress& progress) = 0;
  // Whether the thread that starts the call must not wait for the store: it
  // takes a brief look at most, and leaves others to the executor.
  virtual bool MustNotBlock() const { return false; }
  // Whether the call asks for what comes after `head`, where the feed was found
  // to end lately, and needs nothing written: it will be told that there is
  // nothing new, nearly always, and a look takes no longer than a hop.
  virtual bool IsBrief(int64_t head) const {
    (void)head;
    return false;
  }
  // Where the feed ends, after a look that is the answer; nullopt = further on.
  virtual std::optional<int64_t> End() const { return std::nullopt; }
  // Which page the call asks for, in words that are the same for whoever asks
  // for the same one. Empty: nobody reads it ahead.
  virtual std::string PageKey() const { return ""; }
  // After a look that is the answer, the key of the page that follows if the
  // caller is likely to ask for it; and what reads that one and keeps it for
  // the asking. It needs nothing of the query but what is its own.
  virtual std::string NextPageKey() const { return ""; }
  virtual absl::Status ReadAhead(storage::ReadTransaction& txn) {
    (void)txn;
    return absl::OkStatus();
  }
  // The pull that the last look asked for; called once for each.
  virtual PullRequest PullFor() = 0;
  // Whether a pull that could not begin leaves something to answer with.
  virtual bool AnswersWithoutPull() const { return false; }
  // Called once, when it is known which run, if any, answers the call.
  virtual absl::Status Begun(const base::CallContext& context,
                             const std::string& run_id) {
    (void)context;
    (void)run_id;
    return absl::OkStatus();
  }
  // Calls `done` once: at the end, or at the deadline.
  virtual void Prepare(const base::CallContext& context,
                       absl::AnyInvocable<void(absl::Status)> done) = 0;
  // Calls `wake` at the first news after the last look, at once if there is
  // some; at most once, and seldom after Unwatch.
  virtual void Watch(std::function<void()> wake) { (void)wake; }
  virtual void Unwatch() {}
  // The end of the call: OK = the last look is the answer.
  virtual void Finish(const absl::Status& status) = 0;
};

struct FeedCallsOptions {
  // Not owned; outlive the calls, and take tasks until they are shut down.
  storage::Store* store = nullptr;
  PullRunner* runner = nullptr;
  base::Clock* clock = nullptr;
  base::Executor* executor = nullptr;  // for looks after the first
  base::TimerQueue* timers = nullptr;
  // Calls that wait for news at once.
  int max_waiting = 10'000;
};

// The calls of one feed. Thread-safe.
class FeedCalls {
 public:
  explicit FeedCalls(const FeedCallsOptions& options);
  ~FeedCalls();
  FeedCalls(const FeedCalls&) = delete;
  FeedCalls& operator=(const FeedCalls&) = delete;

  // Takes the first look on this thread, which may block on the store, unless
  // the query says that it must not; all that follows happens on the executor.
  // Ends with exactly one Finish.
  void Start(const base::CallContext& context,
             std::unique_ptr<FeedQuery> query);

  // Calls that wait for news at this moment.
  int waiting() const;

  // Answers all that wait with what is stored, and from now on nobody waits.
  void Shutdown();

 private:
  class Call;
  class WaitList;

  const std::shared_ptr<WaitList> list_;
};

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_DOMAIN_FEEDS_FEED_CALL_H_
