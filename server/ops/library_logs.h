// Brings the lines of the libraries underneath, gRPC and protobuf, into our
// log, so that there is one stream in one format.
#ifndef OMS_CONNECTOR_SERVER_OPS_LIBRARY_LOGS_H_
#define OMS_CONNECTOR_SERVER_OPS_LIBRARY_LOGS_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace oms_connector::server {

// So many lines of libraries a second: a stranger who has handshakes fail
// causes one each.
inline constexpr int kLibraryLinesPerSecond = 10;

// Lets `limit` through in each second, and counts the others. Thread-safe.
class LineLimit {
 public:
  explicit LineLimit(int limit) : limit_(limit) {}

  // Whether a line may be written at `now`; if so, `dropped` becomes how many
  // before it might not.
  bool Admit(absl::Time now, int64_t* dropped);

 private:
  const int limit_;
  absl::Mutex mutex_;
  int64_t second_ ABSL_GUARDED_BY(mutex_) = 0;
  int written_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
};

// From here on, for as long as the process lives. To be called by main, before
// gRPC is used; `clock` must live as long.
void CaptureLibraryLogs(base::Clock* clock);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_LIBRARY_LOGS_H_
