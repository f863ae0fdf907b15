// Whatever bytes the Order Manager sends: all readers take them, and the rows
// that come out are ones that the rest may rely on.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "base/text_fold.h"
#include "order_manager/acknowledge.h"
#include "order_manager/json_document.h"
#include "order_manager/listing_reader.h"
#include "order_manager/location_reader.h"
#include "order_manager/order_reader.h"
#include "order_manager/product_reader.h"
#include "order_manager/provider_reader.h"
#include "order_manager/shipment_reader.h"
#include "order_manager/stock_reader.h"

namespace oms_connector::order_manager {
namespace {

void Require(bool promise) {
  if (!promise) std::abort();
}

// Text that every store can keep and every caller can be handed.
void RequireText(absl::string_view text) {
  Require(base::IsValidUtf8(text));
  Require(text.find('\0') == text.npos);
}

// A SKU.
void RequireKey(absl::string_view text) {
  RequireText(text);
  Require(!base::Trim(text).empty());
}

void RequireLines(const std::vector<model::OrderLine>& lines) {
  for (const model::OrderLine& line : lines) {
    RequireText(line.listing_sku);
    RequireText(line.master_sku);
    Require(line.quantity > 0);
  }
}

void RequireRow(const model::SalesChannel& row) {
  Require(row.id > 0);
  RequireText(row.name);
}

void RequireRow(const model::Warehouse& row) {
  Require(row.id > 0);
  RequireText(row.name);
}

void RequireRow(const model::StockRow& row) {
  Require(row.product_id > 0 && row.warehouse_id == 3);
  RequireKey(row.master_sku);
}

void RequireRow(const model::Product& row) {
  Require(row.product_id > 0);
  RequireKey(row.master_sku);
  RequireText(row.name);
  RequireText(row.description);
  if (row.map_price.has_value()) {
    Require(!row.map_price->amount.empty());
    RequireText(row.map_price->currency_code);
  }
  for (const std::string& url : row.image_urls) RequireText(url);
}

void RequireRow(const model::Listing& row) {
  Require(row.listing_id > 0 && row.sales_channel_id == 7);
  RequireKey(row.listing_sku);
}

void RequireRow(const model::ListingQuantity& row) {
  Require(row.listing_id > 0);
  Require(row.sales_channel_id == 7 || row.sales_channel_id == 8);
  RequireKey(row.listing_sku);
}

void RequireRow(const model::Order& row) {
  Require(row.order_id > 0);
  RequireText(row.order_number);
  RequireText(row.status);
  for (const std::string& field : row.custom_fields) RequireText(field);
  for (const int64_t id : row.related_order_ids) Require(id > 0);
  RequireLines(row.lines);
  for (const model::OrderShipmentItems& content : row.shipment_items) {
    Require(content.shipment_id > 0);
    RequireLines(content.items);
  }
}

void RequireRow(const model::ShipmentRecord& row) {
  Require(row.shipment_id > 0 && row.order_id > 0);
  RequireText(row.tracking_number);
  RequireText(row.shipping_carrier);
}

void RequireRow(const model::ShippingService& row) {
  Require(row.provider_id > 0 && row.service_id > 0);
  RequireText(row.name);
}

template <typename Row>
void RequirePage(const Page<Row>& page) {
  for (const Row& row : page.rows) RequireRow(row);
  for (const model::RejectedRow& row : page.rejected) {
    Require(!row.endpoint.empty() && !row.reason.empty());
    RequireText(row.identifier);
    RequireText(row.reason);
    // They are kept on the run and shown to people.
    Require(row.identifier.size() < 1000 && row.reason.size() < 1000);
  }
}

// Where each row of the answer is one row or a rejected one.
template <typename Row>
void RequireWholePage(const Page<Row>& page) {
  RequirePage(page);
  Require(page.row_count ==
          static_cast<int64_t>(page.rows.size() + page.rejected.size()));
}

void ReadAll(const JsonDocument& document) {
  RequireWholePage(ReadSalesChannels(document));
  RequireWholePage(ReadWarehouses(document));
  RequireWholePage(ReadStockTotals(document, 3, 1));
  RequirePage(ReadStockByLocation(document, 3, 1));
  RequireWholePage(ReadProducts(document, 1));
  RequireWholePage(ReadListings(document, 7, 1));
  RequireWholePage(ReadAcknowledged(document, {7, 8}));
  RequireWholePage(ReadOrders(document, 1));
  RequireWholePage(ReadShipments(document, 1));
  RequirePage(ReadShippingServices(document));
  const auto order = ReadOrder(document, 100);
  if (order.ok()) RequireRow(*order);
}

}  // namespace
}  // namespace oms_connector::order_manager

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace om = oms_connector::order_manager;
  const auto document = om::JsonDocument::Parse(
      std::string(reinterpret_cast<const char*>(data), size));
  if (document.ok()) om::ReadAll(*document);
  return 0;
}
