#include "domain/shipments/acknowledgement.h"

#include "domain/shipments/consumer_admin.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {
namespace {

using model::DeliveryState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using model::ReasonOf;

model::ShipmentOutcome Outcome(int64_t id, bool confirmed = true,
                               std::optional<int64_t> sequence = {}) {
  model::ShipmentOutcome outcome;
  outcome.shipment_id = id;
  outcome.confirmed = confirmed;
  outcome.sequence = sequence;
  if (!confirmed) outcome.reason = "no such order";
  return outcome;
}

class Acknowledge : public ::testing::Test {
 protected:
  // Parcels 11 and 12 are handed out, 13 has no number, 21's cart is not told.
  void SetUp() override {
    world_.Put(MakeOrder(1));
    Order external = MakeOrder(2);
    external.external = true;
    world_.Put(external);
    world_.Put(MakeShipment(11, 1, "1Z-A"));
    world_.Put(MakeShipment(12, 1, "1Z-B"));
    world_.Put(MakeShipment(13, 1, ""));
    world_.Put(MakeShipment(21, 2, "1Z-C"));
    events_ = world_.Take();
    ASSERT_THAT(events_, SizeIs(2));
  }

  absl::StatusOr<std::vector<OutcomeError>> Say(
      std::vector<model::ShipmentOutcome> outcomes) {
    AcknowledgeRequest request;
    request.connection = kConnection;
    request.outcomes = std::move(outcomes);
    return desk_.Acknowledge(world_.context, request);
  }

  absl::Status Move(const std::string& consumer, int64_t cursor) {
    AcknowledgeRequest request;
    request.connection = kConnection;
    request.consumer = consumer;
    request.cursor = cursor;
    return desk_.Acknowledge(world_.context, request).status();
  }

  PollPage PollAs(const std::string& consumer) {
    PollRequest request;
    request.consumer = consumer;
    auto page = world_.Poll(request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? *std::move(page) : PollPage();
  }

  void Correct(int64_t id, const std::string& tracking_number) {
    Shipment record = MakeShipment(id, 1, tracking_number);
    record.created = world_.clock->Now();
    world_.Put(record);
  }

  ShipmentWorld world_;
  Acknowledgement desk_{world_.store.get()};
  std::vector<model::ShipmentEvent> events_;
};

TEST_F(Acknowledge, RecordsWhatTheCartSaid) {
  const auto errors = Say({Outcome(11), Outcome(12, false)});
  ASSERT_TRUE(errors.ok()) << errors.status();
  EXPECT_THAT(*errors, IsEmpty());
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kConfirmed);
  const model::Delivery rejected = world_.Find(12).delivery;
  EXPECT_EQ(rejected.state, DeliveryState::kRejected);
  EXPECT_EQ(rejected.outcome_reason, "no such order");
  EXPECT_EQ(rejected.outcome_time, world_.clock->Now());
  EXPECT_EQ(world_.PollStored(0).events[0].shipment.delivery.state,
            DeliveryState::kConfirmed)
      << "an event shows the delivery as it is now";
}

TEST_F(Acknowledge, BadItemsComeBackByIndexAndGoodOnesAreStored) {
  model::ShipmentOutcome late = Outcome(12, true, events_[1].sequence + 1);
  const auto errors =
      Say({Outcome(99), Outcome(11), Outcome(13), Outcome(21), late});
  ASSERT_TRUE(errors.ok());
  ASSERT_THAT(*errors, SizeIs(4));
  EXPECT_EQ((*errors)[0].index, 0);
  EXPECT_EQ(ReasonOf((*errors)[0].status), "SHIPMENT_NOT_FOUND");
  EXPECT_EQ((*errors)[1].index, 2);
  EXPECT_EQ(ReasonOf((*errors)[1].status), "SHIPMENT_NOT_HANDED_OUT");
  EXPECT_EQ((*errors)[2].index, 3);
  EXPECT_EQ(ReasonOf((*errors)[2].status), "SHIPMENT_NOT_HANDED_OUT");
  EXPECT_EQ((*errors)[3].index, 4);
  EXPECT_EQ(model::DetailsOf((*errors)[3].status)->violations[0].field,
            "outcomes[4].sequence");
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kConfirmed);
}

TEST_F(Acknowledge, LastOutcomeWins) {
  ASSERT_TRUE(Say({Outcome(11, false), Outcome(11)}).ok());
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kConfirmed);
  ASSERT_TRUE(Say({Outcome(11, false)}).ok());
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kRejected);
}

TEST_F(Acknowledge, CorrectionMakesItReadyAgainUntilThatIsAnswered) {
  ASSERT_TRUE(Say({Outcome(11)}).ok());
  Correct(11, "1Z-X");
  const auto corrected = world_.Take();
  ASSERT_THAT(corrected, SizeIs(1));
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kReady);

  ASSERT_TRUE(Say({Outcome(11, false, events_[0].sequence)}).ok());
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kReady);
  EXPECT_EQ(world_.Find(11).delivery.outcome_reason, "no such order");
  ASSERT_TRUE(Say({Outcome(11, true, corrected[0].sequence)}).ok());
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kConfirmed);
  ASSERT_TRUE(Say({Outcome(11, false, events_[0].sequence)}).ok());
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kConfirmed)
      << "a belated answer to the first event";
}

