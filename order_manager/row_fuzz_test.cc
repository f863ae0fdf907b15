// One field of a row at a time holds something else than it should, on every
// endpoint: the row is there unless it means nothing without that field, and
// what was set aside is told.

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/text_fold.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/acknowledge.h"
#include "order_manager/inventory_readers.h"
#include "order_manager/shipment_readers.h"

namespace oms_connector::order_manager {
namespace {

// What came of reading one row.
struct Outcome {
  size_t rows = 0;
  size_t rejected = 0;
  size_t notes = 0;
  std::string texts;  // all that is said of it
};

template <typename Row>
Outcome OutcomeOf(const absl::StatusOr<Page<Row>>& page) {
  Outcome outcome;
  EXPECT_TRUE(page.ok()) << page.status();
  if (!page.ok()) return outcome;
  EXPECT_EQ(page->row_count, 1);
  outcome = {page->rows.size(), page->rejected.size(), page->notes.size(), ""};
  for (const model::RejectedRow& row : page->rejected) {
    absl::StrAppend(&outcome.texts, row.identifier, row.reason);
  }
  for (const model::RowNote& note : page->notes) {
    absl::StrAppend(&outcome.texts, note.identifier, note.text);
  }
  return outcome;
}

using Read = std::function<Outcome(JsonRows&, std::string*)>;

template <typename Row>
Read ReadWith(absl::StatusOr<Page<Row>> (*read)(JsonRows&, std::string*)) {
  return [read](JsonRows& reader, std::string* text) {
    return OutcomeOf(read(reader, text));
  };
}

template <typename Row>
Read ReadPageWith(absl::StatusOr<Page<Row>> (*read)(JsonRows&, std::string*,
                                                    int64_t)) {
  return [read](JsonRows& reader, std::string* text) {
    return OutcomeOf(read(reader, text, 1));
  };
}

template <typename Row>
Read ReadPageOf(absl::StatusOr<Page<Row>> (*read)(JsonRows&, std::string*,
                                                  int64_t, int64_t)) {
  return [read](JsonRows& reader, std::string* text) {
    return OutcomeOf(read(reader, text, 7, 1));
  };
}

// What a field of a kind makes of a value that it should not have.
enum class Field {
  kId,      // needed
  kSku,     // needed
  kNumber,  // needed, whole
  kParcel,  // needed where it is there: a tracking number
  kObject,  // needed, and no other value holds what is
  kSpare,   // may be left out
};

struct Endpoint {
  std::string name;
  Read read;
  // Its fields as they should be, each written as @name@value@ in the row.
  std::string row;
  std::vector<std::pair<std::string, Field>> fields;
};

const std::vector<Endpoint>& Endpoints() {
  static const auto* const endpoints = new std::vector<Endpoint>{
      {"saleschannels",
       ReadWith(&ReadSalesChannels),
       R"({"salesChannelId":@id@,"name":@name@,"type":@type@,)"
       R"("active":@active@})",
       {{"id", Field::kId},
        {"name", Field::kSpare},
        {"type", Field::kSpare},
        {"active", Field::kSpare}}},
      {"warehouses",
       ReadWith(&ReadWarehouses),
       R"({"warehouseId":@id@,"name":@name@,"type":@type@,)"
       R"("active":@active@})",
       {{"id", Field::kId},
        {"name", Field::kSpare},
        {"type", Field::kSpare},
        {"active", Field::kSpare}}},
      {"productstocks/total",
       ReadPageOf(&ReadStockTotals),
       R"({"product":{"productId":@id@,"masterSku":@sku@},)"
       R"("onHandQuantity":@onHand@,"lockedQuantity":@locked@})",
       {{"id", Field::kId},
        {"sku", Field::kSku},
        {"onHand", Field::kNumber},
        {"locked", Field::kSpare}}},
      {"inventory",
       ReadPageOf(&ReadStockByLocation),
       R"({"productStockId":@stockId@,"product":{"productId":@id@,)"
       R"("masterSku":@sku@},"stockLocation":@location@,)"
       R"("warehouseStockTotals":{"onHandQuantity":@onHand@,)"
       R"("lockedQuantity":@locked@}})",
       {{"stockId", Field::kSpare},
        {"id", Field::kId},
        {"sku", Field::kSku},
        {"location", Field::kSpare},
        {"onHand", Field::kNumber},
        {"locked", Field::kSpare}}},
      {"products",
       ReadPageWith(&ReadProducts),
       R"({"productId":@id@,"masterSku":@sku@,"name":@name@,"type":@type@,)"
       R"("active":@active@,"digital":@digital@,"description":@text@,)"
       R"("weight":@weight@,"mapPrice":@price@,"categories":@categories@,)"
       R"("imageUrls":@images@,"modifiedDate":@modified@})",
       {{"id", Field::kId},
        {"sku", Field::kSku},
        {"name", Field::kSpare},
        {"type", Field::kSpare},
        {"active", Field::kSpare},
        {"digital", Field::kSpare},
        {"text", Field::kSpare},
        {"weight", Field::kSpare},
        {"price", Field::kSpare},
        {"categories", Field::kSpare},
        {"images", Field::kSpare},
        {"modified", Field::kSpare}}},
      {"listings",
       ReadPageOf(&ReadListings),
       R"({"listingId":@id@,"listingSku":@sku@,"masterSku":@master@,)"
       R"("productId":@product@,"active":@active@,"pushInventory":@push@,)"
       R"("lastModified":@modified@})",
       {{"id", Field::kId},
        {"sku", Field::kSku},
        {"master", Field::kSpare},
        {"product", Field::kSpare},
        {"active", Field::kSpare},
        {"push", Field::kSpare},
        {"modified", Field::kSpare}}},
      {"inventory/acknowledge",
       [](JsonRows& reader, std::string* text) {
         const auto answer = ReadAcknowledged(reader, text, {7});
         EXPECT_TRUE(answer.ok());
         EXPECT_EQ(answer->rejected.size(), answer->unread.size());
         return OutcomeOf<model::ListingQuantity>(*answer);
       },
       R"({"listingId":@id@,"listingSku":@sku@,"masterSku":@master@,)"
       R"("quantity":@quantity@,"lastModified":@modified@})",
       {{"id", Field::kId},
        {"sku", Field::kSku},
        {"master", Field::kSpare},
        {"quantity", Field::kNumber},
        {"modified", Field::kSpare}}},
      {"orders",
       ReadPageWith(&ReadOrders),
       R"({"orderId":@id@,"orderNumber":@number@,"orderStatus":@status@,)"
       R"("salesChannel":@channel@,"shipCountry":@country@,)"
       R"("modifiedDate":@modified@,"customField1":@custom@,)"
       R"("relatedOrderIds":@related@,"orderItems":@items@,)"
       R"("shipments":@shipments@,"shipment":@shipment@,)"
       R"("external":@external@,"suppressChannelUpdate":@suppress@})",
       {{"id", Field::kId},
        {"number", Field::kSpare},
        {"status", Field::kSpare},
        {"channel", Field::kSpare},
        {"country", Field::kSpare},
        {"modified", Field::kSpare},
        {"custom", Field::kSpare},
        {"related", Field::kSpare},
        {"items", Field::kSpare},
        {"shipments", Field::kSpare},
        {"shipment", Field::kSpare},
        {"external", Field::kSpare},
        {"suppress", Field::kSpare}}},
      {"shipments",
       ReadPageWith(&ReadShipments),
       R"({"shipmentId":@id@,"orderId":@order@,"trackingNumber":@tracking@,)"
       R"("orderNumber":@number@,"type":@type@,"deliveryStatus":@delivery@,)"
       R"("shipMethod":@method@,"warehouseId":@warehouse@,)"
       R"("external":@external@,"shipDate":@shipped@,"created":@created@})",
       {{"id", Field::kId},
        {"order", Field::kId},
        {"tracking", Field::kParcel},
        {"number", Field::kSpare},
        {"type", Field::kSpare},
        {"delivery", Field::kSpare},
        {"method", Field::kSpare},
        {"warehouse", Field::kSpare},
        {"external", Field::kSpare},
        {"shipped", Field::kSpare},
        {"created", Field::kSpare}}},
      {"shipment/providers",
       ReadWith(&ReadShippingServices),
       R"({"shippingProviderId":@id@,"name":@name@,)"
       R"("shippingServices":@services@})",
       {{"id", Field::kId},
        {"name", Field::kSpare},
        {"services", Field::kSpare}}},
      // What lies within.
      {"inventory",
       ReadPageOf(&ReadStockByLocation),
       R"({"product":@product@,"warehouseStockTotals":@totals@})",
       {{"product", Field::kObject}, {"totals", Field::kObject}}},
      {"productstocks/total",
       ReadPageOf(&ReadStockTotals),
       R"({"product":@product@,"onHandQuantity":5})",
       {{"product", Field::kObject}}},
      {"products",
       ReadPageWith(&ReadProducts),
       R"({"productId":5,"masterSku":"SKU","brand":@brand@,"upc":@upc@,)"
       R"("mpn":@mpn@,"length":@length@,"width":@width@,"height":@height@,)"
       R"("mapPrice":{"amount":@amount@,"currency":"USD"},)"
       R"("categories":[{"name":@category@}],"labels":[@label@],)"
       R"("imageUrls":[{"url":@url@,"rank":@rank@}],"createdDate":@created@})",
       {{"brand", Field::kSpare},
        {"upc", Field::kSpare},
        {"mpn", Field::kSpare},
        {"length", Field::kSpare},
        {"width", Field::kSpare},
        {"height", Field::kSpare},
        {"amount", Field::kSpare},
        {"category", Field::kSpare},
        {"label", Field::kSpare},
        {"url", Field::kSpare},
        {"rank", Field::kSpare},
        {"created", Field::kSpare}}},
      {"products",
       ReadPageWith(&ReadProducts),
       R"({"productId":5,"masterSku":"SKU",)"
       R"("mapPrice":{"amount":1,"currency":@currency@}})",
       {{"currency", Field::kSpare}}},
      {"inventory/acknowledge",
       [](JsonRows& reader, std::string* text) {
         return OutcomeOf<model::ListingQuantity>(
             *ReadAcknowledged(reader, text, {7}));
       },
       R"({"listingId":5,"listingSku":"SKU","availableQuantity":@quantity@})",
       {{"quantity", Field::kNumber}}},
      {"orders",
       ReadPageWith(&ReadOrders),
       R"({"orderId":5,"salesChannel":{"salesChannelId":@channel@},)"
       R"("customField2":@second@,"customField3":@third@,)"
       R"("relatedOrderIds":[1,@related@],"orderItems":[@item@],)"
       R"("shipments":[@parcel@]})",
       {{"channel", Field::kSpare},
        {"second", Field::kSpare},
        {"third", Field::kSpare},
        {"related", Field::kSpare},
        {"item", Field::kSpare},
        {"parcel", Field::kSpare}}},
      {"orders",
       ReadPageWith(&ReadOrders),
       R"({"orderId":5,"orderItems":[{"listingSku":@listing@,)"
       R"("masterSku":@master@,"quantityOrdered":@quantity@,"product":)"
       R"({"masterSku":@product@,"type":@type@,"productType":@kind@,)"
       R"("digital":@digital@}}],"shipments":[{"shipmentId":7,)"
       R"("items":@items@}],"shipment":{"shipmentId":6,"items":)"
       R"([{"listingSku":"A","quantity":@sent@}]}})",
       {{"listing", Field::kSpare},
        {"master", Field::kSpare},
        {"quantity", Field::kSpare},
        {"product", Field::kSpare},
        {"type", Field::kSpare},
        {"kind", Field::kSpare},
        {"digital", Field::kSpare},
        {"items", Field::kSpare},
        {"sent", Field::kSpare}}},
      {"shipments",
       ReadPageWith(&ReadShipments),
       R"({"shipmentId":5,"orderId":5,"shipMethod":{)"
       R"("shippingCarrier":@carrier@,"shippingProviderId":@provider@,)"
       R"("shippingServiceId":@service@}})",
       {{"carrier", Field::kSpare},
        {"provider", Field::kSpare},
        {"service", Field::kSpare}}},
      {"shipment/providers",
       ReadWith(&ReadShippingServices),
       R"({"shippingProviderId":5,"shippingServices":[{)"
       R"("shippingServiceId":@service@,"serviceName":@text@,)"
       R"("serviceCode":@code@},@other@]})",
       {{"service", Field::kSpare},
        {"text", Field::kSpare},
        {"code", Field::kSpare},
        {"other", Field::kSpare}}},
  };
  return *endpoints;
}

struct Value {
  std::string json;
  bool is_id;      // of kId fields
  bool is_text;    // of kSku fields
  bool is_whole;   // of kNumber fields
  bool is_parcel;  // a readable tracking number, or none
};

const std::vector<Value>& Values() {
  static const auto* const values = new std::vector<Value>{
      {"null", false, false, false, true},
      {"\"\"", false, false, false, true},
      {"2.5", false, true, false, true},
      {"\"text\"", false, true, false, true},
      {"{}", false, false, false, false},
      {R"({"a":[{"b":1}]})", false, false, false, false},
      {"[]", false, false, false, true},
      {R"([1,"x",null,[2],{"c":3}])", false, false, false, false},
      {"9223372036854775808", false, true, false, true},
      {R"("\u0007")", false, false, false, true},
      {R"("a\u0007b")", false, true, false, true},
      {absl::StrCat("\"", std::string(1 << 20, 'x'), "\""), false, false, false,
       false},
      {"true", false, false, false, false},
      {"12.0", true, true, true, true},
      {"\"12\"", true, true, true, true},
  };
  return *values;
}

bool Survives(Field field, const Value& value) {
  switch (field) {
    case Field::kId:
      return value.is_id;
    case Field::kSku:
      return value.is_text;
    case Field::kNumber:
      return value.is_whole;
    case Field::kParcel:
      return value.is_parcel;
    case Field::kObject:
      return false;
    case Field::kSpare:
      break;
  }
  return true;
}

// The row of `endpoint` with all fields sound but one.
std::string RowWith(const Endpoint& endpoint, const std::string& field,
                    const std::string& json) {
  std::string row = endpoint.row;
  for (const auto& [name, kind] : endpoint.fields) {
    const std::string sound = kind == Field::kSku     ? R"("SKU")"
                              : kind == Field::kSpare ? "null"
                              : kind == Field::kObject
                                  ? R"({"productId":5,"masterSku":"SKU",)"
                                    R"("onHandQuantity":5})"
                                  : "5";
    row = absl::StrReplaceAll(
        row, {{absl::StrCat("@", name, "@"), name == field ? json : sound}});
  }
  return row;
}

TEST(RowFuzz, ARowIsAsReadableAsItsMostNeededField) {
  JsonRows reader;
  for (const Endpoint& endpoint : Endpoints()) {
    for (const auto& [field, kind] : endpoint.fields) {
      for (const Value& value : Values()) {
        SCOPED_TRACE(absl::StrCat(endpoint.name, " ", field, " = ",
                                  value.json.substr(0, 40)));
        std::string text =
            absl::StrCat("[", RowWith(endpoint, field, value.json), "]");
        const Outcome outcome = endpoint.read(reader, &text);
        const bool survives = Survives(kind, value);
        EXPECT_EQ(outcome.rejected, survives ? 0 : 1) << outcome.texts;
        // The services of a provider are its rows.
        if (endpoint.name != "shipment/providers") {
          EXPECT_EQ(outcome.rows, survives ? 1 : 0);
        }
        EXPECT_TRUE(base::IsValidUtf8(outcome.texts));
        // They are kept on the run and shown to people.
        EXPECT_LT(outcome.texts.size(), 2000);
      }
    }
  }
}

TEST(RowFuzz, WhatIsLeftOutIsNoted) {
  JsonRows reader;
  for (const Endpoint& endpoint : Endpoints()) {
    for (const auto& [field, kind] : endpoint.fields) {
      // What only names a row to us is not read otherwise.
      if (kind != Field::kSpare || field == "stockId" ||
          (endpoint.name == "shipment/providers" && field == "name")) {
        continue;
      }
      SCOPED_TRACE(absl::StrCat(endpoint.name, " ", field));
      // One of the two is wrong for every field: no flag or text is an object,
      // no object is a flag.
      size_t notes = 0;
      for (const std::string json : {"true", R"({"a":[{"b":1}]})"}) {
        std::string text =
            absl::StrCat("[", RowWith(endpoint, field, json), "]");
        notes += endpoint.read(reader, &text).notes;
      }
      EXPECT_GE(notes, 1);
    }
  }
}

}  // namespace
}  // namespace oms_connector::order_manager
