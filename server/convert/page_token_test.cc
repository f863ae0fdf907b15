#include "server/convert/page_token.h"

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/shipment_requests.pb.h"

namespace oms_connector::server {
namespace {

std::string ViolatedField(const absl::Status& status) {
  const auto details = model::DetailsOf(status);
  if (!details.has_value() || details->violations.size() != 1) return "";
  return details->violations[0].field;
}

TEST(PageSize, HasDefaultAndCap) {
  EXPECT_EQ(PageSize(0).value(), 100);
  EXPECT_EQ(PageSize(1).value(), 1);
  EXPECT_EQ(PageSize(1000).value(), 1000);
  EXPECT_EQ(PageSize(1001).value(), 1000);
  EXPECT_EQ(PageSize(std::numeric_limits<int32_t>::max()).value(), 1000);
  EXPECT_EQ(ViolatedField(PageSize(-1).status()), "page_size");
}

TEST(MaxResults, HasDefaultAndCap) {
  EXPECT_EQ(MaxResults(0).value(), 1000);
  EXPECT_EQ(MaxResults(5000).value(), 5000);
  EXPECT_EQ(MaxResults(5001).value(), 5000);
  EXPECT_EQ(ViolatedField(MaxResults(-1).status()), "max_results");
}

class PageTokenTest : public ::testing::Test {
 protected:
  PageTokenTest() { request_.set_parent("connections/acme"); }
  std::string List() const { return ListIdentity("ListShipments", request_); }

  v1::ListShipmentsRequest request_;
};

TEST_F(PageTokenTest, PositionsComeBack) {
  const std::string position("17\n\0x", 5);
  const std::string token = EncodePageToken(List(), position);
  EXPECT_EQ(DecodePageToken(List(), token).value(), position);
}

TEST_F(PageTokenTest, EmptyIsTheFirstPage) {
  EXPECT_EQ(DecodePageToken(List(), "").value(), "");
}

TEST_F(PageTokenTest, PageSizeMayChange) {
  const std::string token = EncodePageToken(List(), "17");
  request_.set_page_size(3);
  request_.set_page_token(token);
  EXPECT_EQ(DecodePageToken(List(), token).value(), "17");
}

TEST_F(PageTokenTest, BelongsToItsParentAndConditions) {
  const std::string token = EncodePageToken(List(), "17");
  request_.mutable_filter()->set_cart("shop");
  EXPECT_EQ(ViolatedField(DecodePageToken(List(), token).status()),
            "page_token");
  request_.clear_filter();
  request_.set_parent("connections/bolt");
  EXPECT_EQ(ViolatedField(DecodePageToken(List(), token).status()),
            "page_token");
}

TEST_F(PageTokenTest, BelongsToItsRpc) {
  v1::ListSyncRunsRequest other;
  other.set_parent(request_.parent());
  const std::string token = EncodePageToken(List(), "17");
  EXPECT_FALSE(
      DecodePageToken(ListIdentity("ListSyncRuns", other), token).ok());
}

TEST_F(PageTokenTest, MadeUpTextIsRefused) {
  const std::string token = EncodePageToken(List(), "17");
  for (const std::string& text : {token + "=", token.substr(1), token + "A",
                                  std::string("17"), std::string("\xFF")}) {
    EXPECT_EQ(ViolatedField(DecodePageToken(List(), text).status()),
              "page_token");
  }
}

}  // namespace
}  // namespace oms_connector::server
