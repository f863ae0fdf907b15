#include "domain/connections/connection_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/connections/connection_test_fixture.h"
#include "model/errors.h"

namespace oms_connector::connections {
namespace {

using model::ReasonOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class ConnectionDirectoryTest : public ConnectionTestFixture {
 protected:
  ConnectionUpdate UpdateOfAcme() {
    ConnectionUpdate update;
    update.connection = "acme";
    return update;
  }

  model::PullStatus PullStatus(model::Feed feed) {
    model::PullStatus status;
    EXPECT_TRUE(store()
                    ->Read({},
                           [&](storage::ReadTransaction& txn) {
                             status = *txn.runs().GetPullStatus("acme", feed);
                             return absl::OkStatus();
                           })
                    .ok());
    return status;
  }
};

TEST_F(ConnectionDirectoryTest, CreatesWithDefaults) {
  const auto connection = CreateAcme();
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(connection->inventory_interval, absl::Minutes(15));
  EXPECT_EQ(connection->shipment_interval, absl::Minutes(5));
  EXPECT_EQ(connection->earliest_shipment_time,
            clock_.Now() - absl::Hours(7 * 24));
  EXPECT_EQ(directory_.Get({}, "acme")->etag, connection->etag);
}

TEST_F(ConnectionDirectoryTest, SealsTheTokenForThisConnectionOnly) {
  model::Connection connection = *CreateAcme();
  EXPECT_THAT(connection.order_manager.sealed_token, Not(HasSubstr("token")));
  EXPECT_EQ(directory_.OpenToken(connection)->Reveal(), "token-1");
  connection.epoch = "another";
  EXPECT_EQ(ReasonOf(directory_.OpenToken(connection).status()),
            "ACCESS_TOKEN_UNREADABLE");
}

TEST_F(ConnectionDirectoryTest, RefusesASecondOneOfTheSameId) {
  ASSERT_TRUE(CreateAcme().ok());
  EXPECT_EQ(ReasonOf(CreateAcme().status()), "CONNECTION_EXISTS");
}

TEST_F(ConnectionDirectoryTest, NeedsATokenAndAnAllowedAddress) {
  ConnectionDraft draft = AcmeDraft();
  draft.access_token.reset();
  EXPECT_EQ(ReasonOf(directory_.Create({}, "acme", draft, {}).status()),
            "INVALID_REQUEST");
  draft = AcmeDraft();
  draft.access_token = base::SecretString("two\r\nlines");
  const absl::Status status = directory_.Create({}, "acme", draft, {}).status();
  EXPECT_EQ(ReasonOf(status), "INVALID_REQUEST");
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("two")));
  draft = AcmeDraft();
  draft.base_url = "https://evil.example.org";
  EXPECT_EQ(ReasonOf(directory_.Create({}, "acme", draft, {}).status()),
            "INVALID_REQUEST");
}

TEST_F(ConnectionDirectoryTest, ARepeatedCreateGivesTheFirstAnswer) {
  const auto call = Repeatable<model::Connection>("id-1", "f");
  const auto first = directory_.Create({}, "acme", AcmeDraft(), call);
  const auto again = directory_.Create({}, "acme", AcmeDraft(), call);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->replay, "response with " + first->result.etag);
}

TEST_F(ConnectionDirectoryTest, UpdatesOnlyWhatWasSent) {
  ASSERT_TRUE(CreateAcme().ok());
  ConnectionUpdate update = UpdateOfAcme();
  update.sent.display_name = "Acme Inc.";
  const auto after = ResultOf(directory_.Update({}, update));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->display_name, "Acme Inc.");
  EXPECT_EQ(after->carts.size(), 1u);
  EXPECT_EQ(directory_.OpenToken(*after)->Reveal(), "token-1");
  EXPECT_EQ(after->view_generation, 1);
}

