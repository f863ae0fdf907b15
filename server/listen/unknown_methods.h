// Answers calls of methods that there are not in words: gRPC's own answer is a
// bare UNIMPLEMENTED, which looks the same for a method, a service and a
// message that cannot be decoded.
//
//   UnknownMethods unknown;
//   builder.RegisterCallbackGenericService(&unknown);
#ifndef OMS_CONNECTOR_SERVER_LISTEN_UNKNOWN_METHODS_H_
#define OMS_CONNECTOR_SERVER_LISTEN_UNKNOWN_METHODS_H_

#include "base/id_generator.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/support/server_callback.h"

namespace oms_connector::server {

// Thread-safe. Outlives the server that it is registered with. A call is
// answered at once, and what it sends is not read.
class UnknownMethods final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  base::SystemIdGenerator ids_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_UNKNOWN_METHODS_H_
