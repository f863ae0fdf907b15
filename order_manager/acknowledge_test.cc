#include "order_manager/acknowledge.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_for_tests.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Acknowledge, AsksForChannels) {
  EXPECT_EQ(AcknowledgeRequestBody({7}), R"({"salesChannelIds":[7]})");
  EXPECT_EQ(AcknowledgeRequestBody({7, 8}), R"({"salesChannelIds":[7,8]})");
}

TEST(Acknowledge, ReadsNumbersOfListings) {
  const auto page = ReadAcknowledged(ParseForTest(R"([
      {"listingId": 1, "listingSku": "WEB-TEE", "masterSku": "TEE",
       "salesChannelId": 7, "quantity": 12, "lastModified": null},
      {"listingId": 2, "listingSku": "WEB-CAP", "salesChannelId": "8",
       "quantity": null, "availableQuantity": "3"},
      {"listingId": 3, "listingSku": "WEB-HAT", "salesChannelId": 8,
       "quantity": 0, "availableQuantity": 9}])"),
                                     {7, 8});
  ASSERT_THAT(page.rows, SizeIs(3));
  EXPECT_EQ(page.rows[0].listing_id, 1);
  EXPECT_EQ(page.rows[0].listing_sku, "WEB-TEE");
  EXPECT_EQ(page.rows[0].master_sku, "TEE");
  EXPECT_EQ(page.rows[0].sales_channel_id, 7);
  EXPECT_EQ(page.rows[0].quantity, 12);
  EXPECT_EQ(page.rows[1].sales_channel_id, 8);
  EXPECT_EQ(page.rows[1].quantity, 3);
  EXPECT_EQ(page.rows[2].quantity, 0);
}

TEST(Acknowledge, TakesNoRowsForNoChange) {
  const auto page = ReadAcknowledged(ParseForTest("[]"), {7});
  EXPECT_EQ(page.row_count, 0);
  EXPECT_THAT(page.rejected, IsEmpty());
}

TEST(Acknowledge, NeedsTheChannelOnlyWhereSeveralWereAskedFor) {
  const auto read = [](const std::vector<int64_t>& asked) {
    return ReadAcknowledged(
        ParseForTest(R"([{"listingId": 1, "listingSku": "A", "quantity": 1}])"),
        asked);
  };
  ASSERT_THAT(read({7}).rows, SizeIs(1));
  EXPECT_EQ(read({7}).rows[0].sales_channel_id, 7);
  EXPECT_THAT(Shown(read({7, 8}).rejected),
              ElementsAre("inventory/acknowledge page 0, listingId 1, "
                          "listingSku A: salesChannelId is missing"));
}

TEST(Acknowledge, NeverTakesAMissingNumberForZero) {
  EXPECT_THAT(
      Shown(ReadAcknowledged(ParseForTest(R"([
          {"listingId": 1, "listingSku": "A", "salesChannelId": 7},
          {"listingId": 2, "listingSku": "B", "salesChannelId": 7,
           "quantity": "all", "availableQuantity": 5},
          {"listingId": 3, "listingSku": "C", "salesChannelId": 9,
           "quantity": 5}])"),
                             {7})
                .rejected),
      ElementsAre("inventory/acknowledge page 0, listingId 1, listingSku A: "
                  "quantity is missing",
                  "inventory/acknowledge page 0, listingId 2, listingSku B: "
                  "quantity is no whole number: \"all\"",
                  "inventory/acknowledge page 0, listingId 3, listingSku C: "
                  "salesChannelId is 9, which was not asked for"));
}

}  // namespace
}  // namespace oms_connector::order_manager
