#include "order_manager/location_reader.h"

#include "order_manager/page_reader.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

model::SalesChannel ReadSalesChannel(const RowFields& row) {
  model::SalesChannel channel;
  channel.id = row.Id("salesChannelId");
  channel.name = row.KeyOrEmpty("name");  // carts are matched by it
  channel.type = row.Text("type");
  channel.active = row.Flag("active", /*if_absent=*/true);
  return channel;
}

model::Warehouse ReadWarehouse(const RowFields& row) {
  model::Warehouse warehouse;
  warehouse.id = row.Id("warehouseId");
  warehouse.name = row.Text("name");
  warehouse.active = row.Flag("active", /*if_absent=*/true);
  warehouse.type = row.Text("type");
  return warehouse;
}

}  // namespace

Page<model::SalesChannel> ReadSalesChannels(const JsonDocument& document) {
  return ReadPage<model::SalesChannel>(
      document, {"saleschannels", 0, {"salesChannelId", "name"}},
      &ReadSalesChannel);
}

Page<model::Warehouse> ReadWarehouses(const JsonDocument& document) {
  return ReadPage<model::Warehouse>(
      document, {"warehouses", 0, {"warehouseId", "name"}}, &ReadWarehouse);
}

}  // namespace oms_connector::order_manager
