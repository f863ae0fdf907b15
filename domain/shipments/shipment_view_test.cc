#include "domain/shipments/shipment_view.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::shipments {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "sku/master/quantity" of each item.
std::vector<std::string> Texts(const std::vector<model::ShipmentItem>& items) {
  std::vector<std::string> texts;
  for (const model::ShipmentItem& item : items) {
    texts.push_back(item.sku + "/" + item.master_sku + "/" +
                    std::to_string(item.quantity));
  }
  return texts;
}

constexpr auto kMaster = model::SkuSource::kMasterSku;
constexpr auto kListing = model::SkuSource::kListingSku;

TEST(ShipmentView, ItemsAreThoseOfTheParcelElseTheOrdersElseNone) {
  model::Order order;
  EXPECT_THAT(ItemsOf(order, 11, kMaster), IsEmpty());
  order.lines = {{"L1", "M1", 5}};
  EXPECT_THAT(Texts(ItemsOf(order, 11, kMaster)), ElementsAre("M1/M1/5"));
  order.shipment_items = {{12, {{"L1", "", 1}}}, {11, {{"L1", "", 2}}}};
  EXPECT_THAT(Texts(ItemsOf(order, 11, kMaster)), ElementsAre("M1/M1/2"));
  order.shipment_items[1].items.clear();
  EXPECT_THAT(Texts(ItemsOf(order, 11, kMaster)), ElementsAre("M1/M1/5"));
}

TEST(ShipmentView, SkuIsTheCartsOwnOrTheOtherWhereThatIsNotGiven) {
  model::Order order;
  order.lines = {{"L1", "M1", 1}, {"", "M2", 2}, {"L3", "", 3}};
  EXPECT_THAT(Texts(ItemsOf(order, 1, kMaster)),
              ElementsAre("M1/M1/1", "M2/M2/2", "L3//3"));
  EXPECT_THAT(Texts(ItemsOf(order, 1, kListing)),
              ElementsAre("L1/M1/1", "M2/M2/2", "L3//3"));
}

TEST(ShipmentView, InputsChangeWithCarrierNumberOrTheFieldLookedAt) {
  model::Cart cart;
  cart.carrier_custom_field = "customField2";
  model::Order order;
  order.custom_fields = {"a", " b ", "c"};
  model::ShipmentRecord record;
  record.shipping_carrier = "UPS";
  record.tracking_number = "1Z";
  const model::CarrierInputs then = InputsOf(record, order, &cart);
  EXPECT_EQ(then.custom_text, "b");
  EXPECT_FALSE(InputsChanged(then, record, order));

  model::Order other_field = order;
  other_field.custom_fields[0] = "x";
  EXPECT_FALSE(InputsChanged(then, record, other_field));
  model::Order changed = order;
  changed.custom_fields[1] = "x";
  EXPECT_TRUE(InputsChanged(then, record, changed));
  model::ShipmentRecord carrier = record;
  carrier.shipping_carrier = "DHL";
  EXPECT_TRUE(InputsChanged(then, carrier, order));
  model::ShipmentRecord number = record;
  number.tracking_number = "1Y";
  EXPECT_TRUE(InputsChanged(then, number, order));

  const model::CarrierInputs without = InputsOf(record, order, nullptr);
  EXPECT_EQ(without.custom_text, "");
  EXPECT_FALSE(InputsChanged(without, record, changed));
}

TEST(ShipmentView, BlanksAreNoTrackingNumber) {
  model::ShipmentRecord record;
  EXPECT_FALSE(HasTrackingNumber(record));
  record.tracking_number = " \t";
  EXPECT_FALSE(HasTrackingNumber(record));
  record.tracking_number = " 1 ";
  EXPECT_TRUE(HasTrackingNumber(record));
}

}  // namespace
}  // namespace oms_connector::shipments
