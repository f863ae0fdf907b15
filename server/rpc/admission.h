// Counts the calls that the server has taken on, what their requests take of
// memory, and the answers that are still on their way, so that it refuses at
// once what it could not answer in time, could not hold, or what nobody reads.
//
//   OMS_ASSIGN_OR_RETURN(Admission::Ticket ticket,
//                        admission.Admit(Admission::Kind::kCall));
//   OMS_RETURN_IF_ERROR(
//       ticket.ClaimShare(principal.name, principal_count, request_bytes));
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
    // Bytes of memory that calls hold: their requests until they are answered,
    // then the answers that callers have not taken yet. An answer has 4 MiB at
    // most, so that a caller on a slow line has sixteen full pages on their
    // way, and four such callers leave room for others.
    int64_t max_held_bytes = 256 << 20;
    int64_t max_held_bytes_per_principal = 64 << 20;
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

    // Counts the call as this principal's as well, and its request by what it
    // takes of memory; 0 where the call's place is enough. QUOTA_EXCEEDED when
    // the principal holds half of all places already and is not the only one:
    // one caller cannot shut the others out. The same when the request is too
    // much beside the bytes that the principal holds, or those are at their
    // limit, as another answer could not be sent; OVERLOADED when it is too
    // much for the server.
    absl::Status ClaimShare(const std::string& principal,
                            size_t principal_count, int64_t request_bytes = 0);

    // After ClaimShare: the call is answered, its request is gone, and its
    // answer of that size is on its way. From now on the call takes no place,
    // so that a caller who waits for one answer before the next call never
    // finds its own place taken. QUOTA_EXCEEDED or OVERLOADED when the answer
    // is too much beside what is held already; the call keeps its place then.
    absl::Status Leave(int64_t bytes);

   private:
    friend class Admission;
    Ticket(Admission* admission, Kind kind);

    Admission* admission_;
    Kind kind_;
    std::string principal_;  // empty until a share is claimed
    int64_t bytes_ = 0;      // held
    bool leaving_ = false;   // takes no place any more
  };

  explicit Admission(const Options& options);

  // What an answer takes at least while nobody reads it: the call's own memory,
  // measured as 17 KiB for each of 17,000.
  static constexpr int64_t kLeastBytes = 16 * 1024;

  // OVERLOADED when all places of the kind are taken.
  absl::StatusOr<Ticket> Admit(Kind kind);

  // OVERLOADED, for a call that found its queue full.
  absl::Status QueueFull() const { return Overloaded("queue"); }

  // What each principal holds, by name, but for `waiting`.
  std::map<std::string, CallerFigures> shares() const;

  // Calls that are not answered yet, or whose answers are on their way.
  int in_flight(Kind kind) const;
  int64_t held_bytes() const;

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
  // Whether the principal may hold `after` bytes in the place of `before`. What
  // it holds alone is never too much: it would be refused for good.
  absl::Status CheckBytes(const std::string& principal, int64_t before,
                          int64_t after) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ChangeBytes(const std::string& principal, int64_t before, int64_t after)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  mutable absl::Mutex mutex_;
  std::array<Places, 2> places_ ABSL_GUARDED_BY(mutex_);
  int64_t held_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  // Those with at least one byte.
  std::map<std::string, int64_t> held_by_principal_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_ADMISSION_H_
