#include "server/convert/resource_names.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
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
std::optional<std::array<absl::string_view, 3>> PartsOf(absl::string_view name,
                                                        size_t count) {
  if (!absl::ConsumePrefix(&name, "connections/")) return std::nullopt;
  std::array<absl::string_view, 3> parts;
  for (size_t i = 0; i < count; ++i) {
    const size_t end = name.find('/');
    const bool is_last = i + 1 == count;
    if ((end == absl::string_view::npos) != is_last) return std::nullopt;
    parts[i] = name.substr(0, end);
    name.remove_prefix(is_last ? name.size() : end + 1);
  }
  if (!connections::CheckConnectionId(parts[0]).ok()) return std::nullopt;
  return parts;
}

// Whether the text can be shown in an error: an id, or what was meant as one.
bool IsShowable(absl::string_view text) {
  return !text.empty() && text.size() <= kMaxIdLength &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isgraph(c); });
}

bool IsConnectionId(absl::string_view id) {
  return connections::CheckConnectionId(id).ok();
}

// What is wrong with an id that is none, where it can be shown.
std::string WhatIsWrong(absl::string_view id) {
  if (!IsShowable(id)) return "";
  return absl::StrCat("; \"", id, "\" ",
                      id.size() < 3 ? "is too short"
                      : !absl::ascii_islower(id[0])
                          ? "does not begin with a-z"
                          : "has characters other than a-z, 0-9 and -");
}

// A form that a resource's name must have, and an example of it, each behind
// the connection.
struct Form {
  absl::string_view rest;
  absl::string_view example;
};

constexpr Form kConnectionForm = {"", ""};
constexpr Form kSettingsForm = {"/settings", "/settings"};
constexpr Form kShipmentForm = {"/shipments/{shipment_id}", "/shipments/90001"};
constexpr Form kSyncRunForm = {"/syncRuns/{run}", "/syncRuns/run-1"};

absl::Status BadName(absl::string_view field, const Form& form,
                     absl::string_view name) {
  std::string hint;
  absl::string_view id = name;
  if (name.empty()) {
    hint = "; it is empty";
  } else if (IsConnectionId(name) && form.rest == form.example) {
    hint = absl::StrCat("; did you mean connections/", name, form.rest, "?");
  } else if (absl::ConsumePrefix(&id, "connections/")) {
    id = id.substr(0, id.find('/'));
    if (!IsConnectionId(id)) hint = WhatIsWrong(id);
  }
  return model::InvalidField(
      field,
      absl::StrCat("must have the form connections/{connection}", form.rest,
                   ", where an id is [a-z][a-z0-9-]{2,62}, for example "
                   "connections/acme",
                   form.example, hint));
}

}  // namespace

std::string ConnectionName(absl::string_view connection) {
  return absl::StrCat("connections/", connection);
}

absl::StatusOr<std::string> ParseConnectionName(absl::string_view field,
                                                absl::string_view name) {
  const auto parts = PartsOf(name, 1);
  if (!parts.has_value()) return BadName(field, kConnectionForm, name);
  return std::string((*parts)[0]);
}

std::string SettingsName(absl::string_view connection) {
  return absl::StrCat("connections/", connection, "/settings");
}

absl::StatusOr<std::string> ParseSettingsName(absl::string_view field,
                                              absl::string_view name) {
  const auto parts = PartsOf(name, 2);
  if (!parts.has_value() || (*parts)[1] != "settings") {
    return BadName(field, kSettingsForm, name);
  }
  return std::string((*parts)[0]);
}

std::string ShipmentName(absl::string_view connection, int64_t shipment_id) {
  return absl::StrCat("connections/", connection, "/shipments/", shipment_id);
}

absl::StatusOr<ShipmentKey> ParseShipmentName(absl::string_view field,
                                              absl::string_view name) {
  const auto parts = PartsOf(name, 3);
  int64_t shipment_id = 0;
  if (!parts.has_value() || (*parts)[1] != "shipments" ||
      !ParseNumber((*parts)[2], &shipment_id)) {
    return BadName(field, kShipmentForm, name);
  }
  return ShipmentKey{std::string((*parts)[0]), shipment_id};
}

std::string SyncRunName(absl::string_view connection,
                        absl::string_view run_id) {
  return absl::StrCat("connections/", connection, "/syncRuns/", run_id);
}

absl::StatusOr<SyncRunKey> ParseSyncRunName(absl::string_view field,
                                            absl::string_view name) {
  const auto parts = PartsOf(name, 3);
  if (!parts.has_value() || (*parts)[1] != "syncRuns" ||
      !IsIdText((*parts)[2])) {
    return BadName(field, kSyncRunForm, name);
  }
  return SyncRunKey{std::string((*parts)[0]), std::string((*parts)[2])};
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
