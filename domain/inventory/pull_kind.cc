#include "domain/inventory/pull_kind.h"

namespace oms_connector::inventory {

model::SyncKind KindThatIsDue(model::SyncKind asked,
                              const model::PullStatus& status,
                              const storage::InventoryState& state,
                              const model::Connection& connection,
                              absl::Time now) {
  const bool first = !status.last_full_success_time.has_value() ||
                     model::LiesAhead(*status.last_full_success_time, now);
  const bool old =
      !first && now - *status.last_full_success_time > kFullPullInterval;
  return first || old || HasMoved(state, connection) ? model::SyncKind::kFull
                                                     : asked;
}

bool HasMoved(const storage::InventoryState& state,
              const model::Connection& connection) {
  return !state.base_url.empty() &&
         state.base_url != connection.order_manager.base_url;
}

}  // namespace oms_connector::inventory
