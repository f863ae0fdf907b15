// Counts the calls that the server has taken on, so that it refuses at once
// what it could not answer in time.
//
//   OMS_ASSIGN_OR_RETURN(Admission::Ticket ticket,
//                        admission.Admit(Admission::Kind::kCall));
//   OMS_RETURN_IF_ERROR(ticket.ClaimShare(principal.name, share));
//   ... the ticket's end gives the place back.
//
// Long-polls sleep most of their time and are counted by themselves.
// Thread-safe; a ticket is one call's and must not outlive the Admission.
#ifndef OMS_CONNECTOR_SERVER_RPC_ADMISSION_H_
#define OMS_CONNECTOR_SERVER_RPC_ADMISSION_H_

#include <array>
#include <cstddef>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace oms_connector::server {

class Admission {
 public:
  enum class Kind { kCall = 0, kLongPoll = 1 };

  struct Options {
    int max_in_flight = 2000;     // calls at once, long-polls aside
    int max_long_polls = 10'000;  // a sleeping one holds memory, but no thread
    // What a refused caller is told to wait: long enough for a full server to
    // answer what it holds, short enough not to be felt.
    absl::Duration retry_delay = absl::Milliseconds(500);
  };

  // A place among the calls of a kind; gives it back when it goes.
  class Ticket {
   public:
    Ticket(Ticket&& other) noexcept;
    Ticket& operator=(Ticket&&) = delete;
    ~Ticket();

    // Counts the call as this principal's as well. QUOTA_EXCEEDED when the
    // principal holds half of all places already and is not the only one: one
    // caller cannot shut the others out.
    absl::Status ClaimShare(const std::string& principal,
                            size_t principal_count);

   private:
    friend class Admission;
    Ticket(Admission* admission, Kind kind);

    Admission* admission_;
    Kind kind_;
    std::string principal_;  // empty until a share is claimed
  };

  explicit Admission(const Options& options);

  // OVERLOADED when all places of the kind are taken.
  absl::StatusOr<Ticket> Admit(Kind kind);

  // OVERLOADED, for a call that found its queue full.
  absl::Status Refusal() const;

  int in_flight(Kind kind) const;

 private:
  struct Places {
    int limit = 0;
    int taken = 0;
    std::map<std::string, int> by_principal;  // those with at least one
  };

  Places& Of(Kind kind) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return places_[static_cast<size_t>(kind)];
  }
  void GiveBack(Kind kind, const std::string& principal);

  const absl::Duration retry_delay_;
  mutable absl::Mutex mutex_;
  std::array<Places, 2> places_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_ADMISSION_H_
