// The version of this build.
#ifndef OMS_CONNECTOR_SERVER_VERSION_H_
#define OMS_CONNECTOR_SERVER_VERSION_H_

namespace oms_connector::server {

inline constexpr char kVersion[] = "oms_connector_server 0.1.0";

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_VERSION_H_
