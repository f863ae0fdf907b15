#include "domain/shipments/family_loader.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "model/inventory.h"
#include "model/inventory_rows.h"

namespace oms_connector::shipments {
namespace {

// Adds these orders with their shipments, as stored or not at all.
absl::Status AddOrders(storage::ReadTransaction& txn,
                       const std::string& connection,
                       const std::vector<int64_t>& ids, LoadedOrders& loaded) {
  for (const int64_t id : ids) loaded.Add(id);
  OMS_ASSIGN_OR_RETURN(std::vector<model::StoredOrder> orders,
                       txn.shipments().FindOrders(connection, ids));
  for (model::StoredOrder& order : orders) {
    LoadedOrder& entry = loaded.at(order.order.order_id);
    entry.order = std::move(order);
    entry.stored = true;
  }
  OMS_ASSIGN_OR_RETURN(std::vector<model::StoredShipment> shipments,
                       txn.shipments().ShipmentsOfOrders(connection, ids));
  for (model::StoredShipment& shipment : shipments) {
    loaded.at(shipment.record.order_id)
        .shipments.push_back(std::move(shipment));
  }
  return absl::OkStatus();
}

// Those that these orders belong with and that are not loaded yet.
absl::StatusOr<std::vector<int64_t>> NextOrders(storage::ReadTransaction& txn,
                                                const std::string& connection,
                                                const std::vector<int64_t>& ids,
                                                LoadedOrders& loaded) {
  OMS_ASSIGN_OR_RETURN(std::vector<int64_t> next,
                       txn.shipments().OrdersThatName(connection, ids));
  std::map<std::string, std::vector<std::string>> keys;  // by cart
  for (const int64_t id : ids) {
    const model::StoredOrder& order = loaded.at(id).order;
    for (const int64_t related : order.order.related_order_ids) {
      // 0 stands for "none" where it appears, and would join strangers.
      if (related > 0) next.push_back(related);
    }
    if (!order.family_key.empty()) {
      keys[order.cart_id].push_back(order.family_key);
    }
  }
  for (auto& [cart, cart_keys] : keys) {
    std::sort(cart_keys.begin(), cart_keys.end());
    cart_keys.erase(std::unique(cart_keys.begin(), cart_keys.end()),
                    cart_keys.end());
    // One more than may be, so that a family of too many is seen to be one.
    OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> siblings,
                         txn.shipments().OrdersWithFamilyKeys(
                             connection, cart, cart_keys,
                             static_cast<int>(kMaxLoadedOrders) + 1));
    next.insert(next.end(), siblings.begin(), siblings.end());
  }
  std::sort(next.begin(), next.end());
  next.erase(std::unique(next.begin(), next.end()), next.end());
  next.erase(std::remove_if(next.begin(), next.end(),
                            [&](int64_t id) { return loaded.Contains(id); }),
             next.end());
  return next;
}

// ---- Orders of what cannot be sent -----------------------------------------

// What is known of products, as far as orders that left without a parcel ask.
struct KnownProducts {
  absl::flat_hash_map<int64_t, bool> digital_by_id;
  // Of the keys of master SKUs: whether all products that have one are.
  absl::flat_hash_map<int64_t, bool> digital_by_key;

