#include "client/inventory_reader.h"

#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"

namespace oms_connector::client {
namespace {

// Only what is stored: no pull is asked for or waited for.
void ReadStored(v1::SyncInventoryRequest& request) {
  request.clear_max_staleness();
  request.clear_kind();
  request.clear_request_id();
  *request.mutable_max_wait() = google::protobuf::Duration();
}

}  // namespace

InventoryRead ReadOf(const v1::SyncInventoryResponse& page) {
  InventoryRead read;
  read.next_cursor = page.next_cursor();
  read.caught_up = page.caught_up();
  read.levels = page.levels_size();
  read.products = page.products_size();
  read.run = page.run();
  read.pull = page.pull();
  return read;
}

absl::StatusOr<InventoryRead> ForEachPage(
    const ConnectorClient& client, v1::SyncInventoryRequest request,
    absl::FunctionRef<absl::Status(const v1::SyncInventoryResponse&)> on_page,
    const base::CallContext& context) {
  InventoryRead read;
  while (true) {
    OMS_ASSIGN_OR_RETURN(const v1::SyncInventoryResponse page,
                         client.SyncInventory(request, context));
    OMS_RETURN_IF_ERROR(on_page(page));
    const InventoryRead before = std::move(read);
    read = ReadOf(page);
    read.levels += before.levels;
    read.products += before.products;
    const bool stands_still =
        page.next_cursor() == request.cursor() ||
        (page.levels().empty() && page.products().empty());
    if (page.caught_up() || stands_still) return read;
    ReadStored(request);
    request.set_cursor(page.next_cursor());
  }
}

absl::StatusOr<InventoryRead> ForEachLevel(
    const ConnectorClient& client, v1::SyncInventoryRequest request,
    absl::FunctionRef<absl::Status(const v1::InventoryLevel&)> on_level,
    const base::CallContext& context) {
  return ForEachPage(
      client, std::move(request),
      [on_level](const v1::SyncInventoryResponse& page) {
        for (const v1::InventoryLevel& level : page.levels()) {
          OMS_RETURN_IF_ERROR(on_level(level));
        }
        return absl::OkStatus();
      },
      context);
}

}  // namespace oms_connector::client
