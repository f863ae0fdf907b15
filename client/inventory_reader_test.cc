#include "client/inventory_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/connector_client.h"
#include "client/fake_connector_rpcs.h"

namespace oms_connector::client {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

v1::SyncInventoryResponse Page(const std::vector<std::string>& skus,
                               const std::string& next_cursor, bool caught_up) {
  v1::SyncInventoryResponse page;
  for (const std::string& sku : skus) page.add_levels()->set_sku(sku);
  page.set_next_cursor(next_cursor);
  page.set_caught_up(caught_up);
  return page;
}

class InventoryReaderTest : public ::testing::Test {
 protected:
  absl::StatusOr<InventoryRead> Read(const v1::SyncInventoryRequest& request) {
    return ForEachLevel(ConnectorClient(rpcs_), request,
                        [this](const v1::InventoryLevel& level) {
                          skus_.push_back(level.sku());
                          return level.sku() == stop_at_
                                     ? absl::AbortedError("enough")
                                     : absl::OkStatus();
                        });
  }

  void Answer(v1::SyncInventoryResponse page) {
    rpcs_->sync_inventory.answers.push_back(std::move(page));
  }

  const std::vector<v1::SyncInventoryRequest>& requests() const {
    return rpcs_->sync_inventory.requests;
  }

  const std::shared_ptr<FakeConnectorRpcs> rpcs_ =
      std::make_shared<FakeConnectorRpcs>();
  std::vector<std::string> skus_;
  std::string stop_at_;
};

TEST_F(InventoryReaderTest, ReadsPageAfterPageUntilCaughtUp) {
  Answer(Page({"A", "B"}, "c1", false));
  Answer(Page({"C"}, "c2", false));
  Answer(Page({"D"}, "c3", true));
  const absl::StatusOr<InventoryRead> read = Read({});
  ASSERT_TRUE(read.ok());
  EXPECT_THAT(skus_, ElementsAre("A", "B", "C", "D"));
  EXPECT_EQ(read->next_cursor, "c3");
  EXPECT_TRUE(read->caught_up);
  EXPECT_EQ(read->levels, 4);
  EXPECT_EQ(requests()[1].cursor(), "c1");
  EXPECT_EQ(requests()[2].cursor(), "c2");
}

TEST_F(InventoryReaderTest, OnlyTheFirstCallPulls) {
  Answer(Page({"A"}, "c1", false));
  Answer(Page({"B"}, "c2", true));
  v1::SyncInventoryRequest request;
  request.set_connection("connections/acme");
  request.set_cart("shop");
  request.set_kind(v1::SYNC_KIND_FULL);
  request.mutable_max_staleness()->set_seconds(0);
  request.mutable_max_wait()->set_seconds(90);
  request.set_request_id("6d0f9a52-27c3-4a64-9a2e-0d4c7c8a3b11");
  ASSERT_TRUE(Read(request).ok());
  ASSERT_THAT(requests(), SizeIs(2));
  EXPECT_EQ(requests()[0].SerializeAsString(), request.SerializeAsString());
  const v1::SyncInventoryRequest& second = requests()[1];
  EXPECT_EQ(second.connection(), "connections/acme");
  EXPECT_EQ(second.cart(), "shop");
  EXPECT_FALSE(second.has_max_staleness());
  EXPECT_EQ(second.kind(), v1::SYNC_KIND_UNSPECIFIED);
  EXPECT_EQ(second.request_id(), "");
  ASSERT_TRUE(second.has_max_wait());
  EXPECT_EQ(second.max_wait().seconds(), 0);
}

TEST_F(InventoryReaderTest, AnEmptyPageEndsItEvenWhenThereWillBeMore) {
  Answer(Page({"A"}, "c1", false));
  Answer(Page({}, "c1", false));
  const absl::StatusOr<InventoryRead> read = Read({});
  ASSERT_TRUE(read.ok());
  EXPECT_FALSE(read->caught_up);
  EXPECT_EQ(read->next_cursor, "c1");
}

TEST_F(InventoryReaderTest, AFeedThatStandsStillIsNotReadForEver) {
  Answer(Page({"A"}, "c1", false));
  Answer(Page({"A"}, "c1", false));
  ASSERT_TRUE(Read({}).ok());
  EXPECT_THAT(requests(), SizeIs(2));
}

TEST_F(InventoryReaderTest, AnErrorOfTheServerEndsIt) {
  Answer(Page({"A"}, "c1", false));
  rpcs_->sync_inventory.answers.push_back(absl::NotFoundError("gone"));
  EXPECT_EQ(Read({}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(skus_, ElementsAre("A"));
}

TEST_F(InventoryReaderTest, AnErrorOfTheReaderEndsItAtThatLevel) {
  Answer(Page({"A", "B", "C"}, "c1", true));
  stop_at_ = "B";
  EXPECT_EQ(Read({}).status().code(), absl::StatusCode::kAborted);
  EXPECT_THAT(skus_, ElementsAre("A", "B"));
}

}  // namespace
}  // namespace oms_connector::client
