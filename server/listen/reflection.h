// Server reflection, grpc.reflection.v1 and v1alpha, so that tools such as
// grpcurl can list, describe and call our services without the protos at hand.
//
// It describes the contract with its comments, health, itself, the details that
// errors carry and the well-known types, and nothing else that is linked.
// gRPC's own takes a thread for each open stream and knows no comments.
//
//   ReflectionService reflection;
//   for (grpc::Service* service : reflection.services()) {
//     builder.RegisterService(service);
//   }
#ifndef OMS_CONNECTOR_SERVER_LISTEN_REFLECTION_H_
#define OMS_CONNECTOR_SERVER_LISTEN_REFLECTION_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "grpcpp/impl/service_type.h"

namespace oms_connector::server {

// Thread-safe. Outlives the server that it is registered with.
class ReflectionService {
 public:
  // Streams at once, of all callers. Reflection needs no credentials, and each
  // stream holds some 20 KiB with an answer that nobody reads: 40 MiB for all.
  static constexpr size_t kMaxStreams = 2000;
  // Names are short; a request is sent back with its answer.
  static constexpr size_t kMaxRequestBytes = 4 * 1024;

  // `on_refused` is called for each stream beyond kMaxStreams.
  explicit ReflectionService(std::function<void()> on_refused = [] {});
  ~ReflectionService();

  // One for each version; both answer alike.
  std::vector<grpc::Service*> services();

  // Ends the streams that are open, and those that come, so that a server that
  // drains need not wait for people.
  void Shutdown();

  size_t streams() const;

 private:
  class Streams;
  class Stream;
  template <typename Version>
  class Endpoint;
  struct Endpoints;

  const std::unique_ptr<Streams> streams_;
  const std::unique_ptr<Endpoints> endpoints_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_REFLECTION_H_