TEST_F(Acknowledge, ConsumerMovesForwardOnly) {
  EXPECT_THAT(PollAs("erp").events, SizeIs(2));
  ASSERT_TRUE(Move("erp", events_[0].sequence).ok());
  EXPECT_THAT(PollAs("erp").events, SizeIs(1));
  ASSERT_TRUE(Move("erp", events_[1].sequence).ok());
  ASSERT_TRUE(Move("erp", events_[0].sequence).ok());
  ASSERT_TRUE(Move("erp", 0).ok());
  EXPECT_THAT(PollAs("erp").events, IsEmpty());
}

TEST_F(Acknowledge, NothingIsStoredWhereTheConsumerIsWrong) {
  PollAs("erp");
  AcknowledgeRequest request;
  request.connection = kConnection;
  request.outcomes = {Outcome(11)};
  request.consumer = "erp";
  EXPECT_EQ(ReasonOf(desk_.Acknowledge(world_.context, request).status()),
            "INVALID_REQUEST");
  request.cursor = 1'000'000;
  EXPECT_EQ(ReasonOf(desk_.Acknowledge(world_.context, request).status()),
            "CURSOR_EXPIRED");
  request.consumer = "nobody";
  request.cursor = 0;
  EXPECT_EQ(ReasonOf(desk_.Acknowledge(world_.context, request).status()),
            "CONSUMER_NOT_FOUND");
  request.consumer = "";
  EXPECT_EQ(ReasonOf(desk_.Acknowledge(world_.context, request).status()),
            "INVALID_REQUEST");
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kReady);
  request.connection = "nobody";
  request.cursor.reset();
  EXPECT_EQ(ReasonOf(desk_.Acknowledge(world_.context, request).status()),
            "CONNECTION_NOT_FOUND");
}

TEST_F(Acknowledge, RepeatedRequestIsAnsweredFromMemory) {
  AcknowledgeRequest request;
  request.connection = kConnection;
  request.outcomes = {Outcome(11), Outcome(99)};
  request.id.key =
      model::RequestKey{"me", "AcknowledgeShipments", kConnection, "id-1"};
  request.id.fingerprint = "f";
  const auto first = desk_.Acknowledge(world_.context, request);
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(Say({Outcome(11, false)}).ok());
  const auto again = desk_.Acknowledge(world_.context, request);
  ASSERT_TRUE(again.ok());
  ASSERT_THAT(*again, SizeIs(1));
  EXPECT_EQ((*again)[0].index, 1);
  EXPECT_EQ((*again)[0].status, (*first)[0].status);
  EXPECT_EQ(world_.Find(11).delivery.state, DeliveryState::kRejected)
      << "not recorded a second time";
  request.id.fingerprint = "g";
  EXPECT_EQ(ReasonOf(desk_.Acknowledge(world_.context, request).status()),
            "REQUEST_ID_REUSED");
}

TEST_F(Acknowledge, ConsumersCanBeListedResetAndDeleted) {
  ConsumerAdmin consumers(world_.store.get());
  PollAs("erp");
  PollAs("billing");
  ASSERT_TRUE(Move("erp", events_[0].sequence).ok());
  const auto list = consumers.List(world_.context, kConnection);
  ASSERT_TRUE(list.ok());
  ASSERT_THAT(*list, SizeIs(2));
  EXPECT_EQ((*list)[0].consumer.name, "billing");
  EXPECT_EQ((*list)[0].lag, 2);
  EXPECT_EQ((*list)[0].consumer.position_time, std::nullopt);
  EXPECT_EQ((*list)[1].lag, 1);
  EXPECT_EQ((*list)[1].consumer.position_time, events_[0].event_time);

  ASSERT_TRUE(consumers.Reset(world_.context, kConnection, "erp", 0).ok());
  EXPECT_THAT(PollAs("erp").events, SizeIs(2));
  EXPECT_EQ(
      ReasonOf(consumers.Reset(world_.context, kConnection, "erp", 1 << 20)),
      "CURSOR_EXPIRED");
  ASSERT_TRUE(consumers.Delete(world_.context, kConnection, "erp").ok());
  EXPECT_EQ(ReasonOf(consumers.Delete(world_.context, kConnection, "erp")),
            "CONSUMER_NOT_FOUND");
  EXPECT_EQ(ReasonOf(consumers.Reset(world_.context, kConnection, "erp", 0)),
            "CONSUMER_NOT_FOUND");
  EXPECT_EQ(ReasonOf(consumers.List(world_.context, "nobody").status()),
            "CONNECTION_NOT_FOUND");
}

}  // namespace
}  // namespace oms_connector::shipments
