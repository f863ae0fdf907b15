// The sizes by which pages are cut, held against what is sent.
#include "model/size_estimate.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "absl/time/time.h"
#include "server/convert/inventory_convert.h"
#include "server/convert/shipment_convert.h"

namespace oms_connector::server {
namespace {

template <typename Proto, typename... Nouns>
size_t BytesOf(const Nouns&... nouns) {
  Proto proto;
  ToProto(nouns..., &proto);
  return proto.ByteSizeLong();
}

constexpr int64_t kLargest = std::numeric_limits<int64_t>::max();
const absl::Time kSomeTime = absl::FromUnixMicros(253'402'300'799'000'000 - 1);

// Texts of this length in every field: none, short, and so long that the length
// itself takes more bytes.
class SizeEstimate : public ::testing::TestWithParam<size_t> {
 protected:
  std::string Long() const { return std::string(GetParam(), 'x'); }
};

TEST_P(SizeEstimate, NoLevelIsLarger) {
  model::InventoryLevel level;
  level.view = level.sku = level.master_sku = level.location.name = Long();
  level.location.id = -1;
  level.available = -1;
  level.derivation.stock = {-1, -1};
  level.derivation.locked_subtracted = level.derivation.clamped_at_zero = true;
  level.state = model::LevelState::kWithheld;
  level.withheld_reason = model::WithheldReason::kQuantityUnknown;
  level.as_of_time = kSomeTime;
  level.revision = kLargest;
  EXPECT_LE(BytesOf<v1::InventoryLevel>(level), model::EstimatedBytes(level));
}

TEST_P(SizeEstimate, NoProductIsLarger) {
  model::Product product;
  product.product_id = product.revision = kLargest;
  product.master_sku = product.name = product.type = product.brand =
      product.description = product.upc = product.mpn = Long();
  product.weight = product.length = product.width = product.height = 1.5;
  product.map_price = model::Money{Long(), Long()};
  product.categories = product.labels = product.image_urls = {Long(), Long()};
  product.create_time = product.modify_time = kSomeTime;
  EXPECT_LE(BytesOf<v1::Product>(product), model::EstimatedBytes(product));
}

TEST_P(SizeEstimate, NoEventIsLarger) {
  model::ShipmentEvent event;
  event.sequence = event.release_group = kLargest;
  event.release_group_size = std::numeric_limits<int32_t>::max();
  event.event_time = kSomeTime;
  model::Shipment& shipment = event.shipment;
  shipment.shipment_id = shipment.order_id = shipment.warehouse_id = kLargest;
  shipment.order_number = shipment.cart_id = shipment.tracking_number =
      shipment.warehouse_name = Long();
  shipment.family_order_ids = {kLargest, kLargest, kLargest};
  shipment.carrier.code = shipment.carrier.display_name =
      shipment.carrier.rule = shipment.carrier.service = Long();
  shipment.carrier.candidates = {Long(), Long()};
  shipment.carrier.source = model::CarrierSource::kUnresolved;
  shipment.carrier.confidence = model::CarrierConfidence::kHigh;
  shipment.items = {{Long(), Long(), kLargest}, {Long(), Long(), kLargest}};
  shipment.ship_time = shipment.create_time = kSomeTime;
  shipment.external = true;
  shipment.delivery.hold_reason = model::HoldReason::kOrderUnreadable;
  shipment.delivery.hold_time = shipment.delivery.outcome_time = kSomeTime;
  shipment.delivery.outcome_reason = Long();
  shipment.delivery.blocking_orders = {{kLargest, Long(), Long(), kSomeTime},
                                       {kLargest, Long(), Long(), kSomeTime}};
  const std::string connection(63, 'c');
  EXPECT_LE(BytesOf<v1::ShipmentEvent>(event, connection),
            model::EstimatedBytes(event));
}

INSTANTIATE_TEST_SUITE_P(Texts, SizeEstimate, ::testing::Values(0, 20, 70'000));

TEST(PageBudget, TakesUntilItIsSpentAndAlwaysTheFirst) {
  model::PageBudget budget(10);
  EXPECT_TRUE(budget.Take(6));
  EXPECT_TRUE(budget.Take(4));
  EXPECT_FALSE(budget.Take(1));
  model::PageBudget small(10);
  EXPECT_TRUE(small.Take(11));
  EXPECT_FALSE(small.Take(1));
}

}  // namespace
}  // namespace oms_connector::server
