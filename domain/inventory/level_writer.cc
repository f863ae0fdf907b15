#include "domain/inventory/level_writer.h"

#include <set>
#include <utility>

#include "base/status_macros.h"
#include "domain/inventory/level_calculator.h"
#include "domain/inventory/level_diff.h"

namespace oms_connector::inventory {
namespace {

using LevelKey = std::tuple<std::string, model::LocationKind, int64_t>;

std::optional<EarlierLevel> EarlierOf(const storage::StoredLevel* stored) {
  if (stored == nullptr) return std::nullopt;
  return EarlierLevel{stored->level.sku, stored->level.master_sku,
                      stored->product_id, stored->level.withheld_reason};
}

LevelTerms TermsOf(const View& view, model::LocationKind kind, int64_t id,
                   absl::Time now) {
  LevelTerms terms;
  terms.mode = view.mode;
  terms.subtract_locked = view.subtract_locked;
  terms.ignore_inactive = view.ignore_inactive;
  terms.location_kind = kind;
  terms.location_live =
      kind == view.location_kind() && view.locations.count(id) > 0;
  terms.now = now;
  return terms;
}

}  // namespace

void LevelTally::Add(const storage::StoredLevel& level, bool revised) {
  Outcome& outcome = outcomes_[{level.level.location.kind,
                                level.level.location.id, level.sku_key}];
  outcome.revised = outcome.revised || revised;
  outcome.withheld =
      outcome.withheld || level.level.state == model::LevelState::kWithheld;
}

void LevelTally::AddTo(model::SyncCounts* counts) const {
  for (const auto& [key, outcome] : outcomes_) {
    ++(outcome.revised ? counts->levels_changed : counts->levels_unchanged);
    if (outcome.withheld) ++counts->levels_withheld;
  }
}

absl::StatusOr<std::vector<LevelOutcome>> ComputeKeys(
    storage::InventoryReader& reader, const std::string& connection,
    const View& view, const std::vector<std::string>& keys,
    std::optional<int64_t> only_location, absl::Time now) {
  const auto skipped = [&](model::LocationKind kind, int64_t id) {
    return only_location.has_value() &&
           (kind != view.location_kind() || id != *only_location);
  };
  OMS_ASSIGN_OR_RETURN(const ClaimMap claims,
                       FindClaims(reader, connection, view, keys));
  OMS_ASSIGN_OR_RETURN(const std::vector<storage::StoredLevel> stored,
                       reader.FindLevels(connection, view.id, keys));
  std::map<LevelKey, const storage::StoredLevel*> wanted;
  for (const auto& [key, rows] : claims) {
    wanted[{key.first, view.location_kind(), key.second}] = nullptr;
  }
  for (const storage::StoredLevel& level : stored) {
    const model::Location& location = level.level.location;
    // What another mode has left behind changes once.
    if (location.kind != view.location_kind() &&
        level.level.withheld_reason == model::WithheldReason::kModeChanged) {
      continue;
    }
    wanted[{level.sku_key, location.kind, location.id}] = &level;
  }
  const std::vector<Claim> none;
  std::vector<LevelOutcome> outcomes;
  for (const auto& [where, level] : wanted) {
    const auto& [key, kind, id] = where;
    if (skipped(kind, id)) continue;
    const auto found = claims.find({key, id});
    const bool fits = kind == view.location_kind() && found != claims.end();
    std::optional<ComputedLevel> computed =
        ComputeLevel(TermsOf(view, kind, id, now), fits ? found->second : none,
                     EarlierOf(level));
    if (!computed.has_value()) continue;
    LevelOutcome outcome;
    outcome.exists = level != nullptr;
    if (outcome.exists) outcome.stored = *level;
    outcome.stored.sku_key = key;
    outcome.stored.level.view = view.id;
    outcome.stored.level.location = {kind, id, ""};
    outcome.computed = *std::move(computed);
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

absl::Status RecomputeKeys(storage::WriteTransaction& txn,
                           const std::string& connection,
                           const std::vector<View>& views,
                           const std::vector<std::string>& keys,
                           std::optional<int64_t> only_location, absl::Time now,
                           storage::InventoryState* state, LevelTally* tally) {
  std::vector<storage::StoredLevel> writes;
  std::vector<size_t> revised;
  for (const View& view : views) {
    OMS_ASSIGN_OR_RETURN(const std::vector<LevelOutcome> outcomes,
                         ComputeKeys(txn.inventory(), connection, view, keys,
                                     only_location, now));
    for (const LevelOutcome& outcome : outcomes) {
      const LevelChange change = CompareLevels(
          outcome.exists ? &outcome.stored : nullptr, outcome.computed);
      storage::StoredLevel level =
          ApplyLevel(outcome.stored, change, outcome.computed);
      tally->Add(level, change == LevelChange::kRevised);
      if (change == LevelChange::kNone) continue;
      if (change == LevelChange::kRevised) revised.push_back(writes.size());
      writes.push_back(std::move(level));
    }
  }
  if (!revised.empty()) {
    const int64_t count = static_cast<int64_t>(revised.size());
    OMS_ASSIGN_OR_RETURN(int64_t revision,
                         txn.connections().TakeRevisions(connection, count));
    for (const size_t i : revised) writes[i].level.revision = revision++;
    state->last_revision = revision - 1;
  }
  if (writes.empty()) return absl::OkStatus();
  return txn.inventory().PutLevels(connection, writes);
}

}  // namespace oms_connector::inventory
