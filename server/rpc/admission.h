// Counts the calls that the server has taken on and the answers that are still
// on their way, so that it refuses at once what it could not answer in time, or
// what nobody reads.
//
//   OMS_ASSIGN_OR_RETURN(Admission::Ticket ticket,
//                        admission.Admit(Admission::Kind::kCall));
//   OMS_RETURN_IF_ERROR(ticket.ClaimShare(principal.name, principal_count));
//   OMS_RETURN_IF_ERROR(ticket.Leave(answer.ByteSizeLong()));
//   ... the ticket's end, when the last byte has gone, gives all of it back.
//
// Long-polls sleep most of their time and are counted by themselves.
// Thread-safe; a ticket is one call's and must not outlive the Admission.
#ifndef OMS_CONNECTOR_SERVER_RPC_ADMISSION_H_
#define OMS_CONNECTOR_SERVER_RPC_ADMISSION_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/ops/metrics.h"

namespace oms_connector::server {

class Admission {
 public:
  enum class Kind { kCall = 0, kLongPoll = 1 };

  struct Options {
    int max_in_flight = 2000;     // calls at once, long-polls aside
    int max_long_polls = 10'000;  // a sleeping one holds memory, but no thread
    // Bytes of answers that callers have not taken yet, which stay in memory.
    // An answer has 4 MiB at most, so that a caller on a slow line has sixteen
    // full pages on their way, and four such callers leave room for others.
    int64_t max_unsent_bytes = 256 << 20;
    int64_t max_unsent_bytes_per_principal = 64 << 20;
    // What a refused caller is told to wait: long enough for a full server to
    // answer what it holds, short enough not to be felt.
    absl::Duration retry_delay = absl::Milliseconds(500);
    // Told the name of a bound that was met, one of a few. Must not block nor
    // come back here.
    std::function<void(absl::string_view bound)> on_refused =
        [](absl::string_view) {};
  };

  // A place among the calls of a kind; gives it back when it goes.
  class Ticket {
   public:
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket();

    // Counts the call as this principal's as well. QUOTA_EXCEEDED when the
    // principal holds half of all places already and is not the only one: one
    // caller cannot shut the others out. The same when it leaves answers unread
    // up to the limit, as another could not be sent.
    absl::Status ClaimShare(const std::string& principal,
                            size_t principal_count);

    // After ClaimShare: the call is answered, and its answer of that size is on
    // its way. From now on the call takes bytes rather than a place, so that a
    // caller who waits for one answer before the next call never finds its own
    // place taken. QUOTA_EXCEEDED or OVERLOADED when it is too much beside what
    // is on its way already; the call keeps its place then.
    absl::Status Leave(int64_t bytes);
    // After Leave: whether the caller leaves so much unread that an answer is
    // likely to stay for a while.
    bool stays() const { return stays_; }

   private:
    friend class Admission;
    Ticket(Admission* admission, Kind kind);

    Admission* admission_;
    Kind kind_;
    std::string principal_;  // empty until a share is claimed
    int64_t bytes_ = 0;      // on their way; 0 = takes a place
    bool stays_ = false;
  };

  explicit Admission(const Options& options);

  // What an answer takes at least while nobody reads it: the call's own memory.
  static constexpr int64_t kLeastBytes = 4096;
  // What a caller that reads has on its way now and then: a full page.
  static constexpr int64_t kSoonTaken = 4 << 20;

  // OVERLOADED when all places of the kind are taken.
  absl::StatusOr<Ticket> Admit(Kind kind);

  // OVERLOADED, for a call that found its queue full.
  absl::Status QueueFull() const { return Overloaded("queue"); }

  // What each principal holds, by name, but for `waiting`.
  std::map<std::string, CallerFigures> shares() const;

  // Calls that are not answered yet, or whose answers are on their way.
  int in_flight(Kind kind) const;
  int64_t unsent_bytes() const;

 private:
  struct Places {
    int limit = 0;
    int taken = 0;
    int leaving = 0;
    std::map<std::string, int> by_principal;  // those with at least one
  };

  Places& Of(Kind kind) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return places_[static_cast<size_t>(kind)];
  }
  absl::Status Overloaded(absl::string_view bound) const;
  absl::Status QuotaExceeded(absl::string_view bound) const;
  void GiveBackPlace(Kind kind, const std::string& principal)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveBackBytes(Kind kind, const std::string& principal, int64_t bytes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable absl::Mutex mutex_;
  std::array<Places, 2> places_ ABSL_GUARDED_BY(mutex_);
  int64_t unsent_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  // Those with at least one byte.
  std::map<std::string, int64_t> unsent_by_principal_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_ADMISSION_H_
