#include "domain/inventory/pull_kind.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "domain/inventory/inventory_view.h"
#include "order_manager/order_manager.h"

namespace oms_connector::inventory {

model::SyncKind KindThatIsDue(model::SyncKind asked,
                              const model::PullStatus& status,
                              const model::InventoryState& state,
                              const model::Connection& connection,
                              absl::Time now) {
  const bool first = !status.last_full_success_time.has_value() ||
                     model::LiesAhead(*status.last_full_success_time, now);
  const bool old =
      !first && now - *status.last_full_success_time > kFullPullInterval;
  return first || old || HasMoved(state, connection) ? model::SyncKind::kFull
                                                     : asked;
}

bool HasMoved(const model::InventoryState& state,
              const model::Connection& connection) {
  const model::OrderManagerAccount& account = connection.order_manager;
  return !state.base_url.empty() &&
         (state.base_url != account.base_url ||
          state.token_fingerprint != account.token_fingerprint);
}

void ForgetAccount(absl::Time now, model::InventoryState* state) {
  const bool told_numbers =
      absl::c_any_of(state->marks, [](const model::SourceMark& mark) {
        return IsNumbersSource(mark.source);
      });
  if (told_numbers && !state->gap_time.has_value()) state->gap_time = now;
  state->marks.clear();
  state->doubted_lists.clear();
}

void BeginReading(const model::Connection& connection,
                  const model::OrderManagerAccount& account, absl::Time now,
                  model::InventoryState* state) {
  if (HasMoved(*state, connection)) ForgetAccount(now, state);
  state->base_url = account.base_url;
  state->token_fingerprint = account.token_fingerprint;
  // What began in the future was noted by a clock that was wrong.
  for (std::optional<absl::Time>* time :
       {&state->gap_time, &state->acknowledge_in_flight}) {
    if (time->has_value()) *time = std::min(**time, now);
  }
  EndAsking(/*lost=*/true, state);
}

void EndAsking(bool lost, model::InventoryState* state) {
  if (lost && !state->gap_time.has_value()) {
    state->gap_time = state->acknowledge_in_flight;
  }
  state->acknowledge_in_flight.reset();
}

std::optional<absl::Time> ChangesSince(const model::InventoryState& state,
                                       const std::string& source,
                                       absl::Time now) {
  const std::optional<absl::Time> mark = state.ModifiedThrough(source);
  const std::optional<absl::Time> before = state.KnownBefore(source);
  if (!mark.has_value() || *mark > now || !before.has_value()) {
    return std::nullopt;
  }
  return std::min(*mark, *before) - kModifiedOverlap;
}

void NoteChanges(bool first_page, std::optional<absl::Time> newest_modified,
                 std::optional<absl::Time> server_time, SeenChanges* changes) {
  if (first_page) changes->server_time = server_time;
  if (!newest_modified.has_value()) return;
  const absl::Time newest =
      std::min(*newest_modified, server_time.value_or(absl::InfiniteFuture()));
  changes->newest = std::max(changes->newest.value_or(newest), newest);
}

std::optional<absl::Time> ModifiedThrough(std::optional<absl::Time> before,
                                          const SeenChanges& changes,
                                          absl::Time begin_time) {
  std::optional<absl::Time> through = changes.newest;
  if (!through.has_value() || through < before) through = before;
  if (!through.has_value()) through = changes.server_time;
  if (!through.has_value()) return std::nullopt;
  return std::min(*through, begin_time);
}

bool ReadsByLocation(const model::InventoryState& state, absl::Time now) {
  const std::optional<absl::Time> mark = state.MarkOf(kFallbackMark);
  return mark.has_value() && *mark <= now && now - *mark <= kFallbackMemory;
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
