#ifndef OMS_CONNECTOR_CLIENT_INVENTORY_READER_H_
#define OMS_CONNECTOR_CLIENT_INVENTORY_READER_H_

// Reads the inventory feed page by page until nothing newer is stored.

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "client/connector_client.h"
#include "oms_connector/v1/connector_service.pb.h"

namespace oms_connector::client {

// How far a reader came.
struct InventoryRead {
  // Where to go on next time. Keep it once everything read is safe.
  std::string next_cursor;

  // Whether everything stored was read. False while a first pull or a recompute
  // is under way: what was read is right, but not all there is.
  bool caught_up = false;

  int64_t levels = 0;
  int64_t products = 0;

  // The last page's run and freshness.
  v1::SyncRun run;
  v1::PullStatus pull;
};

// What one answer alone says of it.
InventoryRead ReadOf(const v1::SyncInventoryResponse& page);

// Calls `on_page` with the answer to `request` and with the pages after it.
// Only the first call asks for a pull and waits for it, as `request` says; the
// others read what is stored, so that reading a long feed pulls once. Ends when
// the feed is caught up, or at an empty page: then there is nothing more to
// read now, and `caught_up` says whether that is all.
//
// Errors: those of SyncInventory, and the first that `on_page` returns. Pages
// already handed to `on_page` are good in any case; reading again from the
// cursor of `request` gives them again, or newer values.
absl::StatusOr<InventoryRead> ForEachPage(
    const ConnectorClient& client, v1::SyncInventoryRequest request,
    absl::FunctionRef<absl::Status(const v1::SyncInventoryResponse&)> on_page,
    const base::CallContext& context = {});

// The same, level by level.
absl::StatusOr<InventoryRead> ForEachLevel(
    const ConnectorClient& client, v1::SyncInventoryRequest request,
    absl::FunctionRef<absl::Status(const v1::InventoryLevel&)> on_level,
    const base::CallContext& context = {});

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_INVENTORY_READER_H_
