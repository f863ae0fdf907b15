#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/scripted_connector.h"
#include "oms_connector/client/connection_client.h"
#include "oms_connector/client/connector_client.h"

namespace oms_connector::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::SyncInventoryResponse Page(const std::vector<std::string>& skus,
                               const std::string& next_cursor, bool caught_up) {
  v1::SyncInventoryResponse page;
  for (const std::string& sku : skus) page.add_levels()->set_sku(sku);
  page.set_next_cursor(next_cursor);
  page.set_caught_up(caught_up);
  return page;
}

class LevelsTest : public ::testing::Test {
 protected:
  LevelRange Levels(const v1::SyncInventoryRequest& request = {}) {
    return client_.Levels(request);
  }

  // Takes every level, and notes the cursor that stands at each.
  absl::Status Read(LevelRange levels) {
    for (const absl::StatusOr<v1::InventoryLevel>& level : levels) {
      if (!level.ok()) return level.status();
      skus_.push_back(level->sku());
      cursors_.push_back(levels.cursor());
    }
    cursors_.push_back(levels.cursor());
    caught_up_ = levels.page().caught_up();
    return absl::OkStatus();
  }

  int calls() const { return server_.Calls<v1::SyncInventoryRequest>(); }
  v1::SyncInventoryRequest Sent(int n) const {
    return server_.Sent<v1::SyncInventoryRequest>(n);
  }

  ScriptedConnector server_;
  const ConnectorClient client_{
      v1::ConnectorService::NewStub(server_.channel()),
      UnaryCaller(ClientOptions())};
  std::vector<std::string> skus_, cursors_;
  bool caught_up_ = false;
};

TEST_F(LevelsTest, GoPageAfterPageUntilCaughtUp) {
  server_.Answer(Page({"A", "B"}, "c1", false));
  server_.Answer(Page({"C"}, "c2", false));
  server_.Answer(Page({}, "c3", false));
  server_.Answer(Page({"D"}, "c4", true));
  EXPECT_EQ(Read(Levels()), absl::OkStatus());
  EXPECT_THAT(skus_, ElementsAre("A", "B", "C", "D"));
  EXPECT_TRUE(caught_up_);
  EXPECT_EQ(Sent(1).cursor(), "c1");
  EXPECT_EQ(Sent(3).cursor(), "c3");
}

TEST_F(LevelsTest, TheCursorStandsBehindThePageThatWasGonePast) {
  server_.Answer(Page({"A", "B"}, "c1", false));
  server_.Answer(Page({"C"}, "c2", true));
  v1::SyncInventoryRequest request;
  request.set_cursor("c0");
  EXPECT_EQ(Read(Levels(request)), absl::OkStatus());
  EXPECT_THAT(cursors_, ElementsAre("c0", "c0", "c1", "c2"));
}

TEST_F(LevelsTest, OnlyTheFirstCallPulls) {
  server_.Answer(Page({"A"}, "c1", false));
  server_.Answer(Page({"B"}, "c2", true));
  v1::SyncInventoryRequest request;
  request.set_connection("connections/acme");
  request.set_cart("shop");
  request.set_kind(v1::SYNC_KIND_FULL);
  request.mutable_max_staleness()->set_seconds(0);
  request.mutable_max_wait()->set_seconds(90);
  request.set_request_id("6d0f9a52-27c3-4a64-9a2e-0d4c7c8a3b11");
  EXPECT_EQ(Read(Levels(request)), absl::OkStatus());
  EXPECT_EQ(Sent(0).SerializeAsString(), request.SerializeAsString());
  const v1::SyncInventoryRequest second = Sent(1);
  EXPECT_EQ(second.connection(), "connections/acme");
  EXPECT_EQ(second.cart(), "shop");
  EXPECT_FALSE(second.has_max_staleness());
  EXPECT_EQ(second.kind(), v1::SYNC_KIND_UNSPECIFIED);
  EXPECT_EQ(second.request_id(), "");
  EXPECT_TRUE(second.has_max_wait());
  EXPECT_EQ(second.max_wait().seconds(), 0);
}

TEST_F(LevelsTest, AFeedThatStandsStillIsNotReadOnAndOn) {
  server_.Answer(Page({"A"}, "c1", false));
  server_.Answer(Page({}, "c1", false));
  EXPECT_EQ(Read(Levels()), absl::OkStatus());
  EXPECT_EQ(calls(), 2);
  EXPECT_FALSE(caught_up_);
}

TEST_F(LevelsTest, AnErrorIsTheLastThingGiven) {
  server_.Answer(Page({"A"}, "c1", false));
  server_.Fail<v1::SyncInventoryResponse>(absl::NotFoundError("gone"));
  EXPECT_EQ(Read(Levels()).code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(skus_, ElementsAre("A"));
}

TEST_F(LevelsTest, TheNextPageIsAskedForWhenTheLoopGoesOn) {
  server_.Answer(Page({"A"}, "c1", false));
  server_.Answer(Page({"B"}, "c2", true));
  LevelPageRange pages = client_.LevelPages({});
  int seen = 0;
  for (const absl::StatusOr<v1::SyncInventoryResponse>& page : pages) {
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(calls(), ++seen);
  }
  EXPECT_EQ(seen, 2);
}

TEST_F(LevelsTest, AnEmptyFeedIsNoLoop) {
  server_.Answer(Page({}, "c1", true));
  EXPECT_EQ(Read(Levels()), absl::OkStatus());
  EXPECT_THAT(skus_, IsEmpty());
  EXPECT_THAT(cursors_, ElementsAre("c1"));
}

TEST_F(LevelsTest, EventsGoTheSameWay) {
  v1::PollShipmentsResponse page;
  page.add_events()->set_sequence(1);
  page.set_next_cursor("c1");
  server_.Answer(page);
  page.mutable_events(0)->set_sequence(2);
  page.set_next_cursor("c2");
  page.set_caught_up(true);
  server_.Answer(page);
  std::vector<int64_t> sequences;
  v1::PollShipmentsRequest request;
  request.mutable_max_wait()->set_seconds(20);
  for (const auto& event : client_.Events(request)) {
    sequences.push_back(event->sequence());
  }
  EXPECT_THAT(sequences, ElementsAre(1, 2));
  EXPECT_EQ(server_.Sent<v1::PollShipmentsRequest>(1).cursor(), "c1");
  EXPECT_EQ(server_.Sent<v1::PollShipmentsRequest>(1).max_wait().seconds(), 0);
}

TEST_F(LevelsTest, ListsGoFromTokenToToken) {
  const ConnectionClient connections(
      v1::ConnectionService::NewStub(server_.channel()),
      UnaryCaller(ClientOptions()));
  v1::ListConnectionsResponse page;
  page.add_connections()->set_name("connections/acme");
  page.set_next_page_token("t1");
  server_.Answer(page);
  page.mutable_connections(0)->set_name("connections/bolt");
  page.clear_next_page_token();
  server_.Answer(page);
  std::vector<std::string> names;
  for (const auto& connection : connections.Connections({})) {
    names.push_back(connection->name());
  }
  EXPECT_THAT(names, ElementsAre("connections/acme", "connections/bolt"));
  EXPECT_EQ(server_.Sent<v1::ListConnectionsRequest>(1).page_token(), "t1");
}

}  // namespace
}  // namespace oms_connector::client
