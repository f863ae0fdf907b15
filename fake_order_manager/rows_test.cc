#include "fake_order_manager/rows.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace oms_connector::testing_support {
namespace {

using nlohmann::json;

const absl::Time kMonday = absl::FromUnixSeconds(1'755'424'800);

// A world with one of everything.
FakeWorld OneOfEach() {
  FakeWorld world;
  SalesChannel channel;
  channel.sales_channel_id = 7;
  channel.name = "Shop";
  world.Put(channel);
  Warehouse warehouse;
  warehouse.warehouse_id = 1;
  warehouse.name = "Reno";
  world.Put(warehouse);
  Product product;
  product.product_id = 10;
  product.master_sku = "TEE";
  product.type = "CORE_PRODUCT";
  product.modified = kMonday;
  world.Put(product);
  world.SetStock(10, 1, 7, 2);
  return world;
}

template <typename Append>
json Written(const Append& append) {
  std::string text;
  append(&text);
  return json::parse(text);
}

TEST(RowText, ProductsHaveTheFieldsOfTheApi) {
  const FakeWorld world = OneOfEach();
  const json row = Written(
      [&](std::string* out) { AppendRow(world, world.products.at(10), out); });
  EXPECT_EQ(row["productId"], 10);
  EXPECT_EQ(row["masterSku"], "TEE");
  EXPECT_EQ(row["type"], "CORE_PRODUCT");
  EXPECT_EQ(row["active"], true);
  EXPECT_EQ(row["modifiedDate"], "2025-08-17T10:00:00Z");
  for (const char* field : {"brand", "upc", "weight", "mapPrice"}) {
    EXPECT_TRUE(row.at(field).is_null()) << field;
  }
  EXPECT_EQ(row["categories"], json::array());
}

TEST(RowText, StockTotalsNestTheProduct) {
  const FakeWorld world = OneOfEach();
  const json row = Written([&](std::string* out) {
    AppendStockTotal(world, world.stock.at({1, 10}), out);
  });
  EXPECT_EQ(row["product"]["productId"], 10);
  EXPECT_EQ(row["product"]["masterSku"], "TEE");
  EXPECT_EQ(row["product"]["productType"], "CORE_PRODUCT");
  EXPECT_EQ(row["onHandQuantity"], 7);
  EXPECT_EQ(row["lockedQuantity"], 2);
  EXPECT_EQ(row["inTransitQuantity"], 0);
}

TEST(RowText, StockTellsASkuOfItsOwnBeforeItsProducts) {
  FakeWorld world = OneOfEach();
  Stock& stock = world.stock.at({1, 10});
  stock.master_sku = "TEE-OLD";
  const json row =
      Written([&](std::string* out) { AppendStockTotal(world, stock, out); });
  EXPECT_EQ(row["product"]["masterSku"], "TEE-OLD");
}

TEST(RowText, InventoryRowsHaveLocationAndWarehouseTotals) {
  const FakeWorld world = OneOfEach();
  StockLocation location;
  location.stock_location_id = 4;
  location.quantity = 3;
  const json row = Written([&](std::string* out) {
    AppendInventory(world, world.stock.at({1, 10}), location, out);
  });
  EXPECT_EQ(row["quantity"], 3);
  EXPECT_EQ(row["stockLocation"]["stockLocationId"], 4);
  EXPECT_EQ(row["stockLocation"]["warehouseId"], 1);
  EXPECT_EQ(row["warehouseStockTotals"]["onHandQuantity"], 7);
  EXPECT_EQ(row["warehouseStockTotals"]["availableQuantity"], 5);
}

TEST(RowText, ListingsDoNotTellTheirNumber) {
  Listing listing;
  listing.listing_id = 1;
  listing.quantity = 4;
  listing.quantity_modified = kMonday;
  const FakeWorld world;
  const json row =
      Written([&](std::string* out) { AppendRow(world, listing, out); });
  EXPECT_FALSE(row.contains("quantity"));
  EXPECT_EQ(row["pushInventory"], true);
  const json told = Written(
      [&](std::string* out) { AppendAcknowledged(world, listing, out); });
  EXPECT_EQ(told["quantity"], 4);
  EXPECT_EQ(told["lastModified"], "2025-08-17T10:00:00Z");
}

TEST(RowText, OrdersNestChannelWarehouseAndItems) {
  const FakeWorld world = OneOfEach();
  Order order;
  order.order_id = 5;
  order.sales_channel_id = 7;
  order.warehouse_id = 1;
  order.items = {{51, "shop-tee", "TEE", 2}};
  const json row =
      Written([&](std::string* out) { AppendOrder(world, order, {}, out); });
  EXPECT_EQ(row["salesChannel"]["salesChannelId"], 7);
  EXPECT_EQ(row["salesChannel"]["name"], "Shop");
  EXPECT_EQ(row["fulfillmentSource"]["name"], "Reno");
  EXPECT_EQ(row["orderItems"][0]["listingSku"], "shop-tee");
  EXPECT_EQ(row["orderItems"][0]["product"]["masterSku"], "TEE");
  EXPECT_EQ(row["orderItems"][0]["quantityOrdered"], 2);
  EXPECT_TRUE(row["relatedOrderIds"].is_null());
  EXPECT_TRUE(row["shipment"].is_null());
  EXPECT_EQ(row["shipments"], json::array());
}

TEST(RowText, OrdersNameTheirLatestShipmentTwice) {
  const FakeWorld world = OneOfEach();
  Shipment first, second;
  first.shipment_id = 1;
  second.shipment_id = 2;
  Order order;
  order.related_order_ids = {6, 7};
  const json row = Written([&](std::string* out) {
    AppendOrder(world, order, {&first, &second}, out);
  });
  EXPECT_EQ(row["shipments"].size(), 2u);
  EXPECT_EQ(row["shipment"]["shipmentId"], 2);
  EXPECT_EQ(row["relatedOrderIds"], json({6, 7}));
}

TEST(RowText, ShipmentsWithoutANumberSayNull) {
  Shipment shipment;
  shipment.ship_method.shipping_carrier = "OTHER_CARRIER";
  const json row =
      Written([&](std::string* out) { AppendRow(FakeWorld(), shipment, out); });
  EXPECT_TRUE(row["trackingNumber"].is_null());
  EXPECT_EQ(row["shipMethod"]["shippingCarrier"], "OTHER_CARRIER");
  EXPECT_EQ(row["type"], "FULFILLMENT");
}

TEST(RowText, AppliesTheWorldsStyleAndTheRowsRawFields) {
  FakeWorld world = OneOfEach();
  world.style.numbers_as_strings = true;
  Stock& stock = world.SetStock(10, 1, 7);
  stock.raw = {{"lockedQuantity", "\"abc\""}, {"product.productId", ""}};
  const json row =
      Written([&](std::string* out) { AppendStockTotal(world, stock, out); });
  EXPECT_EQ(row["onHandQuantity"], "7");
  EXPECT_EQ(row["lockedQuantity"], "abc");
  EXPECT_FALSE(row["product"].contains("productId"));
}

constexpr char kRow[] =
    R"({"id":1,"weight":2.5,"name":null,"mapPrice":null,)"
    R"("product":{"masterSku":"TEE"},"created":"2026-08-17T10:00:00Z"})";

std::string ApplyStyle(const std::string& row, const WireStyle& style,
                       const RawFields& raw) {
  return WriteRow(RowJson::parse(row), style, raw);
}

std::string Styled(const WireStyle& style) {
  return ApplyStyle(kRow, style, {});
}

TEST(RowStyle, PlainRowsStayAsTheyAre) { EXPECT_EQ(Styled({}), kRow); }

TEST(RowStyle, WritesNumbersAsTexts) {
  WireStyle style;
  style.numbers_as_strings = true;
  EXPECT_EQ(Styled(style),
            R"({"id":"1","weight":"2.5","name":null,"mapPrice":null,)"
            R"("product":{"masterSku":"TEE"},)"
            R"("created":"2026-08-17T10:00:00Z"})");
}

TEST(RowStyle, WritesAbsentMapsAsEmptyLists) {
  WireStyle style;
  style.null_objects_as_lists = true;
  EXPECT_EQ(Styled(style), R"({"id":1,"weight":2.5,"name":null,"mapPrice":[],)"
                           R"("product":{"masterSku":"TEE"},)"
                           R"("created":"2026-08-17T10:00:00Z"})");
}

TEST(RowStyle, LeavesOutWhatIsNull) {
  WireStyle style;
  style.nulls_absent = true;
  EXPECT_EQ(Styled(style),
            R"({"id":1,"weight":2.5,"product":{"masterSku":"TEE"},)"
            R"("created":"2026-08-17T10:00:00Z"})");
}

TEST(RowStyle, WritesTimesWithFractionsOrAnOffset) {
  WireStyle style;
  const std::string row = R"({"created":"2026-08-17T10:00:00Z","name":"Z"})";
  style.times = TimeStyle::kFractions;
  EXPECT_EQ(ApplyStyle(row, style, {}),
            R"({"created":"2026-08-17T10:00:00.123Z","name":"Z"})");
  style.times = TimeStyle::kOffset;
  EXPECT_EQ(ApplyStyle(row, style, {}),
            R"({"created":"2026-08-17T12:00:00+02:00","name":"Z"})");
}

TEST(RowStyle, AddsFieldsNobodyKnows) {
  WireStyle style;
  style.unknown_fields = true;
  EXPECT_EQ(ApplyStyle(R"({"id":1})", style, {}),
            R"({"id":1,"futureField":{"nested":[1,"two",null]}})");
}

TEST(RowStyle, PutsRawTextInPlaceOfFields) {
  const RawFields raw = {{"id", "NaN"},
                         {"product.masterSku", ""},
                         {"product.upc", "\"9\""},
                         {"extra.inner", "[1"}};
  EXPECT_EQ(ApplyStyle(R"({"id":1,"product":{"masterSku":"TEE"}})", {}, raw),
            R"({"id":NaN,"product":{"upc":"9"},"extra":{"inner":[1}})");
}

}  // namespace
}  // namespace oms_connector::testing_support