TEST_F(ConnectionDirectoryTest, AnUpdateThatChangesNothingKeepsTheEtag) {
  const auto before = CreateAcme();
  clock_.Advance(absl::Hours(1));
  ConnectionUpdate update = UpdateOfAcme();
  update.sent = AcmeDraft();  // the token as well
  const auto after = ResultOf(directory_.Update({}, update));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->etag, before->etag);
  EXPECT_EQ(after->update_time, before->update_time);
  update.sent.display_name = "Acme Ltd.";
  EXPECT_NE(directory_.Update({}, update)->result.etag, before->etag);
}

TEST_F(ConnectionDirectoryTest, AMaskReplacesTheListOfCarts) {
  ASSERT_TRUE(CreateAcme().ok());
  ConnectionUpdate update = UpdateOfAcme();
  update.mask = {"carts"};
  const auto after = ResultOf(directory_.Update({}, update));
  EXPECT_THAT(after->carts, IsEmpty());
  EXPECT_EQ(after->view_generation, 2);
}

TEST_F(ConnectionDirectoryTest, KeepsAnAbsentTokenAndRefusesAnEmptyOne) {
  ASSERT_TRUE(CreateAcme().ok());
  ConnectionUpdate update = UpdateOfAcme();
  update.sent.base_url = "https://api.skubana.com";
  update.mask = {"order_manager"};
  const auto kept = ResultOf(directory_.Update({}, update));
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(directory_.OpenToken(*kept)->Reveal(), "token-1");
  update.mask = {"order_manager.access_token"};
  EXPECT_EQ(ReasonOf(directory_.Update({}, update).status()),
            "INVALID_REQUEST");
  update.sent.access_token = base::SecretString("token-2");
  const auto changed = ResultOf(directory_.Update({}, update));
  EXPECT_EQ(directory_.OpenToken(*changed)->Reveal(), "token-2");
  EXPECT_NE(changed->order_manager.token_fingerprint,
            kept->order_manager.token_fingerprint);
}

TEST_F(ConnectionDirectoryTest, ANewAddressForcesAFullPull) {
  ASSERT_TRUE(CreateAcme().ok());
  model::PullStatus pulled;
  pulled.last_success_time = clock_.Now();
  pulled.last_full_success_time = clock_.Now();
  model::PullLease lease{"run-1", "server-1", 0, absl::InfiniteFuture()};
  ASSERT_TRUE(store()
                  ->Write({},
                          [&](storage::WriteTransaction& txn) -> absl::Status {
                            lease = *txn.runs().AcquireLease(
                                "acme", model::Feed::kInventory, lease,
                                clock_.Now());
                            return txn.runs().PutPullStatus(
                                "acme", model::Feed::kInventory, pulled);
                          })
                  .ok());
  ConnectionUpdate update = UpdateOfAcme();
  update.sent.base_url = "https://api.demo.skubana.com";
  update.sent.access_token = base::SecretString("token-1");
  ASSERT_TRUE(directory_.Update({}, update).ok());
  EXPECT_FALSE(
      PullStatus(model::Feed::kInventory).last_full_success_time.has_value());
  EXPECT_THAT(stopped_, ElementsAre("acme"));
  // What still runs against the old address can write nothing.
  EXPECT_FALSE(store()
                   ->Write({},
                           [&](storage::WriteTransaction& txn) {
                             return txn.runs().CheckFence(
                                 "acme", model::Feed::kInventory,
                                 model::FenceOf(lease));
                           })
                   .ok());
}

TEST_F(ConnectionDirectoryTest, ANewAddressWantsTheTokenAgain) {
  ASSERT_TRUE(CreateAcme().ok());
  ConnectionUpdate update = UpdateOfAcme();
  update.sent.base_url = "https://api.demo.skubana.com";
  const absl::Status status = directory_.Update({}, update).status();
  const auto details = model::DetailsOf(status);
  ASSERT_TRUE(details.has_value()) << status;
  EXPECT_EQ(details->reason, "INVALID_REQUEST");
  ASSERT_THAT(details->violations, SizeIs(1));
  EXPECT_EQ(details->violations[0].field,
            "connection.order_manager.access_token");
  EXPECT_EQ(directory_.Get({}, "acme")->order_manager.base_url,
            "https://api.skubana.com");
  // The same address, written otherwise, is no new one.
  update.sent.base_url = "https://API.skubana.com:443/";
  EXPECT_TRUE(directory_.Update({}, update).ok());
  EXPECT_THAT(stopped_, IsEmpty());
}

