#include "omsctl/resource_names.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace oms_connector::omsctl {
namespace {

constexpr char kConnections[] = "connections/";

std::string ChildName(absl::string_view connection, absl::string_view kind,
                      absl::string_view child) {
  if (absl::StartsWith(child, kConnections)) return std::string(child);
  return absl::StrCat(ConnectionName(connection), "/", kind, "/", child);
}

}  // namespace

std::string ConnectionName(absl::string_view connection) {
  if (absl::StartsWith(connection, kConnections)) {
    return std::string(connection);
  }
  return absl::StrCat(kConnections, connection);
}

std::string SettingsName(absl::string_view connection) {
  return absl::StrCat(ConnectionName(connection), "/settings");
}

std::string ShipmentName(absl::string_view connection,
                         absl::string_view shipment) {
  return ChildName(connection, "shipments", shipment);
}

std::string RunName(absl::string_view connection, absl::string_view run) {
  return ChildName(connection, "syncRuns", run);
}

}  // namespace oms_connector::omsctl
