#include "domain/inventory/pull_kind.h"

#include <optional>
#include <string>
#include <vector>

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
    SyncKind asked;
    SyncKind due;
  };
  const std::vector<Case> cases = {
      {std::nullopt, "", SyncKind::kIncremental, SyncKind::kFull},
      {absl::Hours(1), "here", SyncKind::kIncremental, SyncKind::kIncremental},
      {absl::Hours(1), "here", SyncKind::kFull, SyncKind::kFull},
      {absl::Hours(24), "here", SyncKind::kIncremental, SyncKind::kIncremental},
      {absl::Hours(25), "here", SyncKind::kIncremental, SyncKind::kFull},
      {absl::Hours(1), "there", SyncKind::kIncremental, SyncKind::kFull},
  };
  model::Connection connection;
  connection.order_manager.base_url = "here";
  for (const Case& c : cases) {
    model::PullStatus status;
    if (c.since_full.has_value()) {
      status.last_full_success_time = kNow - *c.since_full;
    }
    storage::InventoryState state;
    state.base_url = c.pulled_url;
    EXPECT_EQ(KindThatIsDue(c.asked, status, state, connection, kNow), c.due)
        << c.since_full.value_or(absl::ZeroDuration()) << " " << c.pulled_url;
  }
}

}  // namespace
}  // namespace oms_connector::inventory
