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

}  // namespace
}  // namespace oms_connector::inventory
