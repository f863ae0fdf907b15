#include "oms_connector/client/shipment_worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "client/client_environment.h"
#include "client/scripted_connector.h"
#include "oms_connector/client/connector_client.h"

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

class ShipmentWorkerTest : public ::testing::Test {
 protected:
  ShipmentWorkerTest() {
    options_.connection = "connections/acme";
    options_.cart = "shop";
    options_.consumer = "shop-confirmations";
  }

  // Confirms all but event 13, which is refused, and 14, which fails as often
  // as `outages_` says.
  DeliveryAnswer Deliver(const v1::ShipmentEvent& event) {
    delivered_.push_back(event.sequence());
    if (event.sequence() == 13) return Rejected("no such order");
    if (event.sequence() == 14 && outages_-- > 0) {
      return TryLater(absl::UnavailableError("shut"));
    }
    return Confirmed();
  }

  ShipmentWorker& worker() {
    if (!worker_.has_value()) {
      worker_.emplace(
          ConnectorClient(
              v1::ConnectorService::NewStub(server_.channel()),
              UnaryCaller(
                  ClientOptions(),
                  std::make_shared<ClientEnvironment>(ClientEnvironment{
                      clock_, sleeper_,
                      std::make_shared<base::SequentialIdGenerator>()}))),
          options_);
    }
    return *worker_;
  }

  absl::StatusOr<WorkedPage> Work() {
    return worker().WorkOnePage(
        [this](const auto& event) { return Deliver(event); });
  }
  absl::Status Run() {
    return worker().Run([this](const auto& event) { return Deliver(event); });
  }

  void Answer(const v1::PollShipmentsResponse& page) {
    server_.Answer(page);
    server_.Answer(v1::AcknowledgeShipmentsResponse());
  }

  v1::PollShipmentsRequest Polled(int n) const {
    return server_.Sent<v1::PollShipmentsRequest>(n);
  }
  v1::AcknowledgeShipmentsRequest Acknowledged(int n) const {
    return server_.Sent<v1::AcknowledgeShipmentsRequest>(n);
  }
  int acknowledgements() const {
    return server_.Calls<v1::AcknowledgeShipmentsRequest>();
  }

  ScriptedConnector server_;
  const std::shared_ptr<base::ManualClock> clock_ =
      std::make_shared<base::ManualClock>(base::SystemClock().Now() +
                                          absl::Hours(1));
  const std::shared_ptr<base::ManualSleeper> sleeper_ =
      std::make_shared<base::ManualSleeper>(clock_.get());
  ShipmentWorkerOptions options_;
  std::optional<ShipmentWorker> worker_;
  std::vector<int64_t> delivered_;
  int outages_ = 1;
};

TEST_F(ShipmentWorkerTest, AcknowledgesWhatWasDeliveredWithThePosition) {
  Answer(Page({11, 13}, "c1"));
  const absl::StatusOr<WorkedPage> page = Work();
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->events, 2);
  EXPECT_TRUE(page->caught_up);
  EXPECT_THAT(delivered_, ElementsAre(11, 13));
  const v1::AcknowledgeShipmentsRequest request = Acknowledged(0);
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

TEST_F(ShipmentWorkerTest, PollsAsTheConsumerAndWaitsForEvents) {
  Answer(Page({}, "c1"));
  options_.max_wait = absl::Milliseconds(2500);
  ASSERT_TRUE(Work().ok());
  const v1::PollShipmentsRequest poll = Polled(0);
  EXPECT_EQ(poll.consumer(), "shop-confirmations");
  EXPECT_EQ(poll.cart(), "shop");
  EXPECT_EQ(poll.cursor(), "");
  EXPECT_EQ(poll.max_wait().seconds(), 2);
  EXPECT_EQ(poll.max_wait().nanos(), 500'000'000);
}

TEST_F(ShipmentWorkerTest, AnIdleWorkerWaitsAtLeastASecond) {
  Answer(Page({}, "c1"));
  options_.max_wait = absl::ZeroDuration();
  ASSERT_TRUE(Work().ok());
  EXPECT_EQ(Polled(0).max_wait().seconds(), 1);
}

TEST_F(ShipmentWorkerTest, AnEmptyPageIsAcknowledgedOnceWhereTheCursorMoved) {
  Answer(Page({}, "c1"));
  Answer(Page({}, "c1"));
  Answer(Page({}, "c2"));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Work().ok());
  EXPECT_EQ(acknowledgements(), 2);
  EXPECT_EQ(Acknowledged(0).cursor(), "c1");
  EXPECT_THAT(Acknowledged(0).outcomes(), IsEmpty());
  EXPECT_EQ(Acknowledged(1).cursor(), "c2");
}

