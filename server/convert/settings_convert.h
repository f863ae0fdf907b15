// Settings on the wire, and back.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_SETTINGS_CONVERT_H_
#define OMS_CONNECTOR_SERVER_CONVERT_SETTINGS_CONVERT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/field_mask.pb.h"
#include "model/settings.h"
#include "oms_connector/v1/settings.pb.h"

namespace oms_connector::server {

// Complete: every field is set to its value in force.
v1::Settings ToProto(const model::StoredSettings& settings,
                     absl::string_view connection);
v1::SettingsChange ToProto(const model::SettingsChange& change,
                           absl::string_view connection);

// Only the fields that the message has; an enum's UNSPECIFIED is absent.
// INVALID_REQUEST naming the field for a number that the enum does not have.
// Name, etag and update_time are not read.
absl::StatusOr<model::PartialSettings> FromProto(const v1::Settings& settings);

// The same, with every such field at once and nothing to show for it.
absl::Status CheckSettings(const v1::Settings& settings);
// As model::MergeSettings says of a mask.
absl::Status CheckSettingsMask(const google::protobuf::FieldMask& mask);

// What ToProto has made, for answers that are given again.
absl::StatusOr<model::StoredSettings> StoredSettingsFromProto(
    const v1::Settings& settings);

std::vector<std::string> PathsOf(const google::protobuf::FieldMask& mask);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_SETTINGS_CONVERT_H_
