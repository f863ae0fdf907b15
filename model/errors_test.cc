#include "model/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oms_connector::model {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Errors, CarryTheirReasonAndIds) {
  const absl::Status status = ShipmentNotFound("acme", "42");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "SHIPMENT_NOT_FOUND");
  EXPECT_EQ(details->metadata.at("connection"), "acme");
  EXPECT_EQ(details->metadata.at("shipment"), "42");
  EXPECT_EQ(details->resource_name, "connections/acme/shipments/42");
}

TEST(Errors, ResourcesAreNamedAlikeWhateverTheMessageSays) {
  EXPECT_EQ(DetailsOf(ConnectionNotFound("acme"))->resource_name,
            "connections/acme");
  EXPECT_EQ(DetailsOf(CartNotFound("acme", "shop"))->resource_name,
            "connections/acme/carts/shop");
  EXPECT_EQ(DetailsOf(ConsumerNotFound("acme", "w"))->resource_name,
            "connections/acme/consumers/w");
  EXPECT_EQ(DetailsOf(OrderNotFound("acme", 7))->resource_name,
            "connections/acme/orders/7");
  EXPECT_EQ(CartNotFound("acme", "shop").message(),
            "There is no cart shop of connections/acme.");
  EXPECT_THAT(std::string(OrderNotFound("acme", 7).message()),
              ::testing::StartsWith("There is no shipment of an order with the "
                                    "id 7 in connections/acme. "));
}

TEST(Errors, NameEveryBadField) {
  const absl::Status status =
      InvalidFields({{"cursor", "is malformed"}, {"max_results", "negative"}});
  const auto details = DetailsOf(status);
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(details->violations.size(), 2u);
  EXPECT_EQ(details->violations[1].field, "max_results");
  EXPECT_THAT(status.message(), HasSubstr("cursor: is malformed"));
}

TEST(Errors, SurviveStorageWhateverTheyHold) {
  ErrorDetails details;
  details.reason = "INTERNAL";
  details.metadata = {{"tab\there", "new\nline"}, {"utf8", "Größe"}};
  details.violations = {{"a.b", "c\\d\t"}};
  details.retry_delay = absl::Milliseconds(1500);
  const absl::Status status =
      WithDetails(absl::UnavailableError("first\nsecond\tthird"), details);
  const absl::Status back = ParseStatus(SerializeStatus(status));
  EXPECT_EQ(back.code(), status.code());
  EXPECT_EQ(back.message(), status.message());
  const auto kept = DetailsOf(back);
  ASSERT_TRUE(kept.has_value());
  EXPECT_EQ(kept->metadata, details.metadata);
  EXPECT_EQ(kept->violations[0].description, "c\\d\t");
  EXPECT_EQ(kept->retry_delay, details.retry_delay);
}

TEST(Errors, OkIsStoredAsNothing) {
  EXPECT_EQ(SerializeStatus(absl::OkStatus()), "");
  EXPECT_TRUE(ParseStatus("").ok());
}

TEST(Errors, DamagedTextIsInternal) {
  EXPECT_EQ(ParseStatus("nonsense").code(), absl::StatusCode::kInternal);
}

TEST(Errors, OtherStatusesHaveNoDetails) {
  EXPECT_FALSE(DetailsOf(absl::UnknownError("x")).has_value());
  EXPECT_FALSE(DetailsOf(absl::OkStatus()).has_value());
}

TEST(Errors, CartWithoutASalesChannelIsToldWhichThereAre) {
  EXPECT_THAT(SalesChannelNotFound("shop", "", {"Web (7)"}).message(),
              HasSubstr("names no sales channel. The Order Manager has: Web"));
}

TEST(Errors, LongListsOfChannelsAreCut) {
  std::vector<std::string> names;
  for (int i = 0; i < 500; ++i) names.push_back("channel-" + std::to_string(i));
  const absl::Status status = SalesChannelNotFound("shop", "Etsy", names);
  EXPECT_THAT(status.message(), HasSubstr("channel-0"));
  EXPECT_THAT(status.message(), HasSubstr("480 more"));
  EXPECT_THAT(status.message(), Not(HasSubstr("channel-499")));
}

}  // namespace
}  // namespace oms_connector::model
