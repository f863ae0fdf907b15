// Whatever bytes the Order Manager sends: all readers take them, and the rows
// that come out are ones that the rest may rely on.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/string_view.h"
#include "base/text_fold.h"
#include "order_manager/acknowledge.h"
#include "order_manager/inventory_readers.h"
#include "order_manager/json_rows.h"
#include "order_manager/shipment_readers.h"

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
    RequireText(line.quantity_text);
    Require(line.quantity > 0 || !line.quantity_text.empty());
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
  for (const model::RowNote& note : page.notes) {
    Require(!note.endpoint.empty() && !note.text.empty());
    RequireText(note.identifier);
    RequireText(note.text);
    Require(note.identifier.size() < 1000 && note.text.size() < 1000);
  }
}

// Every reader gets the text as it came: it may change it. A garbled one is
// garbled for all.
void ReadAll(JsonRows& reader, const std::string& text) {
  const auto require = [&](auto read, auto... arguments) {
    std::string copy = text;
    auto page = read(reader, &copy, arguments...);
    if (page.ok()) RequirePage(*page);
  };
  require(&ReadSalesChannels);
  require(&ReadWarehouses);
  require(&ReadStockTotals, 3, 1);
  require(&ReadStockByLocation, 3, 1);
  require(&ReadProducts, 1);
  require(&ReadListings, 7, 1);
  require(&ReadOrders, 1);
  require(&ReadOneOrder);
  require(&ReadShipments, 1);
  require(&ReadShippingServices);
  std::string copy = text;
  const auto answer = ReadAcknowledged(reader, &copy, {7, 8});
  if (!answer.ok()) return;
  RequirePage<model::ListingQuantity>(*answer);
  Require(answer->unread.size() == answer->rejected.size());
  Require(answer->row_count ==
          static_cast<int64_t>(answer->rows.size() + answer->unread.size()));
}

}  // namespace
}  // namespace oms_connector::order_manager

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace om = oms_connector::order_manager;
  // One for all inputs, as in a server: nothing of a text may be left behind.
  static auto* const reader = new om::JsonRows();
  om::ReadAll(*reader, std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
