// Members of a family of which no parcel can come: under the setting Wait for
// All Records they are done without one.
#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/inventory.h"
#include "model/inventory_rows.h"
#include "storage/inventory_tables.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

MATCHER_P(IsShipped, shipment_id, "") {
  return arg.kind == model::EventKind::kShipped &&
         arg.shipment.shipment_id == shipment_id;
}

class NothingToSend : public ::testing::Test {
 protected:
  NothingToSend() { world_.Wait(); }

  static Order Member(int64_t id, std::vector<int64_t> related = {}) {
    Order order = MakeOrder(id, "SHIPPED");
    order.related_order_ids = std::move(related);
    return order;
  }

  // As inventory pulls would have read them.
  void PutProduct(int64_t id, const std::string& sku, const std::string& type,
                  bool digital) {
    model::Product product;
    product.product_id = id;
    product.master_sku = sku;
    product.type = type;
    product.digital = digital;
    Write([&](storage::InventoryWriter& inventory) {
      model::StoredProduct row;
      row.flags.product_id = id;
      row.flags.sku = inventory.AddSkus(kConnection, {sku})->front();
      row.details = storage::DetailsOf(product);
      return inventory.PutProducts(kConnection, {row});
    });
  }
  void PutListing(int64_t channel, int64_t id, const std::string& sku,
                  const std::string& master_sku, int64_t product) {
    Write([&](storage::InventoryWriter& inventory) {
      const auto skus = inventory.AddSkus(kConnection, {sku, master_sku});
      model::StoredListing row;
      row.sales_channel_id = channel;
      row.listing_id = id;
      row.sku = skus->front();
      row.master = skus->back();
      row.product_id = product;
      return inventory.PutListings(kConnection, {row});
    });
  }

  void Write(
      absl::FunctionRef<absl::Status(storage::InventoryWriter&)> function) {
    const absl::Status status =
        world_.store->Write({}, [&](storage::WriteTransaction& txn) {
          return function(txn.inventory());
        });
    EXPECT_TRUE(status.ok()) << status;
  }

  ShipmentWorld world_;
};

TEST_F(NothingToSend, AShippedMemberWithoutLinesIsDoneWithoutAParcel) {
  world_.Put(Member(1, {2, 3}));
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  Order empty = Member(2);
  empty.items.clear();
  world_.Put(empty);
  Order digital = Member(3);
  const std::string line =
      R"({"listingSku": "L-1", "quantityOrdered": 2,
          "product": {"digital": true}})";
  digital.raw["orderItems"] = absl::StrCat("[", line, ", null]");  // another?
  world_.Put(digital);
  EXPECT_THAT(world_.Take(), IsEmpty());
  EXPECT_THAT(world_.Find(11).delivery.blocking_orders, SizeIs(1));
  digital.raw["orderItems"] = absl::StrCat("[", line, "]");
  world_.Put(digital);
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
}

// Its lines say nothing; what is known of its products does.
TEST_F(NothingToSend, AShippedMemberOfDigitalProductsIsDoneWithoutAParcel) {
  world_.Put(Member(1, {2}));
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  Order vouchers = Member(2);
  vouchers.items = {{1, "S-1", "VOUCHER", 1}, {2, "S-2", "E-Book", 1}};
  world_.Put(vouchers);
  EXPECT_THAT(world_.Take(), IsEmpty()) << "of products that nobody knows";
  PutProduct(1, "Voucher", "VIRTUAL_PRODUCT", false);
  EXPECT_THAT(world_.Take(), IsEmpty());
  PutProduct(2, "E-BOOK", "CORE_PRODUCT", false);
  EXPECT_THAT(world_.Take(), IsEmpty()) << "one of them is sent";
  EXPECT_THAT(world_.Find(11).delivery.blocking_orders, SizeIs(1));
  PutProduct(2, "E-BOOK", "CORE_PRODUCT", true);
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
}

// A line that names only the channel's own SKU is of the listing's product.
TEST_F(NothingToSend, LinesOfListingsAreOfTheirProducts) {
  world_.Put(Member(1, {2}));
  world_.Put(MakeShipment(11, 1, "1Z-A"));
  Order vouchers = Member(2);
  vouchers.items = {{1, "shop-v", "", 1}, {2, "SHOP-B", "", 1}};
  world_.Put(vouchers);
  PutProduct(1, "VOUCHER", "VIRTUAL_PRODUCT", false);
  PutProduct(2, "BOOK", "CORE_PRODUCT", true);
  PutListing(8, 21, "SHOP-V", "VOUCHER", 1);
  PutListing(kChannel, 22, "Shop-B", "", 2);
  EXPECT_THAT(world_.Take(), IsEmpty()) << "one is another channel's";
  PutListing(kChannel, 23, "SHOP-V", "", 1);
  PutListing(kChannel, 24, "SHOP-V", "TENT", 0);
  EXPECT_THAT(world_.Take(), IsEmpty()) << "it may be of something else";
  EXPECT_THAT(world_.Find(11).delivery.blocking_orders, SizeIs(1));
  PutListing(kChannel, 24, "SHOP-V", "Voucher", 0);
  EXPECT_THAT(world_.Take(), ElementsAre(IsShipped(11)));
}

}  // namespace
}  // namespace oms_connector::shipments
