#include "server/rpc/admission.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::server {
namespace {

using Kind = Admission::Kind;

Admission::Options Small() {
  Admission::Options options;
  options.max_in_flight = 4;
  options.max_long_polls = 1;
  options.retry_delay = absl::Milliseconds(250);
  return options;
}

model::ErrorDetails Details(const absl::Status& status) {
  return model::DetailsOf(status).value_or(model::ErrorDetails());
}

TEST(Admission, RefusesOneTooMany) {
  Admission admission(Small());
  std::vector<Admission::Ticket> tickets;
  for (int i = 0; i < 4; ++i) {
    auto ticket = admission.Admit(Kind::kCall);
    ASSERT_TRUE(ticket.ok());
    tickets.push_back(*std::move(ticket));
  }
  EXPECT_EQ(admission.in_flight(Kind::kCall), 4);
  const absl::Status refusal = admission.Admit(Kind::kCall).status();
  EXPECT_EQ(refusal.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Details(refusal).reason, "OVERLOADED");
  EXPECT_EQ(Details(refusal).retry_delay, absl::Milliseconds(250));
  tickets.pop_back();
  EXPECT_TRUE(admission.Admit(Kind::kCall).ok());
}

TEST(Admission, LongPollsHaveALimitOfTheirOwn) {
  Admission admission(Small());
  const auto poll = admission.Admit(Kind::kLongPoll);
  ASSERT_TRUE(poll.ok());
  EXPECT_EQ(Details(admission.Admit(Kind::kLongPoll).status()).reason,
            "OVERLOADED");
  EXPECT_EQ(admission.in_flight(Kind::kCall), 0);
  EXPECT_TRUE(admission.Admit(Kind::kCall).ok());
}

TEST(Admission, TellsWhatEachPrincipalHolds) {
  Admission admission(Small());
  EXPECT_TRUE(admission.shares().empty());
  auto call = admission.Admit(Kind::kCall);
  auto poll = admission.Admit(Kind::kLongPoll);
  ASSERT_TRUE(call->ClaimShare("worker", 2).ok());
  ASSERT_TRUE(poll->ClaimShare("worker", 2).ok());
  EXPECT_EQ(admission.shares().at("worker").calls, 1);
  EXPECT_EQ(admission.shares().at("worker").long_polls, 1);
  ASSERT_TRUE(call->Leave(100'000).ok());
  EXPECT_EQ(admission.shares().at("worker").calls, 0);
  EXPECT_EQ(admission.shares().at("worker").held_bytes, 100'000);
}

TEST(Admission, OneOfSeveralCallersHoldsHalfAtMost) {
  Admission admission(Small());
  auto first = admission.Admit(Kind::kCall);
  auto second = admission.Admit(Kind::kCall);
  auto third = admission.Admit(Kind::kCall);
  ASSERT_TRUE(first->ClaimShare("a", 2).ok());
  ASSERT_TRUE(second->ClaimShare("a", 2).ok());
  const absl::Status refusal = third->ClaimShare("a", 2);
  EXPECT_EQ(refusal.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Details(refusal).reason, "QUOTA_EXCEEDED");
  EXPECT_TRUE(third->ClaimShare("b", 2).ok());
}

TEST(Admission, TheOnlyCallerMayHoldAll) {
  Admission admission(Small());
  std::vector<Admission::Ticket> tickets;
  for (int i = 0; i < 4; ++i) {
    tickets.push_back(*admission.Admit(Kind::kCall));
    EXPECT_TRUE(tickets.back().ClaimShare("local", 1).ok());
  }
}

TEST(Admission, EndedCallsGiveTheirShareBack) {
  Admission admission(Small());
  for (int i = 0; i < 10; ++i) {
    auto ticket = admission.Admit(Kind::kCall);
    ASSERT_TRUE(ticket.ok());
    Admission::Ticket moved = *std::move(ticket);
    EXPECT_TRUE(moved.ClaimShare("a", 2).ok());
  }
  EXPECT_EQ(admission.in_flight(Kind::kCall), 0);
}

constexpr int64_t kKilobyte = 1000;
constexpr int64_t kPage = 100 * kKilobyte;

// An answer of so many bytes on its way to `principal`.
absl::StatusOr<Admission::Ticket> Answer(Admission* admission,
                                         const std::string& principal,
                                         int64_t bytes) {
  OMS_ASSIGN_OR_RETURN(Admission::Ticket ticket, admission->Admit(Kind::kCall));
  OMS_RETURN_IF_ERROR(ticket.ClaimShare(principal, 2));
  OMS_RETURN_IF_ERROR(ticket.Leave(bytes));
  return ticket;
}

class HeldBytesTest : public ::testing::Test {
 protected:
  HeldBytesTest() : admission_(Limits()) {}

  Admission::Options Limits() {
    Admission::Options options;
    options.max_in_flight = 2;
    options.max_held_bytes_per_principal = 10 * kPage;
    options.max_held_bytes = 25 * kPage;
    options.on_refused = [this](absl::string_view bound) {
      bounds_.emplace_back(bound);
    };
    return options;
  }
  // Pages that nobody reads.
  void Leave(const std::string& principal, int pages) {
    for (int i = 0; i < pages; ++i) {
      auto ticket = Answer(&admission_, principal, kPage);
      ASSERT_TRUE(ticket.ok()) << ticket.status();
      unread_.push_back(*std::move(ticket));
    }
  }

  std::vector<std::string> bounds_;
  Admission admission_;
  std::vector<Admission::Ticket> unread_;
};

TEST_F(HeldBytesTest, ACallerWhoReadsNothingGetsNoMore) {
  Leave("a", 10);
  EXPECT_EQ(admission_.held_bytes(), 10 * kPage);
  EXPECT_EQ(admission_.in_flight(Kind::kCall), 10);
  EXPECT_EQ(Details(Answer(&admission_, "a", kPage).status()).reason,
            "QUOTA_EXCEEDED");
  EXPECT_THAT(bounds_, testing::ElementsAre("held_bytes_of_caller"));
  EXPECT_TRUE(Answer(&admission_, "b", kPage).ok());
  unread_.pop_back();
  EXPECT_TRUE(Answer(&admission_, "a", kPage).ok());
}

TEST_F(HeldBytesTest, AllCallersTogetherHaveALimit) {
  Leave("a", 10);
  Leave("b", 10);
  Leave("c", 5);
  EXPECT_EQ(Details(Answer(&admission_, "c", kPage).status()).reason,
            "OVERLOADED");
  EXPECT_THAT(bounds_, testing::ElementsAre("held_bytes"));
  // Who leaves nothing unread is answered.
  EXPECT_TRUE(Answer(&admission_, "d", kPage).ok());
}

TEST_F(HeldBytesTest, SmallAnswersCountTheCallsOwnMemory) {
  const auto ticket = Answer(&admission_, "a", 1);
  EXPECT_EQ(admission_.held_bytes(), Admission::kLeastBytes);
}

// A request is held until it is answered, an answer until it is read.
TEST_F(HeldBytesTest, AnAnswerTakesTheRequestsPlace) {
  auto ticket = admission_.Admit(Kind::kCall);
  ASSERT_TRUE(ticket->ClaimShare("a", 2, 9 * kPage).ok());
  EXPECT_EQ(admission_.held_bytes(), 9 * kPage);
  EXPECT_EQ(admission_.shares().at("a").held_bytes, 9 * kPage);
  ASSERT_TRUE(ticket->Leave(10 * kPage).ok());
  EXPECT_EQ(admission_.held_bytes(), 10 * kPage);
}

TEST_F(HeldBytesTest, RequestsCountBesideUnreadAnswers) {
  Leave("a", 6);
  auto first = admission_.Admit(Kind::kCall);
  ASSERT_TRUE(first->ClaimShare("a", 1, 4 * kPage).ok());
  auto second = admission_.Admit(Kind::kCall);
  for (const int64_t more : {int64_t{0}, int64_t{1}, kPage}) {
    EXPECT_EQ(Details(second->ClaimShare("a", 1, more)).reason,
              "QUOTA_EXCEEDED");
  }
  EXPECT_EQ(admission_.held_bytes(), 10 * kPage);
  EXPECT_EQ(admission_.shares().at("a").calls, 1);
  EXPECT_TRUE(second->ClaimShare("b", 1, kPage).ok());
  // Who holds the most still gets the small answer of a large request.
  EXPECT_TRUE(first->Leave(1).ok());
}

TEST_F(HeldBytesTest, OneRequestOfAnySizeIsRead) {
  auto ticket = admission_.Admit(Kind::kCall);
  EXPECT_TRUE(ticket->ClaimShare("a", 2, 1000 * kPage).ok());
  EXPECT_TRUE(ticket->Leave(2000 * kPage).ok());
}

TEST_F(HeldBytesTest, RequestsOfAllTogetherHaveALimit) {
  Leave("a", 10);
  Leave("b", 10);
  Leave("c", 1);
  auto ticket = admission_.Admit(Kind::kCall);
  EXPECT_EQ(Details(ticket->ClaimShare("c", 3, 5 * kPage)).reason,
            "OVERLOADED");
  EXPECT_THAT(bounds_, testing::ElementsAre("held_bytes"));
}

TEST_F(HeldBytesTest, OneAnswerOfAnySizeMayGo) {
  EXPECT_TRUE(Answer(&admission_, "a", 1000 * kPage).ok());
  EXPECT_EQ(admission_.held_bytes(), 0);
  EXPECT_EQ(admission_.in_flight(Kind::kCall), 0);
}

TEST_F(HeldBytesTest, ARefusedAnswerKeepsItsPlace) {
  Leave("a", 10);
  auto ticket = admission_.Admit(Kind::kCall);
  ASSERT_TRUE(ticket.ok());
  unread_.pop_back();
  ASSERT_TRUE(ticket->ClaimShare("a", 2).ok());
  EXPECT_FALSE(ticket->Leave(2 * kPage).ok());
  // That one and one more are half and half of this server's places.
  auto other = admission_.Admit(Kind::kCall);
  EXPECT_EQ(Details(other->ClaimShare("a", 2)).reason, "QUOTA_EXCEEDED");
}

TEST(Admission, EveryCallerHasAPlaceInTheSmallestServer) {
  Admission::Options options = Small();
  options.max_in_flight = 1;
  Admission admission(options);
  auto ticket = admission.Admit(Kind::kCall);
  EXPECT_TRUE(ticket->ClaimShare("a", 2).ok());
}

}  // namespace
}  // namespace oms_connector::server
