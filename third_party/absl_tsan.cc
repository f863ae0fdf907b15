// Makes ThreadSanitizer see the synchronisation of Debian's Abseil, which is
// built without it. The linker's --wrap sends our calls through here (see
// absl.bzl): each tells the sanitizer that the calling thread hands over what
// it wrote (release) or takes over what others wrote (acquire).
//
// Abseil may evaluate a waiter's condition on the thread that unlocks, after
// the hand-over; accesses within the wrapped calls are therefore not judged.

#include <cstdint>

#include "absl/synchronization/barrier.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

extern "C" {

void __tsan_acquire(void* address);
void __tsan_release(void* address);
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);

// Counted references inside these libraries are atomic, but not visibly so.
const char* __tsan_default_suppressions() {
  return "called_from_lib:libabsl_cord.so\n"
         "called_from_lib:libabsl_status.so\n"
         "called_from_lib:libspdlog.so\n";
}

}  // extern "C"

namespace {

class IgnoredAccesses {
 public:
  IgnoredAccesses() {
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  }
  ~IgnoredAccesses() {
    AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
    AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
  }
};

// Releases `address`, if given, before and acquires it after the `call`.
template <typename Call>
auto HandOver(const void* release, const void* acquire, Call call) {
  if (release != nullptr) __tsan_release(const_cast<void*>(release));
  struct Acquire {
    const void* address;
    ~Acquire() {
      if (address != nullptr) __tsan_acquire(const_cast<void*>(address));
    }
  } acquire_at_end{acquire};
  const IgnoredAccesses ignored;
  return call();
}

using absl::Barrier;
using absl::BlockingCounter;
using absl::Condition;
using absl::CondVar;
using absl::Duration;
using absl::Mutex;
using absl::Notification;
using absl::Time;

}  // namespace

// The parameter lists are those of the members, `this` first.
#define WRAP(RESULT, SYMBOL, PARAMETERS, ARGUMENTS, RELEASE, ACQUIRE) \
  extern "C" RESULT __real_##SYMBOL PARAMETERS;                       \
  extern "C" RESULT __wrap_##SYMBOL PARAMETERS {                      \
    return HandOver(RELEASE, ACQUIRE,                                 \
                    [&] { return __real_##SYMBOL ARGUMENTS; });       \
  }

WRAP(void, _ZN4absl7debian35Mutex4LockEv, (Mutex * mutex), (mutex), nullptr,
     mutex)
WRAP(void, _ZN4absl7debian35Mutex10ReaderLockEv, (Mutex * mutex), (mutex),
     nullptr, mutex)
WRAP(bool, _ZN4absl7debian35Mutex7TryLockEv, (Mutex * mutex), (mutex), nullptr,
     mutex)
WRAP(bool, _ZN4absl7debian35Mutex13ReaderTryLockEv, (Mutex * mutex), (mutex),
     nullptr, mutex)
WRAP(void, _ZN4absl7debian35Mutex6UnlockEv, (Mutex * mutex), (mutex), mutex,
     nullptr)
WRAP(void, _ZN4absl7debian35Mutex12ReaderUnlockEv, (Mutex * mutex), (mutex),
     mutex, nullptr)
WRAP(void, _ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE,
     (Mutex * mutex, const Condition& condition), (mutex, condition), nullptr,
     mutex)
WRAP(void, _ZN4absl7debian35Mutex14ReaderLockWhenERKNS0_9ConditionE,
     (Mutex * mutex, const Condition& condition), (mutex, condition), nullptr,
     mutex)
WRAP(
    bool,
    _ZN4absl7debian35Mutex19LockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE,
    (Mutex * mutex, const Condition& condition, Duration timeout),
    (mutex, condition, timeout), nullptr, mutex)
WRAP(
    bool,
    _ZN4absl7debian35Mutex25ReaderLockWhenWithTimeoutERKNS0_9ConditionENS0_8DurationE,
    (Mutex * mutex, const Condition& condition, Duration timeout),
    (mutex, condition, timeout), nullptr, mutex)
WRAP(bool,
     _ZN4absl7debian35Mutex20LockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE,
     (Mutex * mutex, const Condition& condition, Time deadline),
     (mutex, condition, deadline), nullptr, mutex)
WRAP(
    bool,
    _ZN4absl7debian35Mutex26ReaderLockWhenWithDeadlineERKNS0_9ConditionENS0_4TimeE,
    (Mutex * mutex, const Condition& condition, Time deadline),
    (mutex, condition, deadline), nullptr, mutex)
WRAP(void, _ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE,
     (Mutex * mutex, const Condition& condition), (mutex, condition), mutex,
     mutex)
WRAP(bool,
     _ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE,
     (Mutex * mutex, const Condition& condition, Duration timeout),
     (mutex, condition, timeout), mutex, mutex)
WRAP(bool,
     _ZN4absl7debian35Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE,
     (Mutex * mutex, const Condition& condition, Time deadline),
     (mutex, condition, deadline), mutex, mutex)
// Takes it out of the graph in which Abseil looks for deadlocks, whose own lock
// is not seen.
WRAP(void, _ZN4absl7debian35MutexD1Ev, (Mutex * mutex), (mutex), nullptr,
     nullptr)
// Frees, as the last thing it does, what others have read and let go of.
WRAP(void, _ZN4absl7debian36Status15UnrefNonInlinedEm, (uintptr_t status),
     (status), nullptr, nullptr)
WRAP(void, _ZN4absl7debian37CondVar4WaitEPNS0_5MutexE,
     (CondVar * changed, Mutex* mutex), (changed, mutex), mutex, mutex)
WRAP(bool, _ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE,
     (CondVar * changed, Mutex* mutex, Duration timeout),
     (changed, mutex, timeout), mutex, mutex)
WRAP(bool, _ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE,
     (CondVar * changed, Mutex* mutex, Time deadline),
     (changed, mutex, deadline), mutex, mutex)
WRAP(void, _ZN4absl7debian312Notification6NotifyEv,
     (Notification * notification), (notification), notification, nullptr)
WRAP(void, _ZNK4absl7debian312Notification19WaitForNotificationEv,
     (const Notification* notification), (notification), nullptr, notification)
WRAP(
    bool,
    _ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE,
    (const Notification* notification, Duration timeout),
    (notification, timeout), nullptr, notification)
WRAP(
    bool,
    _ZNK4absl7debian312Notification31WaitForNotificationWithDeadlineENS0_4TimeE,
    (const Notification* notification, Time deadline), (notification, deadline),
    nullptr, notification)
WRAP(bool, _ZN4absl7debian315BlockingCounter14DecrementCountEv,
     (BlockingCounter * counter), (counter), counter, nullptr)
WRAP(void, _ZN4absl7debian315BlockingCounter4WaitEv,
     (BlockingCounter * counter), (counter), nullptr, counter)
WRAP(bool, _ZN4absl7debian37Barrier5BlockEv, (Barrier * barrier), (barrier),
     barrier, barrier)
