#include "server/rpc/admission.h"

#include <optional>
#include <utility>
#include <vector>

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

TEST(Admission, EveryCallerHasAPlaceInTheSmallestServer) {
  Admission::Options options = Small();
  options.max_in_flight = 1;
  Admission admission(options);
  auto ticket = admission.Admit(Kind::kCall);
  EXPECT_TRUE(ticket->ClaimShare("a", 2).ok());
}

}  // namespace
}  // namespace oms_connector::server
