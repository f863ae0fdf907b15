#include "domain/inventory/pull_kind.h"

#include "order_manager/order_manager.h"

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

bool WasRefused(const absl::Status& status) {
  return order_manager::WasNotProcessed(status) ||
         absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status) ||
         absl::IsNotFound(status) || absl::IsResourceExhausted(status) ||
         absl::IsInvalidArgument(status);
}

bool IsRefusedList(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsPermissionDenied(status);
}

}  // namespace oms_connector::inventory
