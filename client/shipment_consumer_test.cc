#include "client/shipment_consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "client/connector_client.h"
#include "client/fake_connector_rpcs.h"

namespace oms_connector::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::PollShipmentsResponse Page(const std::vector<int64_t>& sequences,
                               const std::string& next_cursor) {
  v1::PollShipmentsResponse page;
  for (const int64_t sequence : sequences) {
    v1::ShipmentEvent& event = *page.add_events();
    event.set_sequence(sequence);
    event.mutable_shipment()->set_name("connections/acme/shipments/" +
                                       std::to_string(sequence));
  }
  page.set_next_cursor(next_cursor);
  page.set_caught_up(true);
  return page;
}

class ShipmentConsumerTest : public ::testing::Test {
 protected:
  ShipmentConsumerTest() {
    consumer_.connection = "connections/acme";
    consumer_.cart = "shop";
    consumer_.name = "shop-confirmations";
  }

  // Confirms all but events 13, which are refused, and 14, which fail.
  DeliveryAnswer Deliver(const v1::ShipmentEvent& event) {
    delivered_.push_back(event.sequence());
    if (event.sequence() == 13) return Rejected("no such order");
    if (event.sequence() == 14) return TryLater(absl::UnavailableError("shut"));
    return Confirmed();
  }

  absl::StatusOr<ConsumedPage> Consume() {
    return ConsumePage(ConnectorClient(rpcs_), consumer_,
                       [this](const auto& event) { return Deliver(event); });
  }

  void Answer(v1::PollShipmentsResponse page,
              const absl::StatusOr<v1::AcknowledgeShipmentsResponse>& ack = {
                  v1::AcknowledgeShipmentsResponse()}) {
    rpcs_->poll_shipments.answers.push_back(std::move(page));
    rpcs_->acknowledge_shipments.answers.push_back(ack);
  }

  const std::vector<v1::AcknowledgeShipmentsRequest>& acknowledged() const {
    return rpcs_->acknowledge_shipments.requests;
  }

  const std::shared_ptr<FakeConnectorRpcs> rpcs_ =
      std::make_shared<FakeConnectorRpcs>();
  ShipmentConsumer consumer_;
  std::vector<int64_t> delivered_;
};

TEST_F(ShipmentConsumerTest, AcknowledgesWhatWasDeliveredWithThePosition) {
  Answer(Page({11, 13}, "c1"));
  const absl::StatusOr<ConsumedPage> page = Consume();
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->events, 2);
  EXPECT_TRUE(page->caught_up);
  EXPECT_THAT(delivered_, ElementsAre(11, 13));
  ASSERT_THAT(acknowledged(), SizeIs(1));
  const v1::AcknowledgeShipmentsRequest& request = acknowledged()[0];
  EXPECT_EQ(request.connection(), "connections/acme");
  EXPECT_EQ(request.consumer(), "shop-confirmations");
  EXPECT_EQ(request.cursor(), "c1");
  ASSERT_THAT(request.outcomes(), SizeIs(2));
  EXPECT_EQ(request.outcomes(0).name(), "connections/acme/shipments/11");
  EXPECT_EQ(request.outcomes(0).sequence(), 11);
  EXPECT_EQ(request.outcomes(0).result(),
            v1::ShipmentOutcome::RESULT_CONFIRMED);
  EXPECT_EQ(request.outcomes(1).result(), v1::ShipmentOutcome::RESULT_REJECTED);
  EXPECT_EQ(request.outcomes(1).reason(), "no such order");
}

TEST_F(ShipmentConsumerTest, PollsAsTheConsumerAndWaitsForEvents) {
  Answer(Page({}, "c1"));
  consumer_.max_wait = absl::Milliseconds(2500);
  ASSERT_TRUE(Consume().ok());
  const v1::PollShipmentsRequest& poll = rpcs_->poll_shipments.requests.at(0);
  EXPECT_EQ(poll.consumer(), "shop-confirmations");
  EXPECT_EQ(poll.cart(), "shop");
  EXPECT_EQ(poll.cursor(), "");
  EXPECT_EQ(poll.max_wait().seconds(), 2);
  EXPECT_EQ(poll.max_wait().nanos(), 500'000'000);
}

TEST_F(ShipmentConsumerTest, AnIdleConsumerWaitsAtLeastASecond) {
  Answer(Page({}, "c1"));
  consumer_.max_wait = absl::ZeroDuration();
  ASSERT_TRUE(Consume().ok());
  EXPECT_EQ(rpcs_->poll_shipments.requests.at(0).max_wait().seconds(), 1);
}

TEST_F(ShipmentConsumerTest, NothingDeliveredIsNothingToAcknowledge) {
  Answer(Page({}, "c1"));
  ASSERT_TRUE(Consume().ok());
  EXPECT_THAT(acknowledged(), IsEmpty());
}

TEST_F(ShipmentConsumerTest, ACartThatIsAwayKeepsThePositionWhereItIs) {
  Answer(Page({11, 14, 15}, "c1"));
  EXPECT_EQ(Consume().status(), absl::UnavailableError("shut"));
  EXPECT_THAT(delivered_, ElementsAre(11, 14));
  ASSERT_THAT(acknowledged(), SizeIs(1));
  EXPECT_EQ(acknowledged()[0].consumer(), "");
  EXPECT_EQ(acknowledged()[0].cursor(), "");
  EXPECT_THAT(acknowledged()[0].outcomes(), SizeIs(1));
}

TEST_F(ShipmentConsumerTest, TryLaterWithoutAReasonIsAnErrorAllTheSame) {
  EXPECT_FALSE(TryLater(absl::OkStatus()).failure.ok());
}

TEST_F(ShipmentConsumerTest, TellsWhichAnswersCouldNotBeRecorded) {
  v1::AcknowledgeShipmentsResponse ack;
  ack.add_errors()->set_index(1);
  Answer(Page({11, 12}, "c1"), ack);
  const absl::StatusOr<ConsumedPage> page = Consume();
  ASSERT_TRUE(page.ok());
  ASSERT_THAT(page->unrecorded, SizeIs(1));
  EXPECT_EQ(page->unrecorded[0].index(), 1);
}

TEST_F(ShipmentConsumerTest, AFailedAcknowledgementIsAnError) {
  Answer(Page({11}, "c1"), absl::UnavailableError("down"));
  EXPECT_EQ(Consume().status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ShipmentConsumerTest, TheLoopGoesOnUntilAnError) {
  Answer(Page({11}, "c1"));
  Answer(Page({12}, "c2"));
  EXPECT_EQ(
      ConsumeShipments(ConnectorClient(rpcs_), consumer_,
                       [this](const auto& event) { return Deliver(event); }, {})
          .code(),
      absl::StatusCode::kOutOfRange);  // the fake has no third answer
  EXPECT_THAT(delivered_, ElementsAre(11, 12));
  EXPECT_THAT(acknowledged(), SizeIs(2));
}

}  // namespace
}  // namespace oms_connector::client
