// One field of a row at a time holds something else than it should, on every
// endpoint, all the way from the Order Manager's answer to what a caller sees:
// the row is there unless it means nothing without that field, and what was set
// aside is found in the run.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fake_order_manager/faults.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

struct FieldOf {
  std::string endpoint;
  std::string pointer;
  bool needed = false;
};

const std::vector<std::string>& Values() {
  static const auto* const values = new std::vector<std::string>{
      "null",
      "\"\"",
      "2.5",
      "\"text\"",
      R"({"a":[{"b":1}]})",
      R"([1,"x",null])",
      "9223372036854775808",
      R"("\u0007")",
      "true",
      absl::StrCat("\"", std::string(1 << 20, 'x'), "\"")};
  return *values;
}

// What the runs of one field have set aside, over all values.
struct Aside {
  int64_t rejected = 0;
  int64_t noted = 0;
};

class RowFuzzWire : public ::testing::Test {
 protected:
  static FakeWorld World() {
    FakeWorld world = SmallWireWorld();
    return world;
  }

  // Adds what the run says of the endpoint, and checks that it says of no other
  // that a row is missing.
  static void Add(const v1::SyncRun& run, const std::string& endpoint,
                  Aside* aside) {
    EXPECT_EQ(run.state(), v1::SyncRun::STATE_SUCCEEDED)
        << run.error().message();
    EXPECT_EQ(run.counts().rows_rejected(), run.rejected_rows_size());
    for (const auto& row : run.rejected_rows()) {
      EXPECT_EQ(row.endpoint(), endpoint) << row.reason();
      ++aside->rejected;
    }
    for (const auto& note : run.notes()) {
      if (note.endpoint() == endpoint) ++aside->noted;
    }
  }

  v1::SyncRun PullInventory() {
    auto answer = bench_.Call(&ConnectorStub::SyncInventory, R"pb(
      connection: "connections/acme"
      kind: SYNC_KIND_FULL
      max_staleness {})pb");
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    return answer.response.run();
  }
  v1::SyncRun PullShipments() {
    auto answer = bench_.Call(&ConnectorStub::PollShipments, R"pb(
      connection: "connections/acme"
      max_staleness {})pb");
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    return answer.response.run();
  }

  // Each value in turn. `pull` gives the run that has read it.
  template <typename Pull>
  void Try(const std::vector<FieldOf>& fields, Pull pull) {
    for (const FieldOf& field : fields) {
      Aside aside;
      for (const std::string& json : Values()) {
        SCOPED_TRACE(absl::StrCat(field.endpoint, " ", field.pointer, " = ",
                                  json.substr(0, 30)));
        Fault fault = MakeFault(FaultKind::kField, field.endpoint);
        fault.field = field.pointer;
        fault.json = json;
        const int64_t id = bench_.fake().faults().Add(fault);
        const int64_t before = aside.rejected;
        Add(pull(), field.endpoint, &aside);
        EXPECT_GT(bench_.fake().faults().hits(id), 0);
        bench_.fake().faults().Release(id);
        if (!field.needed) {
          EXPECT_EQ(aside.rejected, before);
        }
      }
      SCOPED_TRACE(absl::StrCat(field.endpoint, " ", field.pointer));
      EXPECT_GT(field.needed ? aside.rejected : aside.noted, 0);
    }
  }

  void CreateAcme() {
    bench_.CreateConnection("acme",
                            R"pb(carts { id: "shop" sales_channel: "7" })pb");
  }

  // One that has left.
  void AddParcel() {
    bench_.Merge("orders", R"([{
      "orderId": 1, "orderNumber": "N-1", "orderStatus": "SHIPPED",
      "salesChannelId": 7, "createdDate": "-1h", "modifiedDate": "-1h",
      "orderItems": [{"orderItemId": 1, "listingSku": "shop-TEE-RED",
                      "masterSku": "TEE-RED", "quantityOrdered": 2}]}])");
    bench_.Merge("shipments", R"([{
      "shipmentId": 5, "orderId": 1, "orderNumber": "N-1", "created": "-1h",
      "trackingNumber": "1Z5A47390342919017", "warehouseId": 1,
      "shipMethod": {"shippingCarrier": "UPS", "shippingProviderId": 3,
                     "shippingServiceId": 4}}])");
    bench_.Merge("providers", R"([{
      "shippingProviderId": 3, "name": "UPS",
      "shippingServices": [{"shippingServiceId": 4, "serviceCode": "GND",
                            "serviceName": "Ground"}]}])");
  }

  WireBench bench_{World()};
};

