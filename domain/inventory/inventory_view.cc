#include "domain/inventory/inventory_view.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "model/cart_channel.h"
#include "model/errors.h"

namespace oms_connector::inventory {
namespace {

using model::InventorySyncMode;

using model::LocationKind;
using model::StoredLocation;

const StoredLocation* FindLocation(const InventoryContext& context,
                                   LocationKind kind, int64_t id) {
  for (const StoredLocation& stored : context.locations) {
    if (stored.location.kind == kind && stored.location.id == id) {
      return &stored;
    }
  }
  return nullptr;
}

std::set<int64_t> Active(const InventoryContext& context, LocationKind kind) {
  std::set<int64_t> active;
  for (const StoredLocation& stored : context.locations) {
    if (stored.location.kind == kind && stored.listed && stored.active) {
      active.insert(stored.location.id);
    }
  }
  return active;
}

bool WantsWarehouse(const InventoryContext& context, int64_t id) {
  const std::vector<model::Cart>& carts = context.connection.carts;
  return carts.empty() || absl::c_any_of(carts, [&](const model::Cart& cart) {
           return cart.warehouse_ids.empty() ||
                  absl::c_linear_search(cart.warehouse_ids, id);
         });
}

// Those that carts name, whatever the mode.
std::set<int64_t> NamedChannels(const InventoryContext& context) {
  const std::vector<model::ChannelName> names = ChannelNames(context.locations);
  std::set<int64_t> named;
  for (const model::Cart& cart : context.connection.carts) {
    const absl::StatusOr<int64_t> match = model::MatchChannel(cart, names);
    if (match.ok()) named.insert(*match);
  }
  return named;
}

View OwnView(const InventoryContext& context) {
  View view;
  view.settings = context.settings;
  view.locations = IsPerWarehouse(context) ? WarehousesToPull(context)
                                           : ChannelsToPull(context);
  return view;
}

// Where a cart that sees the connection's own levels sees them: at all
// locations of its list, pulled or not, as what is not is told withheld.
std::set<int64_t> ShownLocations(const InventoryContext& context,
                                 const model::Cart& cart, const View& view) {
  if (view.location_kind() == LocationKind::kSalesChannel) {
    if (view.sales_channel_id == 0) return {};
    return {view.sales_channel_id};
  }
  const std::vector<int64_t> all =
      LocationIds(context, LocationKind::kWarehouse);
  std::set<int64_t> shown;
  for (const int64_t id : all) {
    const auto& list = cart.warehouse_ids;
    if (list.empty() || std::count(list.begin(), list.end(), id) > 0) {
      shown.insert(id);
    }
  }
  return shown;
}

View CartView(const InventoryContext& context, const model::Cart& cart,
              View view) {
  view.id = cart.cart_id;
  view.number = ViewNumber(context, cart.cart_id);
  view.sku_source = cart.sku_source;
  if (model::NeedsChannel(cart, context.settings)) {
    // Without a channel that is pulled, nothing is known of the cart's SKUs.
    const absl::StatusOr<int64_t> channel = ChannelOf(context, cart);
    const bool live =
        channel.ok() &&
        Active(context, LocationKind::kSalesChannel).count(*channel) > 0;
    view.sales_channel_id = channel.ok() ? *channel : 0;
    if (!live) view.locations.clear();
  }
  if (view.sees_own_levels()) view.shown = ShownLocations(context, cart, view);
  if (!IsPerWarehouse(context)) {
    const bool live = view.locations.count(view.sales_channel_id) > 0;
    view.locations.clear();
    if (live) view.locations.insert(view.sales_channel_id);
    return view;
  }
  if (cart.warehouse_ids.empty()) return view;
  std::set<int64_t> own;
  for (const int64_t id : cart.warehouse_ids) {
    if (view.locations.count(id) > 0) own.insert(id);
  }
  view.locations = std::move(own);
  return view;
}

}  // namespace

bool IsPerWarehouse(const InventoryContext& context) {
  return context.settings.inventory_sync_mode ==
         InventorySyncMode::kPerWarehouse;
}

std::vector<int64_t> LocationIds(const InventoryContext& context,
                                 LocationKind kind) {
  std::vector<int64_t> ids;
  for (const StoredLocation& stored : context.locations) {
    if (stored.location.kind == kind) ids.push_back(stored.location.id);
  }
  return ids;
}

std::string LocationName(const InventoryContext& context, LocationKind kind,
                         int64_t id) {
  const StoredLocation* stored = FindLocation(context, kind, id);
  return stored == nullptr ? "" : stored->location.name;
}

int64_t ViewNumber(const InventoryContext& context, absl::string_view cart) {
  for (const model::StoredView& stored : context.views) {
    if (stored.cart_id == cart) return stored.view;
  }
  return 0;
}

std::vector<model::ChannelName> ChannelNames(
    const std::vector<StoredLocation>& locations) {
  std::vector<model::ChannelName> names;
  for (const StoredLocation& stored : locations) {
    if (!stored.listed || stored.location.kind != LocationKind::kSalesChannel) {
      continue;
    }
    names.push_back({stored.location.id, stored.location.name});
  }
  return names;
}

absl::StatusOr<int64_t> ChannelOf(const InventoryContext& context,
                                  const model::Cart& cart) {
  OMS_ASSIGN_OR_RETURN(
      const int64_t id,
      model::MatchChannel(cart, ChannelNames(context.locations)));
  const StoredLocation* channel =
      FindLocation(context, LocationKind::kSalesChannel, id);
  if (!IsPerWarehouse(context) && channel->numbers_in_use) {
    return model::AccountInUse(cart.cart_id, channel->location.name, "");
  }
  return id;
}

std::vector<StoredLocation> NoteReturns(absl::Time now,
                                        InventoryContext* context,
                                        model::InventoryState* state) {
  const std::set<int64_t> channels = NamedChannels(*context);
  std::vector<StoredLocation> changed;
  for (StoredLocation& stored : context->locations) {
    const bool named = stored.location.kind == LocationKind::kWarehouse
                           ? WantsWarehouse(*context, stored.location.id)
                           : channels.count(stored.location.id) > 0;
    const bool wanted =
        named && stored.listed && stored.active && !stored.numbers_in_use;
    if (wanted != stored.away) continue;
    stored.away = !wanted;
    if (wanted) {
      // Also after what was read at this very moment.
      stored.read_from = now + absl::Microseconds(1);
      // What was read of it before says nothing of how it is now.
      const int64_t id = stored.location.id;
      state->EraseMark(stored.location.kind == LocationKind::kWarehouse
                           ? StockSource(id)
                           : NumbersSource(id));
    }
    changed.push_back(stored);
  }
  return changed;
}

absl::Time ReadFrom(const InventoryContext& context, LocationKind kind,
                    int64_t id) {
  const StoredLocation* stored = FindLocation(context, kind, id);
  return stored == nullptr ? absl::InfinitePast()
                           : stored->read_from.value_or(absl::InfinitePast());
}

std::vector<model::CartError> CartErrors(const InventoryContext& context) {
  std::vector<model::CartError> errors;
  for (const model::Cart& cart : context.connection.carts) {
    if (!model::NeedsChannel(cart, context.settings)) continue;
    const absl::Status status = ChannelOf(context, cart).status();
    if (!status.ok()) errors.push_back({cart.cart_id, status});
  }
  return errors;
}

std::set<int64_t> ChannelsToPull(const InventoryContext& context) {
  const std::set<int64_t> active = Active(context, LocationKind::kSalesChannel);
  std::set<int64_t> wanted;
  for (const model::Cart& cart : context.connection.carts) {
    if (!model::NeedsChannel(cart, context.settings)) continue;
    const absl::StatusOr<int64_t> channel = ChannelOf(context, cart);
    if (channel.ok() && active.count(*channel) > 0) wanted.insert(*channel);
  }
  return wanted;
}

std::set<int64_t> WarehousesToPull(const InventoryContext& context) {
  if (!IsPerWarehouse(context)) return {};
  const std::set<int64_t> active = Active(context, LocationKind::kWarehouse);
  std::set<int64_t> wanted;
  for (const model::Cart& cart : context.connection.carts) {
    if (cart.warehouse_ids.empty()) return active;
    for (const int64_t id : cart.warehouse_ids) {
      if (active.count(id) > 0) wanted.insert(id);
    }
  }
  return context.connection.carts.empty() ? active : wanted;
}

bool NeedsProducts(const model::Settings& settings) {
  return settings.ignore_inactive_products || settings.download_products_data;
}

std::vector<View> BuildViews(const InventoryContext& context) {
  std::vector<View> views = {OwnView(context)};
  for (const model::Cart& cart : context.connection.carts) {
    views.push_back(CartView(context, cart, views.front()));
  }
  std::sort(views.begin(), views.end(),
            [](const View& a, const View& b) { return a.id < b.id; });
  return views;
}

bool SameViews(const std::vector<View>& a, const std::vector<View>& b) {
  const auto shown = [](const View& view) {
    return std::tie(view.id, view.sku_source, view.settings,
                    view.sales_channel_id, view.locations, view.shown);
  };
  return std::equal(
      a.begin(), a.end(), b.begin(), b.end(),
      [&](const View& x, const View& y) { return shown(x) == shown(y); });
}

std::string ProductsSource() { return "products"; }
std::string ListingsSource(int64_t sales_channel_id) {
  return absl::StrCat("listings/", sales_channel_id);
}
std::string NumbersSource(int64_t sales_channel_id) {
  return absl::StrCat("numbers/", sales_channel_id);
}
bool IsNumbersSource(absl::string_view source) {
  return absl::StartsWith(source, "numbers/");
}
std::string StockSource(int64_t warehouse_id) {
  return absl::StrCat("stock/", warehouse_id);
}
std::string ChannelsSource() { return "channels"; }
std::string WarehousesSource() { return "warehouses"; }

bool NeedsUnreadSource(const InventoryContext& context,
                       const model::InventoryState& state, absl::Time since) {
  std::vector<std::string> needed;
  if (NeedsProducts(context.settings)) needed.push_back(ProductsSource());
  const bool per_warehouse = IsPerWarehouse(context);
  needed.push_back(per_warehouse ? WarehousesSource() : ChannelsSource());
  for (const int64_t id : WarehousesToPull(context)) {
    needed.push_back(StockSource(id));
  }
  const auto& carts = context.connection.carts;
  if (std::any_of(carts.begin(), carts.end(), [&](const model::Cart& cart) {
        return model::NeedsChannel(cart, context.settings);
      })) {
    needed.push_back(ChannelsSource());
  }
  for (const int64_t id : ChannelsToPull(context)) {
    needed.push_back(ListingsSource(id));
    if (!per_warehouse) needed.push_back(NumbersSource(id));
  }
  return std::any_of(needed.begin(), needed.end(), [&](const std::string& s) {
    const std::optional<absl::Time> mark = state.MarkOf(s);
    return !mark.has_value() || *mark < since;
  });
}

}  // namespace oms_connector::inventory
