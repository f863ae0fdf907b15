// Previews of settings and explanations of levels on the wire.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_PREVIEW_CONVERT_H_
#define OMS_CONNECTOR_SERVER_CONVERT_PREVIEW_CONVERT_H_

#include "domain/inventory/level_explanation.h"
#include "domain/inventory/settings_preview.h"
#include "oms_connector/v1/connection_service.pb.h"

namespace oms_connector::server {

// Counts and rows; the settings and the page token are the caller's to add.
v1::PreviewSettingsResponse ToProto(const inventory::PreviewPage& page);

// Levels that do not fit into an answer are left out, which `truncated` says.
v1::ExplainLevelResponse ToProto(const inventory::LevelExplanations& explained);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_PREVIEW_CONVERT_H_
