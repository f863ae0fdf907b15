#ifndef OMS_CONNECTOR_BASE_CALL_CONTEXT_H_
#define OMS_CONNECTOR_BASE_CALL_CONTEXT_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/cancellation.h"

namespace oms_connector::base {

// How long a piece of work may take and whether anybody still wants it. It is
// handed down with every call that may wait: for a queue, the store, the Order
// Manager. Cheap to copy; safe to use from any thread once constructed.
//
// All times are of the steady clock (clock.h), and so is `now` below: setting
// the machine's time neither ends nor prolongs a piece of work.
//
//   OMS_RETURN_IF_ERROR(context.Check(clock.SteadyNow()));
class CallContext {
 public:
  // No deadline, never cancelled.
  CallContext() = default;

  // `party` is whose turn the work takes where it queues (executor.h); empty
  // for our own work.
  CallContext(absl::Time deadline, CancellationToken cancellation,
              std::string party = "")
      : deadline_(deadline),
        cancellation_(std::move(cancellation)),
        party_(std::move(party)) {}

  // absl::InfiniteFuture() where there is none.
  absl::Time deadline() const { return deadline_; }

  const CancellationToken& cancellation() const { return cancellation_; }

  const std::string& party() const { return party_; }

  // What is left at `now`, never negative; infinite without a deadline.
  absl::Duration Remaining(absl::Time now) const;

  // CANCELLED if cancelled, else DEADLINE_EXCEEDED at and after the deadline,
  // else OK.
  absl::Status Check(absl::Time now) const;

  // The same under the earlier of both deadlines.
  CallContext WithDeadline(absl::Time deadline) const;

 private:
  absl::Time deadline_ = absl::InfiniteFuture();
  CancellationToken cancellation_;
  std::string party_;
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_CALL_CONTEXT_H_
