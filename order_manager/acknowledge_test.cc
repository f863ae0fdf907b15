#include "order_manager/acknowledge.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_for_tests.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Acknowledged Read(std::string text, const std::vector<int64_t>& asked) {
  JsonRows reader;
  return ReadAcknowledged(reader, &text, asked).value();
}

TEST(Acknowledge, AsksForChannels) {
  EXPECT_EQ(AcknowledgeRequestBody({7}), R"({"salesChannelIds":[7]})");
  EXPECT_EQ(AcknowledgeRequestBody({7, 8}), R"({"salesChannelIds":[7,8]})");
}

TEST(Acknowledge, ReadsNumbersOfListings) {
  const auto page = Read(R"([
      {"listingId": 1, "listingSku": "WEB-TEE", "masterSku": "TEE",
       "salesChannelId": 7, "quantity": 12, "lastModified": null},
      {"listingId": 2, "listingSku": "WEB-CAP", "salesChannelId": "8",
       "quantity": null, "availableQuantity": "3"},
      {"listingId": 3, "listingSku": "WEB-HAT", "salesChannelId": 8,
       "quantity": 0, "availableQuantity": 9}])",
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
  const auto page = Read("[]", {7});
  EXPECT_EQ(page.row_count, 0);
  EXPECT_THAT(page.rejected, IsEmpty());
}

TEST(Acknowledge, NeedsTheChannelOnlyWhereSeveralWereAskedFor) {
  const auto read = [](const std::vector<int64_t>& asked) {
    return Read(R"([{"listingId": 1, "listingSku": "A", "quantity": 1}])",
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
      Shown(Read(R"([
          {"listingId": 1, "listingSku": "A", "salesChannelId": 7},
          {"listingId": 2, "listingSku": "B", "salesChannelId": 7,
           "quantity": "all", "availableQuantity": 5},
          {"listingId": 3, "listingSku": "C", "salesChannelId": 9,
           "quantity": 5}])",
                 {7})
                .rejected),
      ElementsAre("inventory/acknowledge page 0, listingId 1, listingSku A: "
                  "quantity is missing",
                  "inventory/acknowledge page 0, listingId 2, listingSku B: "
                  "quantity is not a whole number: \"all\"",
                  "inventory/acknowledge page 0, listingId 3, listingSku C: "
                  "salesChannelId is 9, which was not asked for"));
}

TEST(Acknowledge, SaysWhoseNumberCouldNotBeRead) {
  const Acknowledged answer = Read(R"([
      {"listingId": 1, "listingSku": "A", "salesChannelId": 7,
       "quantity": "4.5"},
      {"listingId": 2, "listingSku": " B ", "salesChannelId": 7,
       "quantity": null},
      {"listingSku": "C", "salesChannelId": 7, "quantity": 3},
      {"listingId": 4, "salesChannelId": 7, "quantity": 3},
      {"listingId": "?", "quantity": 3}, "nothing",
      {"listingId": 5, "listingSku": "E", "quantity": 5}])",
                                   {7});
  ASSERT_THAT(answer.rows, SizeIs(1));
  EXPECT_EQ(answer.rejected.size(), answer.unread.size());
  std::vector<std::string> unread;
  for (const ListingRef& listing : answer.unread) {
    unread.push_back(absl::StrCat(listing.listing_id, "/", listing.listing_sku,
                                  "/", listing.sales_channel_id));
  }
  EXPECT_THAT(unread,
              ElementsAre("1/A/7", "2/B/7", "0/C/7", "4//7", "0//7", "0//7"));
}

TEST(Acknowledge, ForgetsWhatItReadBeforeTheTextWasMended) {
  const Acknowledged answer = Read(
      "[{\"listingId\": 1, \"listingSku\": \"A\", \"quantity\": \"x\"},"
      "{\"listingId\": 2, \"listingSku\": \"\xC3(\", \"quantity\": 1}]",
      {7});
  EXPECT_THAT(answer.unread, SizeIs(2));
  EXPECT_EQ(answer.row_count, 2);
}

TEST(Acknowledge, TellsWhenANumberWasLastModified) {
  const Acknowledged answer = Read(R"([
      {"listingId": 1, "listingSku": "A", "quantity": 1,
       "lastModified": "2026-08-17T10:00:00Z"},
      {"listingId": 1, "listingSku": "A", "quantity": 2,
       "lastModified": "soon"}])",
                                   {7});
  ASSERT_THAT(answer.rows, SizeIs(2));
  EXPECT_EQ(answer.rows[0].last_modified, absl::FromUnixSeconds(1'786'960'800));
  EXPECT_EQ(answer.rows[1].last_modified, std::nullopt);
  EXPECT_EQ(answer.newest_modified, answer.rows[0].last_modified);
}

}  // namespace
}  // namespace oms_connector::order_manager
