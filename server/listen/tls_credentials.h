// A listener's TLS whose certificate can change while it serves: each handshake
// begins with the set that is in force then; connections that are open go on
// with the one they began with.
//
//   auto slot = std::make_shared<TlsSlot>(material);
//   builder.AddListeningPort(address, MakeTlsCredentials(slot), &port);
//   slot->Publish(newer_material);
#ifndef OMS_CONNECTOR_SERVER_LISTEN_TLS_CREDENTIALS_H_
#define OMS_CONNECTOR_SERVER_LISTEN_TLS_CREDENTIALS_H_

#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/security/server_credentials.h"
#include "server/listen/tls_material.h"

namespace oms_connector::server {

// The set in force. Thread-safe.
class TlsSlot {
 public:
  explicit TlsSlot(TlsMaterial material);

  // In force for every handshake from now on. Only what CheckTlsMaterial has
  // passed, and mutual if the first one was.
  void Publish(TlsMaterial material);

  std::shared_ptr<const TlsMaterial> current() const;

  // The set in force and its number, which starts at 1; nullptr when it is
  // number `known` still.
  std::shared_ptr<const TlsMaterial> NewerThan(int64_t known,
                                               int64_t* number) const;

 private:
  mutable absl::Mutex mutex_;
  int64_t number_ ABSL_GUARDED_BY(mutex_) = 1;
  std::shared_ptr<const TlsMaterial> material_ ABSL_GUARDED_BY(mutex_);
};

// Mutual when the slot's first set names client authorities. Connections must
// be accepted by one thread at a time, as gRPC 1.51 replaces the set in between
// two handshakes without a lock.
std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(
    std::shared_ptr<const TlsSlot> slot);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_TLS_CREDENTIALS_H_