TEST_F(ShipmentWorkerTest, EventsOfAPositionThatWasSetBackAreAcknowledged) {
  Answer(Page({11}, "c1"));
  Answer(Page({11}, "c1"));
  ASSERT_TRUE(Work().ok());
  ASSERT_TRUE(Work().ok());
  EXPECT_THAT(delivered_, ElementsAre(11, 11));
  EXPECT_EQ(acknowledgements(), 2);
}

TEST_F(ShipmentWorkerTest, ACartThatIsAwayKeepsThePositionWhereItIs) {
  Answer(Page({11, 14, 15}, "c1"));
  const absl::StatusOr<WorkedPage> page = Work();
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->postponed, absl::UnavailableError("shut"));
  EXPECT_EQ(page->events, 1);
  EXPECT_THAT(delivered_, ElementsAre(11, 14));
  EXPECT_EQ(Acknowledged(0).consumer(), "");
  EXPECT_EQ(Acknowledged(0).cursor(), "");
  EXPECT_THAT(Acknowledged(0).outcomes(), SizeIs(1));
}

TEST_F(ShipmentWorkerTest, ACartIsNotAskedAgainAboutWhatItHasAnswered) {
  Answer(Page({11, 14, 15}, "c1"));
  Answer(Page({11, 14, 15}, "c1"));
  ASSERT_TRUE(Work().ok());
  const absl::StatusOr<WorkedPage> page = Work();
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->postponed, absl::OkStatus());
  EXPECT_THAT(delivered_, ElementsAre(11, 14, 14, 15));
  EXPECT_THAT(Acknowledged(1).outcomes(), SizeIs(3));
  EXPECT_EQ(Acknowledged(1).cursor(), "c1");
}

TEST_F(ShipmentWorkerTest, ALostAcknowledgementIsMadeAgainWithTheSameAnswers) {
  server_.Answer(Page({11}, "c1"), 2);
  server_.Fail<v1::AcknowledgeShipmentsResponse>(absl::InternalError("lost"));
  server_.Answer(v1::AcknowledgeShipmentsResponse());
  EXPECT_FALSE(Work().ok());
  EXPECT_TRUE(Work().ok());
  EXPECT_THAT(delivered_, ElementsAre(11));
}

TEST_F(ShipmentWorkerTest, TryLaterWithoutAReasonIsAnErrorAllTheSame) {
  EXPECT_FALSE(TryLater(absl::OkStatus()).failure.ok());
}

TEST_F(ShipmentWorkerTest, AReasonIsCutOffBetweenCharacters) {
  const std::string longest = Rejected(std::string(1023, 'x') + "é").reason;
  EXPECT_EQ(longest, std::string(1023, 'x'));
  EXPECT_EQ(Rejected("no").reason, "no");
}

TEST_F(ShipmentWorkerTest, TellsWhichAnswersCouldNotBeRecorded) {
  v1::AcknowledgeShipmentsResponse answer;
  answer.add_errors()->set_index(1);
  server_.Answer(Page({11, 12}, "c1"));
  server_.Answer(answer);
  const absl::StatusOr<WorkedPage> page = Work();
  ASSERT_TRUE(page.ok());
  ASSERT_THAT(page->unrecorded, SizeIs(1));
  EXPECT_EQ(page->unrecorded[0].index(), 1);
}

TEST_F(ShipmentWorkerTest, BacksOffWhileTheCartIsAwayAndGoesOn) {
  outages_ = 2;
  for (int i = 0; i < 3; ++i) Answer(Page({14}, "c1"));
  EXPECT_EQ(Run().code(), absl::StatusCode::kOutOfRange);  // no answer left
  EXPECT_THAT(delivered_, ElementsAre(14, 14, 14));
  ASSERT_THAT(sleeper_->asked(), SizeIs(2));
  EXPECT_LT(sleeper_->asked()[0], sleeper_->asked()[1] + absl::Milliseconds(1));
  EXPECT_EQ(acknowledgements(), 1);
}

TEST_F(ShipmentWorkerTest, OutlastsAConnectorThatIsAway) {
  server_.Fail<v1::PollShipmentsResponse>(absl::UnavailableError("down"), 7);
  Answer(Page({11}, "c1"));
  EXPECT_EQ(Run().code(), absl::StatusCode::kOutOfRange);
  EXPECT_THAT(delivered_, ElementsAre(11));
}

TEST_F(ShipmentWorkerTest, APermanentErrorEndsIt) {
  server_.Fail<v1::PollShipmentsResponse>(
      absl::PermissionDeniedError("not yours"));
  EXPECT_EQ(Run().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(ShipmentWorkerTest, CancellationEndsIt) {
  CallOptions call;
  call.cancellation.emplace();
  Answer(Page({11}, "c1"));
  EXPECT_EQ(worker()
                .Run(
                    [&](const v1::ShipmentEvent& event) {
                      call.cancellation->Cancel();
                      return Deliver(event);
                    },
                    call)
                .code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(acknowledgements(), 1);  // what the cart said is recorded
}

}  // namespace
}  // namespace oms_connector::client
