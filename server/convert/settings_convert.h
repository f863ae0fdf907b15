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
#include "server/convert/request_reader.h"

namespace oms_connector::server {

// Complete: every field is set to its value in force.
void ToProto(const model::StoredSettings& settings,
             absl::string_view connection, v1::Settings* proto);
v1::SettingsChange ToProto(const model::SettingsChange& change,
                           absl::string_view connection);

// Only the fields that the message has; an enum's UNSPECIFIED is absent. A
// violation names the field for a number that the enum does not have. Name,
// etag and update_time are not read.
model::PartialSettings ReadSettings(const v1::Settings& settings,
                                    RequestReader& read);

// Its paths; violations as model::MergeSettings tells them of a mask.
std::vector<std::string> ReadSettingsMask(
    const google::protobuf::FieldMask& mask, RequestReader& read);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_SETTINGS_CONVERT_H_