TEST_F(RowFuzzWire, WhatIsSetAsideOfStockIsFoundInTheRun) {
  CreateAcme();
  bench_.UpdateSettings(R"pb(inventory {
                               download_products_data: true
                               ignore_inactive_products: true
                             })pb");
  bench_.SetPerWarehouse();
  PullInventory();
  Try({{"warehouses", "/warehouseId", true},
       {"warehouses", "/name"},
       {"warehouses", "/active"},
       {"productstocks/total", "/product/productId", true},
       {"productstocks/total", "/product/masterSku", true},
       {"productstocks/total", "/onHandQuantity", true},
       {"productstocks/total", "/lockedQuantity"},
       {"products", "/productId", true},
       {"products", "/masterSku", true},
       {"products", "/name"},
       {"products", "/type"},
       {"products", "/active"},
       {"products", "/digital"},
       {"products", "/weight"},
       {"products", "/mapPrice"},
       {"products", "/categories"},
       {"products", "/imageUrls"},
       {"products", "/modifiedDate"}},
      [this] { return PullInventory(); });
}

TEST_F(RowFuzzWire, WhatIsSetAsideOfListingsIsFoundInTheRun) {
  CreateAcme();
  PullInventory();
  int number = 100;
  Try({{"saleschannels", "/active"},
       {"listings", "/listingId", true},
       {"listings", "/listingSku", true},
       {"listings", "/masterSku"},
       {"listings", "/productId"},
       {"listings", "/active"},
       {"listings", "/pushInventory"},
       {"listings", "/lastModified"},
       {"inventory/acknowledge", "/listingId", true},
       {"inventory/acknowledge", "/listingSku", true},
       {"inventory/acknowledge", "/quantity", true},
       {"inventory/acknowledge", "/masterSku"},
       {"inventory/acknowledge", "/lastModified"}},
      [&] {
        // Only what has changed is told.
        bench_.Merge("listings", absl::StrCat(R"([{"listingId":20,"quantity":)",
                                              ++number, "}]"));
        return PullInventory();
      });
}

TEST_F(RowFuzzWire, WhatIsSetAsideOfShipmentsIsFoundInTheRun) {
  AddParcel();
  CreateAcme();
  PullShipments();
  Try({{"warehouses", "/warehouseId", true},
       {"warehouses", "/name"},
       {"orders", "/orderId", true},
       {"orders", "/orderNumber"},
       {"orders", "/orderStatus"},
       {"orders", "/salesChannel"},
       {"orders", "/modifiedDate"},
       {"orders", "/customField1"},
       {"orders", "/relatedOrderIds"},
       {"orders", "/orderItems"},
       {"orders", "/orderItems/0/quantityOrdered"},
       {"orders", "/external"},
       {"orders", "/suppressChannelUpdate"},
       {"shipments", "/shipmentId", true},
       {"shipments", "/orderId", true},
       {"shipments", "/trackingNumber", true},
       {"shipments", "/orderNumber"},
       {"shipments", "/type"},
       {"shipments", "/deliveryStatus"},
       {"shipments", "/shipMethod"},
       {"shipments", "/shipMethod/shippingCarrier"},
       {"shipments", "/shipMethod/shippingProviderId"},
       {"shipments", "/shipMethod/shippingServiceId"},
       {"shipment/providers", "/shippingProviderId", true},
       {"shipment/providers", "/shippingServices"},
       {"shipment/providers", "/shippingServices/0/shippingServiceId"},
       {"shipment/providers", "/shippingServices/0/serviceName"},
       {"shipments", "/warehouseId"},
       {"shipments", "/external"},
       {"shipments", "/shipDate"},
       {"shipments", "/created"}},
      [this] { return PullShipments(); });
}

// Where the account's server has no stock totals.
TEST_F(RowFuzzWire, WhatIsSetAsideOfStockByLocationIsFoundInTheRun) {
  CreateAcme();
  bench_.SetPerWarehouse();
  Fault refused = MakeFault(FaultKind::kStatus, "productstocks/total");
  refused.status = 404;
  bench_.fake().faults().Add(refused);
  PullInventory();
  Try({{"inventory", "/product/productId", true},
       {"inventory", "/product/masterSku", true},
       {"inventory", "/warehouseStockTotals", true},
       {"inventory", "/warehouseStockTotals/onHandQuantity", true},
       {"inventory", "/warehouseStockTotals/lockedQuantity"},
       {"inventory", "/stockLocation"},
       {"inventory", "/stockLocation/warehouseId"}},
      [this] { return PullInventory(); });
}

// A cart that sells cloth by the metre.
TEST_F(RowFuzzWire, AQuantityThatIsNotWholeIsToldAsItCame) {
  AddParcel();
  CreateAcme();
  Fault fault = MakeFault(FaultKind::kField, "orders");
  fault.field = "/orderItems/0/quantityOrdered";
  fault.json = "\"2.50\"";
  bench_.fake().faults().Add(fault);
  const auto answer = bench_.Call(&ConnectorStub::PollShipments, R"pb(
    connection: "connections/acme"
    max_staleness {})pb");
  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  ASSERT_EQ(answer.response.events_size(), 1);
  const v1::Shipment& shipment = answer.response.events(0).shipment();
  ASSERT_EQ(shipment.items_size(), 1);
  EXPECT_EQ(shipment.items(0).quantity(), 2);
  EXPECT_EQ(shipment.items(0).quantity_text(), "2.50");
  EXPECT_EQ(answer.response.run().counts().rows_noted(), 1);
}

}  // namespace
}  // namespace oms_connector::testing_support
