#include "server/convert/resource_names.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/id_generator.h"
#include "domain/connections/connection_rules.h"
#include "model/errors.h"

namespace oms_connector::server {
namespace {

constexpr size_t kMaxIdLength = 63;

bool IsIdCharacter(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
}

// `[a-z0-9-]{1,63}`.
bool IsIdText(absl::string_view id) {
  return !id.empty() && id.size() <= kMaxIdLength &&
         std::all_of(id.begin(), id.end(), IsIdCharacter);
}

// Decimal digits as the server writes them.
bool ParseNumber(absl::string_view text, int64_t* number) {
  return absl::SimpleAtoi(text, number) && *number >= 0 &&
         absl::StrCat(*number) == text;
}

// The parts after `connections/`, where there are `count` of them and the first
// is the id of a connection; else none.
std::vector<absl::string_view> PartsOf(absl::string_view name, size_t count) {
  std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != count + 1 || parts[0] != "connections" ||
      !connections::CheckConnectionId(parts[1]).ok()) {
    return {};
  }
  parts.erase(parts.begin());
  return parts;
}

absl::Status BadName(absl::string_view field, absl::string_view form) {
  return model::InvalidField(field, absl::StrCat("must have the form ", form));
}

}  // namespace

std::string ConnectionName(absl::string_view connection) {
  return absl::StrCat("connections/", connection);
}

absl::StatusOr<std::string> ParseConnectionName(absl::string_view field,
                                                absl::string_view name) {
  const auto parts = PartsOf(name, 1);
  if (parts.empty()) return BadName(field, "connections/{connection}");
  return std::string(parts[0]);
}

std::string SettingsName(absl::string_view connection) {
  return absl::StrCat("connections/", connection, "/settings");
}

absl::StatusOr<std::string> ParseSettingsName(absl::string_view field,
                                              absl::string_view name) {
  const auto parts = PartsOf(name, 2);
  if (parts.empty() || parts[1] != "settings") {
    return BadName(field, "connections/{connection}/settings");
  }
  return std::string(parts[0]);
}

std::string ShipmentName(absl::string_view connection, int64_t shipment_id) {
  return absl::StrCat("connections/", connection, "/shipments/", shipment_id);
}

absl::StatusOr<ShipmentKey> ParseShipmentName(absl::string_view field,
                                              absl::string_view name) {
  const auto parts = PartsOf(name, 3);
  int64_t shipment_id = 0;
  if (parts.empty() || parts[1] != "shipments" ||
      !ParseNumber(parts[2], &shipment_id)) {
    return BadName(field,
                   "connections/{connection}/shipments/{shipment_id}, the "
                   "shipment by its number");
  }
  return ShipmentKey{std::string(parts[0]), shipment_id};
}

std::string SyncRunName(absl::string_view connection,
                        absl::string_view run_id) {
  return absl::StrCat("connections/", connection, "/syncRuns/", run_id);
}

absl::StatusOr<SyncRunKey> ParseSyncRunName(absl::string_view field,
                                            absl::string_view name) {
  const auto parts = PartsOf(name, 3);
  if (parts.empty() || parts[1] != "syncRuns" || !IsIdText(parts[2])) {
    return BadName(field, "connections/{connection}/syncRuns/{run}");
  }
  return SyncRunKey{std::string(parts[0]), std::string(parts[2])};
}

absl::Status CheckConsumerName(absl::string_view field,
                               absl::string_view name) {
  if (IsIdText(name) && absl::ascii_islower(name[0])) return absl::OkStatus();
  return model::InvalidField(
      field,
      "must be 1 to 63 lower-case letters, digits and dashes, a letter first");
}

absl::Status CheckRequestId(absl::string_view request_id) {
  if (request_id.empty() || base::IsUuid(request_id)) return absl::OkStatus();
  return model::InvalidField("request_id", "must be a UUID, or empty");
}

}  // namespace oms_connector::server
