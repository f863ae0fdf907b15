#include "base/cancellation.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/steady_notification.h"

namespace oms_connector::base {

// What a source, its tokens and their registrations share.
class CancellationState {
 public:
  bool cancelled() const { return cancelled_; }

  // The id of the registration, 0 if `callback` has run right here.
  int64_t Register(absl::AnyInvocable<void()> callback) {
    {
      absl::MutexLock lock(&mutex_);
      if (!cancelled_) {
        const int64_t id = ++last_id_;
        callbacks_.emplace(id, std::move(callback));
        return id;
      }
    }
    callback();
    return 0;
  }

  void Unregister(int64_t id) {
    absl::MutexLock lock(&mutex_);
    if (callbacks_.erase(id) > 0) return;
    if (running_thread_ == std::this_thread::get_id()) return;
    const auto not_running = [this, id]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return running_id_ != id;
    };
    mutex_.Await(absl::Condition(&not_running));
  }

  void Cancel() {
    absl::MutexLock lock(&mutex_);
    if (cancelled_) return;
    cancelled_ = true;
    told_.Notify();
    running_thread_ = std::this_thread::get_id();
    while (!callbacks_.empty()) {
      auto node = callbacks_.extract(callbacks_.begin());
      running_id_ = node.key();
      mutex_.Unlock();
      node.mapped()();
      mutex_.Lock();
    }
    running_id_ = 0;
    running_thread_ = std::thread::id();
  }

  bool Wait(absl::Duration timeout) const { return told_.WaitFor(timeout); }

 private:
  mutable absl::Mutex mutex_;
  std::atomic<bool> cancelled_{false};  // changed under mutex_
  SteadyNotification told_;             // that it is
  int64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t running_id_ ABSL_GUARDED_BY(mutex_) = 0;
  std::thread::id running_thread_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, absl::AnyInvocable<void()>> callbacks_
      ABSL_GUARDED_BY(mutex_);
};

CancellationRegistration::CancellationRegistration(
    std::shared_ptr<CancellationState> state, int64_t id)
    : state_(std::move(state)), id_(id) {}

CancellationRegistration::~CancellationRegistration() { Unregister(); }

CancellationRegistration::CancellationRegistration(
    CancellationRegistration&& other) noexcept
    : state_(std::move(other.state_)), id_(std::exchange(other.id_, 0)) {}

CancellationRegistration& CancellationRegistration::operator=(
    CancellationRegistration&& other) noexcept {
  if (this != &other) {
    Unregister();
    state_ = std::move(other.state_);
    id_ = std::exchange(other.id_, 0);
  }
  return *this;
}

void CancellationRegistration::Unregister() {
  if (state_ != nullptr && id_ != 0) state_->Unregister(id_);
  id_ = 0;
}

CancellationToken::CancellationToken(std::shared_ptr<CancellationState> state)
    : state_(std::move(state)) {}

bool CancellationToken::cancelled() const {
  return state_ != nullptr && state_->cancelled();
}

CancellationRegistration CancellationToken::OnCancel(
    absl::AnyInvocable<void()> callback) const {
  if (state_ == nullptr) return CancellationRegistration();
  return CancellationRegistration(state_,
                                  state_->Register(std::move(callback)));
}

bool CancellationToken::WaitForCancellation(absl::Duration timeout) const {
  if (state_ != nullptr) return state_->Wait(timeout);
  absl::SleepFor(timeout);
  return false;
}

CancellationSource::CancellationSource()
    : state_(std::make_shared<CancellationState>()) {}

CancellationToken CancellationSource::token() const {
  return CancellationToken(state_);
}

void CancellationSource::Cancel() { state_->Cancel(); }

}  // namespace oms_connector::base
