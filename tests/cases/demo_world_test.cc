// The demo shows what the product is for only as long as its world holds the
// cases that the product is for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "domain/carriers/carrier_detector.h"
#include "fake_order_manager/world_json.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromUnixSeconds(1'755'424'800);

class DemoWorld : public ::testing::Test {
 protected:
  DemoWorld() {
    absl::StatusOr<FakeWorld> world =
        WorldFromFile("fake_order_manager/demo_world.json", kNow);
    EXPECT_TRUE(world.ok()) << world.status();
    if (world.ok()) world_ = *std::move(world);
  }

  template <typename Rows, typename Predicate>
  int64_t Count(const Rows& rows, const Predicate& predicate) const {
    return std::count_if(rows.begin(), rows.end(), [&](const auto& entry) {
      return predicate(entry.second);
    });
  }

  FakeWorld world_;
};

TEST_F(DemoWorld, IsSmallAndWhole) {
  EXPECT_THAT(world_.products, SizeIs(40));
  EXPECT_THAT(world_.warehouses, SizeIs(3));
  EXPECT_THAT(world_.sales_channels, SizeIs(2));
  for (const auto& [id, listing] : world_.listings) {
    EXPECT_EQ(world_.products.at(*listing.product_id).master_sku,
              listing.master_sku);
  }
  for (const auto& [id, shipment] : world_.shipments) {
    EXPECT_EQ(world_.orders.at(shipment.order_id).order_number,
              shipment.order_number);
  }
  for (const auto& [id, order] : world_.orders) {
    for (const int64_t related : order.related_order_ids) {
      EXPECT_EQ(world_.orders.count(related), 1u) << related;
    }
  }
}

TEST_F(DemoWorld, LiesWithinTheFirstPullsWindow) {
  for (const auto& [id, shipment] : world_.shipments) {
    EXPECT_GT(shipment.created, kNow - absl::Hours(6 * 24));
    EXPECT_LT(shipment.created, kNow);
  }
}

TEST_F(DemoWorld, HasTheTrapsOfStock) {
  EXPECT_GE(Count(world_.stock, [](const Stock& s) { return s.on_hand < 0; }),
            1);
  EXPECT_GE(Count(world_.stock, [](const Stock& s) { return !s.locked; }), 1);
  EXPECT_GE(Count(world_.stock,
                  [](const Stock& s) { return s.locked.value_or(0) > 0; }),
            10);
  EXPECT_GE(
      Count(world_.stock, [](const Stock& s) { return s.locked > s.on_hand; }),
      1);
  EXPECT_GE(Count(world_.stock,
                  [](const Stock& s) { return s.locations.size() > 1; }),
            1);
}

TEST_F(DemoWorld, HasTheTrapsOfProductsAndListings) {
  std::map<std::string, int> claims;
  for (const auto& [id, product] : world_.products) {
    ++claims[absl::AsciiStrToLower(product.master_sku)];
  }
  EXPECT_EQ(claims["nwd-mug-crm"], 2);
  EXPECT_GE(Count(world_.products, [](const Product& p) { return !p.active; }),
            1);
  EXPECT_GE(Count(world_.listings, [](const Listing& l) { return !l.active; }),
            1);
  EXPECT_GE(Count(world_.listings,
                  [](const Listing& l) { return !l.push_inventory; }),
            1);
  EXPECT_GE(
      Count(world_.listings, [](const Listing& l) { return !l.quantity; }), 1);
}

TEST_F(DemoWorld, HasOrdersInEveryCase) {
  std::set<std::string> statuses;
  for (const auto& [id, order] : world_.orders) {
    statuses.insert(order.order_status);
  }
  EXPECT_THAT(statuses,
              IsSupersetOf({"SHIPPED", "AWAITING_SHIPMENT", "ON_HOLD",
                            "CANCELLED", "PROCESSED_OUTSIDE_OF_SKUBANA"}));
  EXPECT_THAT(world_.orders.at(50003).related_order_ids, ElementsAre(50002));
  EXPECT_EQ(world_.orders.at(50002).order_status, "SHIPPED");
  EXPECT_EQ(world_.orders.at(50003).order_status, "AWAITING_SHIPMENT");
  EXPECT_GE(Count(world_.orders,
                  [](const Order& o) { return o.suppress_channel_update; }),
            1);
}

TEST_F(DemoWorld, HasParcelsInEveryCase) {
  EXPECT_GE(Count(world_.shipments,
                  [](const Shipment& s) { return s.type == "RETURN"; }),
            1);
  EXPECT_GE(
      Count(world_.shipments,
            [](const Shipment& s) { return s.delivery_status == "VOIDED"; }),
      1);
  EXPECT_GE(Count(world_.shipments,
                  [](const Shipment& s) { return s.tracking_number.empty(); }),
            1);
}

TEST_F(DemoWorld, HasAParcelOfEachCarrierThatTheFallbackKnows) {
  const carriers::CarrierDetector detector({});
  std::set<std::string> detected;
  int named_by_field = 0;
  for (const auto& [id, shipment] : world_.shipments) {
    if (shipment.ship_method.shipping_carrier != "OTHER_CARRIER") continue;
    const Order& order = world_.orders.at(shipment.order_id);
    const carriers::Detection detection =
        detector.Detect(shipment.tracking_number, order.ship_country);
    if (detection.resolved) {
      detected.insert(std::string(detection.code));
    } else if (!order.custom_field1.empty()) {
      ++named_by_field;
    }
  }
  EXPECT_THAT(detected,
              ElementsAre("AMAZON", "DYNAMEX", "INTELCOM", "PUROLATOR"));
  EXPECT_GE(named_by_field, 1);
}

}  // namespace
}  // namespace oms_connector::testing_support
