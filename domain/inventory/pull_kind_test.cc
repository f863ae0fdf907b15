#include "domain/inventory/pull_kind.h"

#include <optional>
#include <string>
#include <vector>

#include "domain/inventory/inventory_view.h"
#include "gtest/gtest.h"

namespace oms_connector::inventory {
namespace {

using model::SyncKind;

const absl::Time kNow = absl::FromUnixSeconds(1'000'000);

// Rule 0.
TEST(PullKind, TheFirstPullAndOneADayAreFull) {
  struct Case {
    std::optional<absl::Duration> since_full;
    std::string pulled_url;  // empty = never pulled
    std::string pulled_token;
    SyncKind asked;
    SyncKind due;
  };
  const std::vector<Case> cases = {
      {std::nullopt, "", "", SyncKind::kIncremental, SyncKind::kFull},
      {absl::Hours(1), "here", "t", SyncKind::kIncremental,
       SyncKind::kIncremental},
      {absl::Hours(1), "here", "t", SyncKind::kFull, SyncKind::kFull},
      {absl::Hours(24), "here", "t", SyncKind::kIncremental,
       SyncKind::kIncremental},
      {absl::Hours(25), "here", "t", SyncKind::kIncremental, SyncKind::kFull},
      {absl::Hours(1), "there", "t", SyncKind::kIncremental, SyncKind::kFull},
      {absl::Hours(1), "here", "other", SyncKind::kIncremental,
       SyncKind::kFull},
  };
  model::Connection connection;
  connection.order_manager.base_url = "here";
  connection.order_manager.token_fingerprint = "t";
  for (const Case& c : cases) {
    model::PullStatus status;
    if (c.since_full.has_value()) {
      status.last_full_success_time = kNow - *c.since_full;
    }
    model::InventoryState state;
    state.base_url = c.pulled_url;
    state.token_fingerprint = c.pulled_token;
    EXPECT_EQ(KindThatIsDue(c.asked, status, state, connection, kNow), c.due)
        << c.since_full.value_or(absl::ZeroDuration()) << " " << c.pulled_url;
  }
}

TEST(PullKind, AnotherAccountCountsAsNeverRead) {
  model::InventoryState state;
  state.SetMark(ProductsSource(), kNow);
  state.doubted_lists = {WarehousesSource()};
  ForgetAccount(kNow, &state);
  EXPECT_TRUE(state.marks.empty());
  EXPECT_TRUE(state.doubted_lists.empty());
  EXPECT_FALSE(state.gap_time.has_value()) << "no number was ever told";
  state.SetMark(NumbersSource(7), kNow);
  ForgetAccount(kNow, &state);
  EXPECT_EQ(state.gap_time, kNow);
}

TEST(PullKind, ANoteOfAnAcknowledgeThatNobodyClearedSuspectsAGap) {
  model::Connection connection;
  connection.order_manager.base_url = "here";
  connection.order_manager.token_fingerprint = "t";
  model::InventoryState state;
  BeginReading(connection, connection.order_manager, kNow, &state);
  EXPECT_EQ(state.base_url, "here");
  EXPECT_EQ(state.token_fingerprint, "t");
  EXPECT_FALSE(state.gap_time.has_value());
  const absl::Time asked = kNow - absl::Minutes(1);
  state.acknowledge_in_flight = asked;
  BeginReading(connection, connection.order_manager, kNow, &state);
  EXPECT_FALSE(state.acknowledge_in_flight.has_value());
  EXPECT_EQ(state.gap_time, asked);
}

TEST(PullKind, ChangesAreAskedForFromALittleBeforeTheMark) {
  model::InventoryState state;
  const std::string source = ProductsSource();
  EXPECT_EQ(ChangesSince(state, source, kNow), std::nullopt);
  const absl::Time through = kNow - absl::Hours(1);
  state.SetMark(source, kNow, through);
  EXPECT_EQ(ChangesSince(state, source, kNow), std::nullopt)
      << "the first reading may have missed what never changes again";
  state.SetMark(source, kNow, through);
  EXPECT_EQ(ChangesSince(state, source, kNow), through - kModifiedOverlap);
  // Those that were known then are read by one more pull.
  const absl::Time later = kNow - absl::Minutes(1);
  state.SetMark(source, kNow, later);
  EXPECT_EQ(ChangesSince(state, source, kNow), through - kModifiedOverlap);
  state.SetMark(source, kNow, kNow);
  EXPECT_EQ(ChangesSince(state, source, kNow), later - kModifiedOverlap);
  state.EraseMark(source);
  state.SetMark(source, kNow, through);
  state.SetMark(source, kNow, through);
  // A clock was wrong when it was set.
  EXPECT_EQ(ChangesSince(state, source, through - absl::Seconds(1)),
            std::nullopt);
}

// The Order Manager's clock is not ours.
TEST(PullKind, ChangesAreKnownUpToTheNewestThatWasSeen) {
  using Time = std::optional<absl::Time>;
  const auto at = [](int hours) { return Time(kNow + absl::Hours(hours)); };
  struct Case {
    Time before, newest, server_time;
    Time through;
  };
  for (const Case& c : std::vector<Case>{
           {std::nullopt, at(-5), at(0), at(-5)},
           {at(-9), at(-5), at(0), at(-5)},
           {at(-4), at(-5), at(0), at(-4)},        // nothing newer was seen
           {at(-4), std::nullopt, at(0), at(-4)},  // nothing at all
           {std::nullopt, std::nullopt, at(-3), at(-3)},
           {std::nullopt, std::nullopt, std::nullopt, std::nullopt},
           {std::nullopt, at(-5), at(-6), at(-6)},  // later than it is there
           {std::nullopt, at(-5), at(-72), at(-72)},
           {std::nullopt, at(72), at(72), at(0)},  // its clock is ahead
           {std::nullopt, at(72), std::nullopt, at(0)},
       }) {
    SeenChanges changes;
    NoteChanges(true, c.newest, c.server_time, &changes);
    EXPECT_EQ(ModifiedThrough(c.before, changes, kNow), c.through);
  }
}

TEST(PullKind, TheNewestChangeOfAllPagesCounts) {
  SeenChanges changes;
  NoteChanges(true, kNow - absl::Hours(2), kNow, &changes);
  NoteChanges(false, kNow - absl::Hours(3), kNow + absl::Minutes(1), &changes);
  NoteChanges(false, std::nullopt, kNow + absl::Minutes(2), &changes);
  EXPECT_EQ(changes.newest, kNow - absl::Hours(2));
  EXPECT_EQ(changes.server_time, kNow);
}

}  // namespace
}  // namespace oms_connector::inventory
