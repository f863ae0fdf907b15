#include "server/listen/reflection.h"

#include "google/protobuf/message.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"

namespace oms_connector::server {

void EnableReflection() {
  // gRPC's own health service comes without a descriptor. This links the
  // generated one in, from where reflection takes it.
  google::protobuf::LinkMessageReflection<
      grpc::health::v1::HealthCheckRequest>();
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
}

}  // namespace oms_connector::server
