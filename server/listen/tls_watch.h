// Follows the TLS files: a set that has changed on disk and is sound comes into
// force for the next handshake; one that is not is kept out, whole, and the
// last sound one stays.
//
//   OMS_ASSIGN_OR_RETURN(auto watch, TlsWatch::Open(options));
//   builder.AddListeningPort(address, watch->credentials(), &port);
//   watch->Start();
#ifndef OMS_CONNECTOR_SERVER_LISTEN_TLS_WATCH_H_
#define OMS_CONNECTOR_SERVER_LISTEN_TLS_WATCH_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "grpcpp/security/server_credentials.h"
#include "server/listen/tls_credentials.h"
#include "server/listen/tls_material.h"

namespace oms_connector::server {

// Thread-safe.
class TlsWatch {
 public:
  struct Options {
    TlsFiles files;
    // A changed file is noticed at most so long after it was written. Contents
    // are compared, so links that are swapped and old times do not matter.
    absl::Duration interval = absl::Seconds(5);
    base::Clock* clock = nullptr;  // neither is owned
    base::Sleeper* sleeper = nullptr;
    // Called with the time and the certificate's expiry when a set comes into
    // force, the first one included; and when one was found to be unsound.
    std::function<void(absl::Time now, absl::Time expiry)> on_taken;
    std::function<void()> on_refused;
  };

  // With the files as they are now. Errors as tls_material.h.
  static absl::StatusOr<std::unique_ptr<TlsWatch>> Open(Options options);

  // As Stop.
  ~TlsWatch();

  // What a listener takes its certificate from. Lives as long as its server.
  std::shared_ptr<grpc::ServerCredentials> credentials() const;

  // Looks every `interval` on a thread of its own, until Stop.
  void Start();
  void Stop();

  // Looks at once. OK when what is on disk is in force now; else the error,
  // as tls_material.h, and what was in force stays.
  absl::Status Look();

 private:
  TlsWatch(Options options, TlsMaterial material);
  absl::Status TakeFromDisk() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Options options_;
  const std::shared_ptr<TlsSlot> slot_;
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  absl::Mutex mutex_;
  // Why the files were refused at the last look; OK when they were not. The
  // same trouble is told once, not at every look.
  absl::Status trouble_ ABSL_GUARDED_BY(mutex_);
  base::CancellationSource stop_;
  std::thread thread_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_TLS_WATCH_H_
