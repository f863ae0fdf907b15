// Inventory on the wire: levels, products, and what SyncInventory and
// PreviewSettings ask and answer.
#ifndef OMS_CONNECTOR_SERVER_INVENTORY_CONVERT_H_
#define OMS_CONNECTOR_SERVER_INVENTORY_CONVERT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "domain/inventory/inventory_syncer.h"
#include "domain/inventory/settings_preview.h"
#include "domain/inventory/sync_plan.h"
#include "domain/model/inventory.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/connector_service.pb.h"
#include "oms_connector/v1/inventory.pb.h"
#include "oms_connector/v1/products.pb.h"
#include "server/cursor_token.h"

namespace oms_connector::server {

// `available` is absent exactly while the level is withheld.
v1::InventoryLevel ToProto(const model::InventoryLevel& level);

v1::Product ToProto(const model::Product& product);

// All of a request but its `request_id`, for the connection of `scope`, whose
// epoch the cursor is held against.
//
// INVALID_REQUEST naming the field for a cursor that is none of this feed, a
// negative size, a duration that is none or negative, and a kind that is none;
// CURSOR_EXPIRED.
absl::StatusOr<inventory::SyncRequest> SyncRequestFromProto(
    const v1::SyncInventoryRequest& request, const CursorScope& scope);

// `connection` is the id.
v1::SyncInventoryResponse ToProto(const inventory::SyncPage& page,
                                  absl::string_view connection);

// Counts and rows; `settings` and `next_page_token` are left to the caller.
v1::PreviewSettingsResponse ToProto(const inventory::PreviewPage& page);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_INVENTORY_CONVERT_H_
