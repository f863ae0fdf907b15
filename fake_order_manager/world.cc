#include "fake_order_manager/world.h"

namespace oms_connector::testing_support {
namespace {

template <typename Map, typename Row>
Row& Assign(Map& rows, typename Map::key_type key, Row&& row) {
  return rows.insert_or_assign(key, std::forward<Row>(row)).first->second;
}

}  // namespace

SalesChannel& FakeWorld::Put(SalesChannel row) {
  return Assign(sales_channels, row.sales_channel_id, std::move(row));
}

Warehouse& FakeWorld::Put(Warehouse row) {
  return Assign(warehouses, row.warehouse_id, std::move(row));
}

Product& FakeWorld::Put(Product row) {
  return Assign(products, row.product_id, std::move(row));
}

Stock& FakeWorld::Put(Stock row) {
  return Assign(stock, {row.warehouse_id, row.product_id}, std::move(row));
}

Listing& FakeWorld::Put(Listing row) {
  return Assign(listings, row.listing_id, std::move(row));
}

Order& FakeWorld::Put(Order row) {
  return Assign(orders, row.order_id, std::move(row));
}

Shipment& FakeWorld::Put(Shipment row) {
  return Assign(shipments, row.shipment_id, std::move(row));
}

ShippingProvider& FakeWorld::Put(ShippingProvider row) {
  return Assign(providers, row.shipping_provider_id, std::move(row));
}

Stock& FakeWorld::SetStock(int64_t product_id, int64_t warehouse_id,
                           int64_t on_hand, std::optional<int64_t> locked) {
  Stock& row = stock[{warehouse_id, product_id}];
  row.product_id = product_id;
  row.warehouse_id = warehouse_id;
  if (!row.locations.empty()) {
    StockLocation& first = row.locations.front();
    first.quantity += on_hand - row.on_hand;
    first.quantity_locked += locked.value_or(0) - row.locked.value_or(0);
  }
  row.on_hand = on_hand;
  row.locked = locked;
  return row;
}

bool FakeWorld::SetChannelQuantity(int64_t listing_id, int64_t quantity,
                                   absl::Time modified) {
  const auto row = listings.find(listing_id);
  if (row == listings.end()) return false;
  row->second.quantity = quantity;
  row->second.quantity_modified = modified;
  return true;
}

std::string FakeWorld::MasterSkuOf(const Stock& row) const {
  const auto product = products.find(row.product_id);
  return row.master_sku.empty() && product != products.end()
             ? product->second.master_sku
             : row.master_sku;
}

}  // namespace oms_connector::testing_support
