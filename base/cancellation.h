#ifndef OMS_CONNECTOR_BASE_CANCELLATION_H_
#define OMS_CONNECTOR_BASE_CANCELLATION_H_

// Tells work on other threads that nobody waits for it any more.
//
//   CancellationSource source;
//   executor.TrySubmit([token = source.token()] { Work(token); });
//   source.Cancel();
//
// All classes here are safe to use from any thread.

#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"

namespace oms_connector::base {

class CancellationState;

// Keeps a callback registered for as long as it lives. Its destructor waits for
// the callback if that runs on another thread just then, so a callback may use
// whatever outlives its registration.
class CancellationRegistration {
 public:
  CancellationRegistration() = default;
  ~CancellationRegistration();
  CancellationRegistration(CancellationRegistration&& other) noexcept;
  CancellationRegistration& operator=(
      CancellationRegistration&& other) noexcept;

 private:
  friend class CancellationToken;
  CancellationRegistration(std::shared_ptr<CancellationState> state,
                           int64_t id);
  void Unregister();

  std::shared_ptr<CancellationState> state_;
  int64_t id_ = 0;
};

// The side that asks. Cheap to copy; copies speak of the same cancellation.
class CancellationToken {
 public:
  // A token that is never cancelled.
  CancellationToken() = default;

  bool cancelled() const;

  // Runs `callback` once, on the thread that cancels, or right here if it is
  // cancelled already. The callback must not block.
  [[nodiscard]] CancellationRegistration OnCancel(
      absl::AnyInvocable<void()> callback) const;

  // Blocks until cancelled, at most for `timeout` of real time. Returns
  // cancelled().
  bool WaitForCancellation(absl::Duration timeout) const;

 private:
  friend class CancellationSource;
  explicit CancellationToken(std::shared_ptr<CancellationState> state);

  std::shared_ptr<CancellationState> state_;
};

// The side that cancels. Copies share the cancellation. Destroying it cancels
// nothing.
class CancellationSource {
 public:
  CancellationSource();

  CancellationToken token() const;

  // Runs all callbacks before it returns; a second call does nothing.
  void Cancel();

 private:
  std::shared_ptr<CancellationState> state_;
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_CANCELLATION_H_
