#include "order_manager/listing_reader.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_for_tests.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(ListingReader, ReadsListings) {
  const auto page = ReadListings(ParseForTest(R"([
      {"listingId": 1, "listingSku": "WEB-TEE", "masterSku": "TEE",
       "productId": 10, "salesChannelId": 7, "active": false,
       "pushInventory": "false", "created": "2026-08-17T10:00:00Z"},
      {"listingId": "2", "listingSku": 4711}])"),
                                 7, 1);
  ASSERT_THAT(page.rows, SizeIs(2));
  const model::Listing& first = page.rows[0];
  EXPECT_EQ(first.listing_id, 1);
  EXPECT_EQ(first.listing_sku, "WEB-TEE");
  EXPECT_EQ(first.master_sku, "TEE");
  EXPECT_EQ(first.product_id, 10);
  EXPECT_EQ(first.sales_channel_id, 7);
  EXPECT_FALSE(first.active);
  EXPECT_FALSE(first.push_inventory);
  const model::Listing& second = page.rows[1];
  EXPECT_EQ(second.listing_sku, "4711");
  EXPECT_EQ(second.master_sku, "");
  EXPECT_EQ(second.product_id, 0);
  EXPECT_EQ(second.sales_channel_id, 7);
  EXPECT_TRUE(second.active);
  EXPECT_TRUE(second.push_inventory);
}

TEST(ListingReader, RejectsListingsOfAnotherChannelOrWithoutSku) {
  EXPECT_THAT(
      Shown(ReadListings(ParseForTest(R"([
          {"listingId": 1, "listingSku": "WEB-TEE", "salesChannelId": 8},
          {"listingId": 2, "masterSku": "TEE"},
          {"listingSku": "WEB-TEE"},
          {"listingId": 3, "listingSku": "A", "productId": "ten"}])"),
                         7, 2)
                .rejected),
      ElementsAre("listings page 2, listingId 1, listingSku WEB-TEE: "
                  "salesChannelId is 8, not the 7 that was asked for",
                  "listings page 2, listingId 2: listingSku is missing",
                  "listings page 2, listingSku WEB-TEE: listingId is missing",
                  "listings page 2, listingId 3, listingSku A: productId is no "
                  "id: \"ten\""));
}

}  // namespace
}  // namespace oms_connector::order_manager
