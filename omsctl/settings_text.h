#ifndef OMS_CONNECTOR_OMSCTL_SETTINGS_TEXT_H_
#define OMS_CONNECTOR_OMSCTL_SETTINGS_TEXT_H_

// The settings in words: tables of them, changes of them, and what people
// type to change them. Pure functions.

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/connector_service.pb.h"
#include "oms_connector/v1/settings.pb.h"

namespace oms_connector::omsctl {

// Name, value, and what the value means, one line each; then when they changed.
std::string SettingsText(const v1::Settings& settings, size_t width = 0);

// The names and what each can be, for help texts.
std::string SettingNamesText();

// "subtract_locked_quantity: no → yes" for each setting that differs, in the
// settings' order.
std::vector<std::string> ChangesBetween(const v1::Settings& before,
                                        const v1::Settings& after);

// The history, newest first.
std::string SettingsHistoryText(const std::vector<v1::SettingsChange>& changes,
                                size_t width = 0);

// A change as it is typed: "subtract_locked_quantity=yes". Names and values may
// be written with '-' or '_' and in either case; yes/no, true/false, on/off.
struct SettingsEdit {
  v1::Settings settings;  // the values; `name` is not set
  google::protobuf::FieldMask update_mask;
};

// `assignments` are NAME=VALUE; `resets` are names that go back to their
// defaults. A usage error for unknown names and values, for a name that comes
// twice, and where there is nothing to change.
absl::StatusOr<SettingsEdit> ParseSettingsEdit(
    const std::vector<std::string>& assignments,
    const std::vector<std::string>& resets);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_SETTINGS_TEXT_H_
