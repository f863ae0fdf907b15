// Server reflection (grpc.reflection.v1alpha), so that tools such as grpcurl
// can list and call our services without the protos at hand.
#ifndef OMS_CONNECTOR_SERVER_LISTEN_REFLECTION_H_
#define OMS_CONNECTOR_SERVER_LISTEN_REFLECTION_H_

namespace oms_connector::server {

// Every server that this process builds from now on has the service, and can
// describe the health service, too. To be called by main, before any thread
// that builds a server.
void EnableReflection();

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_REFLECTION_H_