  bool AreDigital(int64_t product_id, int64_t master_key) const {
    const auto& known = product_id != 0 ? digital_by_id : digital_by_key;
    const auto found = known.find(product_id != 0 ? product_id : master_key);
    return found != known.end() && found->second;
  }
};

void SortUnique(std::vector<int64_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

absl::StatusOr<KnownProducts> ReadProducts(storage::ReadTransaction& txn,
                                           const std::string& connection,
                                           std::vector<int64_t> ids,
                                           std::vector<int64_t> master_keys) {
  SortUnique(master_keys);
  OMS_ASSIGN_OR_RETURN(
      const std::vector<model::ProductFlags> flags,
      txn.inventory().FindProductsBySku(connection, master_keys));
  for (const model::ProductFlags& product : flags) {
    ids.push_back(product.product_id);
  }
  SortUnique(ids);
  OMS_ASSIGN_OR_RETURN(const std::vector<model::StoredProduct> products,
                       txn.inventory().FindProducts(connection, ids));
  KnownProducts known;
  for (const model::StoredProduct& stored : products) {
    if (stored.flags.gone) continue;
    OMS_ASSIGN_OR_RETURN(const model::Product product,
                         storage::ProductOf(stored.details));
    const bool digital = model::IsDigital(product);
    known.digital_by_id[stored.flags.product_id] = digital;
    const auto [all, is_new] =
        known.digital_by_key.emplace(stored.flags.sku.key, digital);
    if (!is_new) all->second = all->second && digital;
  }
  return known;
}

// A line that does not say itself that it is digital.
struct AskedLine {
  LoadedOrder* order = nullptr;
  bool by_listing = false;  // it has no master SKU
  absl::string_view sku;
  int64_t key = 0;  // of `sku`; 0 where nobody knows it
};

// The listings that lines without a master SKU may be of, by channel and key.
using ListingsByKey = absl::flat_hash_map<std::pair<int64_t, int64_t>,
                                          std::vector<model::StoredListing>>;

absl::StatusOr<ListingsByKey> ReadListings(
    storage::ReadTransaction& txn, const std::string& connection,
    const std::vector<AskedLine>& lines) {
  std::map<int64_t, std::vector<int64_t>> keys;  // by channel
  for (const AskedLine& line : lines) {
    if (!line.by_listing || line.key == 0) continue;
    keys[line.order->order.order.sales_channel_id].push_back(line.key);
  }
  ListingsByKey found;
  for (auto& [channel, of_channel] : keys) {
    SortUnique(of_channel);
    OMS_ASSIGN_OR_RETURN(
        const std::vector<model::StoredListing> listings,
        txn.inventory().FindListingsBySku(connection, channel, of_channel));
    for (const model::StoredListing& listing : listings) {
      if (listing.gone || !listing.known) continue;
      found[{channel, listing.sku.key}].push_back(listing);
    }
  }
  return found;
}

// Whether all that the line may be of is digital, and something is known.
bool IsDigital(const AskedLine& line, const ListingsByKey& listings,
               const KnownProducts& products) {
  if (!line.by_listing) return products.AreDigital(0, line.key);
  const auto found =
      listings.find({line.order->order.order.sales_channel_id, line.key});
  return found != listings.end() &&
         std::all_of(found->second.begin(), found->second.end(),
                     [&](const model::StoredListing& listing) {
                       return products.AreDigital(listing.product_id,
                                                  listing.master.key);
                     });
}

// Whether only its products can tell that no parcel is to come of it.
bool MayBeDigital(const LoadedOrder& entry) {
  const model::Order& order = entry.order.order;
  return entry.order.known && !entry.order.released && !entry.nothing_to_send &&
         model::IsFinished(order) &&
         order.lines_form == model::OrderLinesForm::kWhole &&
         std::none_of(entry.shipments.begin(), entry.shipments.end(),
                      [](const model::StoredShipment& shipment) {
                        return !shipment.record.voided;
                      });
}

// The lines of which products have to be asked.
std::vector<AskedLine> AskedLines(LoadedOrders& loaded) {
  std::vector<AskedLine> asked;
  for (LoadedOrder& entry : loaded) {
    entry.nothing_to_send = model::HasNothingToSend(entry.order.order);
    if (!MayBeDigital(entry)) continue;
    for (const model::OrderLine& line : entry.order.order.lines) {
      if (line.digital) continue;
      const bool by_listing = line.master_sku.empty();
      asked.push_back({&entry, by_listing,
                       by_listing ? line.listing_sku : line.master_sku});
    }
  }
  return asked;
}

absl::Status FindNothingToSend(storage::ReadTransaction& txn,
                               const std::string& connection,
                               LoadedOrders& loaded) {
  std::vector<AskedLine> lines = AskedLines(loaded);
  if (lines.empty()) return absl::OkStatus();
  std::vector<absl::string_view> texts;
  for (const AskedLine& line : lines) texts.push_back(line.sku);
  OMS_ASSIGN_OR_RETURN(const std::vector<model::Sku> skus,
                       txn.inventory().FindSkus(connection, texts));
  std::vector<int64_t> ids, master_keys;
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i].key = skus[i].key;
    if (!lines[i].by_listing && skus[i].key != 0) {
      master_keys.push_back(skus[i].key);
    }
  }
  OMS_ASSIGN_OR_RETURN(const ListingsByKey listings,
                       ReadListings(txn, connection, lines));
  for (const auto& [key, of_key] : listings) {
    for (const model::StoredListing& listing : of_key) {
      if (listing.product_id != 0) {
        ids.push_back(listing.product_id);
      } else {
        master_keys.push_back(listing.master.key);
      }
    }
  }
  OMS_ASSIGN_OR_RETURN(
      const KnownProducts products,
      ReadProducts(txn, connection, std::move(ids), std::move(master_keys)));
  for (const AskedLine& line : lines) line.order->nothing_to_send = true;
  for (const AskedLine& line : lines) {
    if (!IsDigital(line, listings, products)) {
      line.order->nothing_to_send = false;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CartDirectory> LoadCartDirectory(storage::ReadTransaction& txn,
                                                absl::string_view connection) {
  absl::StatusOr<model::Connection> found =
      txn.connections().GetConnection(connection);
  if (absl::IsNotFound(found.status())) {
    return model::ConnectionNotFound(connection);
  }
  OMS_RETURN_IF_ERROR(found.status());
  OMS_ASSIGN_OR_RETURN(const model::ReferenceNames names,
                       txn.shipments().GetReferenceNames(connection));
  return CartDirectory(*std::move(found), names);
}

absl::StatusOr<LoadedOrders> LoadFamilies(
    storage::ReadTransaction& txn, const CartDirectory& directory,
    const std::vector<int64_t>& order_ids) {
  const std::string& connection = directory.connection().id;
  LoadedOrders loaded;
  std::vector<int64_t> next = order_ids;
  while (!next.empty()) {
    OMS_RETURN_IF_ERROR(AddOrders(txn, connection, next, loaded));
    if (loaded.size() > kMaxLoadedOrders) {
      for (const int64_t id : next) loaded.at(id).cut_off = true;
      break;
    }
    OMS_ASSIGN_OR_RETURN(next, NextOrders(txn, connection, next, loaded));
  }
  OMS_RETURN_IF_ERROR(FindNothingToSend(txn, connection, loaded));

  std::vector<FamilyOrder> family_orders;
  family_orders.reserve(loaded.size());
  for (const LoadedOrder& entry : loaded) {
    family_orders.push_back(directory.FamilyOrderOf(entry.order));
  }
  const OrderFamilies families(family_orders);
  for (LoadedOrder& entry : loaded) {
    entry.family = families.FamilyOf(entry.order.order.order_id);
  }
  return loaded;
}

}  // namespace oms_connector::shipments
