// Which locations and SKUs are seen by whom, and what must be pulled for that.
// Pure: from the connection, its settings, and the Order Manager's lists of
// channels and warehouses as stored.
//
// A view is what one cart sees: its locations, its SKUs. The view with the
// empty id is the connection's own: all locations, master SKUs.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_VIEW_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_VIEW_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/connection.h"
#include "model/inventory.h"
#include "model/settings.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// A source that was not read for this long counts as never read: a mode that
// comes back after months must not publish the stock of then.
inline constexpr absl::Duration kSourceValidity = absl::Hours(24);

struct View {
  std::string id;  // cart id; empty = the connection's own
  model::InventorySyncMode mode = model::InventorySyncMode::kPerSalesChannel;
  model::SkuSource sku_source = model::SkuSource::kMasterSku;
  bool subtract_locked = false;
  bool ignore_inactive = true;
  // Whose listings give the SKUs of a view with listing SKUs; 0 = none.
  int64_t sales_channel_id = 0;
  // The locations that are pulled for this view; of the mode's kind.
  std::set<int64_t> locations;

  model::LocationKind location_kind() const {
    return mode == model::InventorySyncMode::kPerWarehouse
               ? model::LocationKind::kWarehouse
               : model::LocationKind::kSalesChannel;
  }
};

// Everything that views are made from, as one transaction reads it.
struct InventoryContext {
  model::Connection connection;
  model::Settings settings;
  std::vector<storage::StoredSalesChannel> channels;
  std::vector<storage::StoredWarehouse> warehouses;
};

// CONNECTION_NOT_FOUND when there is none.
absl::StatusOr<InventoryContext> ReadContext(storage::ReadTransaction& txn,
                                             absl::string_view connection);

// The channel that a cart names, by id or by name without regard to case.
// SALES_CHANNEL_NOT_FOUND or SALES_CHANNEL_AMBIGUOUS, naming what there is. A
// channel's id goes before another channel's equal name.
absl::StatusOr<int64_t> MatchChannel(
    const model::Cart& cart,
    const std::vector<storage::StoredSalesChannel>& channels);

// Whether what the cart sees depends on its sales channel.
bool NeedsChannel(const model::Cart& cart, const model::Settings& settings);

// The carts that cannot be served, and why.
std::vector<model::CartError> CartErrors(const InventoryContext& context);

// The active channels that carts name, and whose listings are needed.
std::set<int64_t> ChannelsToPull(const InventoryContext& context);
// All active warehouses if any cart has no list or there is no cart, else the
// active ones of the lists.
std::set<int64_t> WarehousesToPull(const InventoryContext& context);
bool NeedsProducts(const model::Settings& settings);

// The connection's own view first, then the carts' by id.
std::vector<View> BuildViews(const InventoryContext& context);

// Whether both show the same locations and SKUs on the same terms.
bool SameViews(const std::vector<View>& a, const std::vector<View>& b);

// Names of what is read completely (storage, ListSourceMarks).
std::string ProductsSource();
std::string ListingsSource(int64_t sales_channel_id);
std::string NumbersSource(int64_t sales_channel_id);
std::string StockSource(int64_t warehouse_id);
std::string ChannelsSource();
std::string WarehousesSource();

// Whether the views need something that was never read, or not since `since`.
bool NeedsUnreadSource(const InventoryContext& context,
                       const std::map<std::string, absl::Time>& marks,
                       absl::Time since = absl::InfinitePast());

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_VIEW_H_
