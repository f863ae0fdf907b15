#ifndef OMS_CONNECTOR_OMSCTL_RESOURCE_NAMES_H_
#define OMS_CONNECTOR_OMSCTL_RESOURCE_NAMES_H_

// Resource names from what people type: the id, or the whole name. Whether they
// are well-formed, the server decides.

#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::omsctl {

// "acme" or "connections/acme" -> "connections/acme".
std::string ConnectionName(absl::string_view connection);

// -> "connections/acme/settings".
std::string SettingsName(absl::string_view connection);

// "90001" -> "connections/acme/shipments/90001".
std::string ShipmentName(absl::string_view connection,
                         absl::string_view shipment);

// "r1" -> "connections/acme/syncRuns/r1".
std::string RunName(absl::string_view connection, absl::string_view run);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_RESOURCE_NAMES_H_