TEST_F(ConnectionDirectoryTest, ATokenOfAnotherAccountStartsFromNothing) {
  ASSERT_TRUE(CreateAcme().ok());
  const absl::Time before = clock_.Now();
  ASSERT_TRUE(
      store()
          ->Write(
              {},
              [&](storage::WriteTransaction& txn) -> absl::Status {
                model::PullStatus pulled;
                pulled.last_full_success_time = before;
                model::ShipmentState shipments;
                shipments.orders_read_through = before;
                shipments.shipments_read_through = before;
                EXPECT_TRUE(
                    txn.shipments().PutShipmentState("acme", shipments).ok());
                return txn.runs().PutPullStatus("acme", model::Feed::kInventory,
                                                pulled);
              })
          .ok());
  ConnectionUpdate update = UpdateOfAcme();
  update.sent.access_token = base::SecretString("token-1");
  ASSERT_TRUE(directory_.Update({}, update).ok());
  EXPECT_THAT(stopped_, IsEmpty()) << "the token that is stored";
  update.sent.access_token = base::SecretString("token-2");
  ASSERT_TRUE(directory_.Update({}, update).ok());
  EXPECT_THAT(stopped_, ElementsAre("acme"));
  EXPECT_FALSE(
      PullStatus(model::Feed::kInventory).last_full_success_time.has_value());
  ASSERT_TRUE(
      store()
          ->Read({},
                 [&](storage::ReadTransaction& txn) -> absl::Status {
                   const auto summary =
                       *txn.shipments().GetShipmentSummary("acme");
                   EXPECT_FALSE(summary.state.orders_read_through.has_value());
                   EXPECT_FALSE(
                       summary.state.shipments_read_through.has_value());
                   return absl::OkStatus();
                 })
          .ok());
}

TEST_F(ConnectionDirectoryTest, RefusesAStaleEtag) {
  ASSERT_TRUE(CreateAcme().ok());
  ConnectionUpdate update = UpdateOfAcme();
  update.etag = "old";
  update.sent.display_name = "x";
  EXPECT_EQ(ReasonOf(directory_.Update({}, update).status()), "ETAG_MISMATCH");
  EXPECT_EQ(ReasonOf(directory_.Delete({}, "acme", "old")), "ETAG_MISMATCH");
  EXPECT_THAT(stopped_, IsEmpty());
}

TEST_F(ConnectionDirectoryTest, DeletesEverythingOfIt) {
  const auto first = CreateAcme();
  ASSERT_TRUE(directory_.Delete({}, "acme", first->etag).ok());
  EXPECT_THAT(stopped_, ElementsAre("acme"));
  EXPECT_EQ(ReasonOf(directory_.Get({}, "acme").status()),
            "CONNECTION_NOT_FOUND");
  EXPECT_EQ(ReasonOf(directory_.Delete({}, "acme", "")),
            "CONNECTION_NOT_FOUND");
  // A cursor carries the epoch, so one from before is not taken for a new one.
  EXPECT_NE(CreateAcme()->epoch, first->epoch);
}

TEST_F(ConnectionDirectoryTest, ListsOnlyWhatMayBeSeen) {
  for (const char* id : {"delta", "acme", "bolt", "corp"}) {
    ASSERT_TRUE(directory_.Create({}, id, AcmeDraft(), {}).ok());
  }
  const auto ids = [&](absl::string_view after, int limit) {
    const auto list = directory_.List(
        {}, after, limit, [](absl::string_view id) { return id != "bolt"; });
    std::vector<std::string> found;
    for (const model::Connection& connection : *list) {
      found.push_back(connection.id);
    }
    return found;
  };
  EXPECT_THAT(ids("", 2), ElementsAre("acme", "corp"));
  EXPECT_THAT(ids("corp", 2), ElementsAre("delta"));
}

}  // namespace
}  // namespace oms_connector::connections
