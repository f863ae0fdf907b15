// The version of this build, of all its programs.
#ifndef OMS_CONNECTOR_BASE_VERSION_H_
#define OMS_CONNECTOR_BASE_VERSION_H_

namespace oms_connector::base {

inline constexpr char kVersion[] = "0.2.0";

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_VERSION_H_
