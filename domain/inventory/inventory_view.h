// Which locations and SKUs are seen by whom, and what must be pulled for that.
// Pure: from the connection, its settings, and the Order Manager's lists of
// channels and warehouses as stored.
//
// A view is what one cart sees: its locations, its SKUs. The view with the
// empty id is the connection's own: all locations, master SKUs. Only it and the
// views of carts with listing SKUs have levels. A cart with master SKUs sees
// the connection's own at its locations, and whatever it was told under listing
// SKUs before, which stays withheld (model::ViewLocation).
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_VIEW_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_VIEW_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/cart_channel.h"
#include "model/connection.h"
#include "model/inventory.h"
#include "model/inventory_rows.h"
#include "model/settings.h"
#include "model/sync_run.h"

namespace oms_connector::inventory {

// A source that was not read for this long counts as never read: a mode that
// comes back after months must not publish the stock of then.
inline constexpr absl::Duration kSourceValidity = absl::Hours(24);

struct View {
  std::string id;  // cart id; empty = the connection's own
  // In the store. 0 = the connection's own, or a cart's that is to be made.
  int64_t number = 0;
  model::SkuSource sku_source = model::SkuSource::kMasterSku;
  model::Settings settings;
  // Whose listings give the SKUs of a view with listing SKUs; 0 = none.
  int64_t sales_channel_id = 0;
  // The locations that are pulled for this view; of the mode's kind.
  std::set<int64_t> locations;
  // Of a cart with master SKUs: those of the mode's kind where it sees the
  // connection's own levels, pulled or not.
  std::set<int64_t> shown;

  bool is_own() const { return id.empty(); }
  bool per_warehouse() const {
    return settings.inventory_sync_mode ==
           model::InventorySyncMode::kPerWarehouse;
  }
  bool has_levels() const {
    return is_own() || sku_source == model::SkuSource::kListingSku;
  }
  // Carts with master SKUs.
  bool sees_own_levels() const { return !has_levels(); }

  model::LocationKind location_kind() const {
    return per_warehouse() ? model::LocationKind::kWarehouse
                           : model::LocationKind::kSalesChannel;
  }
};

// Everything that views are made from, as one transaction reads it.
struct InventoryContext {
  model::Connection connection;
  model::Settings settings;
  std::vector<model::StoredLocation> locations;  // by kind and id
  std::vector<model::StoredView> views;
  std::vector<model::ViewLocation> view_locations;
};

// The ids of all locations of a kind, those no longer listed too.
std::vector<int64_t> LocationIds(const InventoryContext& context,
                                 model::LocationKind kind);
std::string LocationName(const InventoryContext& context,
                         model::LocationKind kind, int64_t id);
bool IsPerWarehouse(const InventoryContext& context);
// The number of a cart's view in the store; 0 = it has none yet.
int64_t ViewNumber(const InventoryContext& context, absl::string_view cart);

// The sales channels that are listed.
std::vector<model::ChannelName> ChannelNames(
    const std::vector<model::StoredLocation>& locations);

// The channel that a cart names (model/cart_channel.h). ACCOUNT_IN_USE where
// its numbers, which the mode asks for, go to an earlier connection.
absl::StatusOr<int64_t> ChannelOf(const InventoryContext& context,
                                  const model::Cart& cart);

// Notes which locations are away, not there or wanted by no cart whatever the
// mode, and which have come back: their rows are not to be believed until they
// are read again. Returns those that changed.
std::vector<model::StoredLocation> NoteReturns(absl::Time now,
                                               InventoryContext* context,
                                               model::InventoryState* state);
// Since when the location is back; InfinitePast where it was never away.
absl::Time ReadFrom(const InventoryContext& context, model::LocationKind kind,
                    int64_t id);

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

// Names of what is read completely (model::SourceMark).
std::string ProductsSource();
std::string ListingsSource(int64_t sales_channel_id);
std::string NumbersSource(int64_t sales_channel_id);
bool IsNumbersSource(absl::string_view source);
std::string StockSource(int64_t warehouse_id);
std::string ChannelsSource();
std::string WarehousesSource();

// Whether the views need something that was never read, or not since `since`.
bool NeedsUnreadSource(const InventoryContext& context,
                       const model::InventoryState& state,
                       absl::Time since = absl::InfinitePast());

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_VIEW_H_
