// Levels and locations; stock is in replica_stock.cc, products and listings in
// replica_catalogue.cc.
#include "domain/inventory/replica_writer.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/status_macros.h"
#include "domain/feeds/pull_session.h"
#include "domain/inventory/view_recompute.h"

namespace oms_connector::inventory {
namespace {

using model::LocationKind;
using model::StoredLocation;

// Keys whose levels are computed at a time: an answer of numbers may name all
// listings of an account.
constexpr size_t kKeysAtOnce = 1000;

bool SameLocation(const StoredLocation& a, const StoredLocation& b) {
  return a.location.kind == b.location.kind && a.location.id == b.location.id &&
         a.location.name == b.location.name && a.type == b.type &&
         a.active == b.active && a.listed == b.listed && a.away == b.away &&
         a.read_from == b.read_from && a.numbers_in_use == b.numbers_in_use;
}

}  // namespace

absl::StatusOr<ReplicaWriter> ReplicaWriter::Open(
    storage::WriteTransaction& txn, ReplicaRun run) {
  ReplicaWriter writer(&txn, std::move(run));
  OMS_ASSIGN_OR_RETURN(writer.context_, ReadContext(txn, writer.connection()));
  OMS_ASSIGN_OR_RETURN(writer.state_,
                       txn.inventory().LockState(writer.connection()));
  writer.stored_state_ = writer.state_;
  writer.views_ = BuildViews(writer.context_);
  return writer;
}

absl::StatusOr<int64_t> ReplicaWriter::CountWithheld(
    model::SyncCounts* counts) {
  OMS_RETURN_IF_ERROR(tally_.Close(txn_->inventory(), connection(), counts));
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredLocation> locations,
                       txn_->inventory().ListLocations(connection()));
  int64_t withheld = 0;
  for (const StoredLocation& stored : locations) {
    if (stored.location.kind == own().location_kind() &&
        own().locations.count(stored.location.id) > 0) {
      withheld += stored.withheld;
    }
  }
  return withheld;
}

absl::Status ReplicaWriter::Close(model::SyncRun* run) {
  OMS_RETURN_IF_ERROR(
      tally_.Close(txn_->inventory(), connection(), &run->counts));
  run->counts.products_changed += products_changed_;
  run->delta_gap_suspected = state_.gap_time.has_value() && !per_warehouse();
  if (model::SameFields(state_, stored_state_)) return absl::OkStatus();
  if (state_.gap_time.has_value() &&
      state_.gap_time != stored_state_.gap_time) {
    OMS_RETURN_IF_ERROR(ForgetFutureNumbers());
  }
  return txn_->inventory().PutState(connection(), state_);
}

// Whether a listing was told its number since a gap is a matter of times, which
// a clock that was ahead must not settle.
absl::Status ReplicaWriter::ForgetFutureNumbers() {
  for (const StoredLocation& stored : context_.locations) {
    if (stored.location.kind != LocationKind::kSalesChannel) continue;
    OMS_RETURN_IF_ERROR(txn_->inventory().ForgetFutureNumbers(
        connection(), stored.location.id, run_.now));
  }
  return absl::OkStatus();
}

bool ReplicaWriter::per_warehouse() const { return own().per_warehouse(); }

bool ReplicaWriter::deferred() const {
  return state_.deferred_by_run == run_.run_id &&
         LevelsAreOutdated(context_, state_);
}

// ---- Levels ----------------------------------------------------------------

absl::Status ReplicaWriter::RecomputeInParts(
    const View& view, const std::vector<int64_t>& keys,
    std::optional<int64_t> only_location) {
  if (deferred()) return absl::OkStatus();
  for (size_t begin = 0; begin < keys.size(); begin += kKeysAtOnce) {
    const size_t end = std::min(keys.size(), begin + kKeysAtOnce);
    LevelScope scope;
    scope.keys.assign(keys.begin() + begin, keys.begin() + end);
    scope.only_location = only_location;
    OMS_RETURN_IF_ERROR(RecomputeKeys(*txn_, context_, view, scope, run_.now,
                                      &state_, &tally_));
  }
  return absl::OkStatus();
}

absl::Status ReplicaWriter::RecomputeOwn(const std::vector<int64_t>& keys,
                                         std::optional<int64_t> only_location) {
  return RecomputeInParts(own(), keys, only_location);
}

bool ReplicaWriter::HasListedViews() const {
  return std::any_of(views_.begin(), views_.end(), [](const View& view) {
    return view.has_levels() && !view.is_own();
  });
}

absl::Status ReplicaWriter::RecomputeListed(
    const std::vector<int64_t>& keys, std::optional<int64_t> only_location) {
  for (const View& view : views_) {
    if (view.is_own() || !view.has_levels()) continue;
    OMS_RETURN_IF_ERROR(RecomputeInParts(view, keys, only_location));
  }
  return absl::OkStatus();
}

// ---- Locations -------------------------------------------------------------

void ReplicaWriter::ViewsMayHaveChanged() {
  std::vector<View> views = BuildViews(context_);
  if (SameViews(views, views_)) return;
  views_ = std::move(views);
  RecomputeAtTheEnd();
}

void ReplicaWriter::RecomputeAtTheEnd() {
  // Where nothing was computed yet, there is nothing to compute anew.
  if (state_.computed_generation == 0) return;
  state_.locations_changed = true;
  state_.position_step.clear();
  state_.position_key = 0;
}

bool ReplicaWriter::BelievesList(const std::vector<StoredLocation>& rows,
                                 LocationKind kind, bool complete) {
  const std::string source =
      kind == LocationKind::kWarehouse ? WarehousesSource() : ChannelsSource();
  const bool had_some =
      std::any_of(context_.locations.begin(), context_.locations.end(),
                  [&](const StoredLocation& stored) {
                    return stored.location.kind == kind && stored.listed;
                  });
  const bool doubtful = rows.empty() && complete && had_some;
  return feeds::BelievesList(source, doubtful, &state_.doubted_lists);
}

absl::StatusOr<bool> ReplicaWriter::PutLocations(
    std::vector<StoredLocation> rows, LocationKind kind, bool complete) {
  if (!BelievesList(rows, kind, complete)) return false;
  std::map<int64_t, StoredLocation> merged;
  std::vector<StoredLocation> others;
  for (const StoredLocation& stored : context_.locations) {
    if (stored.location.kind != kind) {
      others.push_back(stored);
      continue;
    }
    StoredLocation& kept = merged[stored.location.id] = stored;
    kept.listed = !complete && stored.listed;
  }
  for (StoredLocation& row : rows) {
    StoredLocation& kept = merged[row.location.id];
    row.location.kind = kind;
    row.withheld = kept.withheld;
    row.away = kept.away;
    row.read_from = kept.read_from;
    kept = std::move(row);
  }
  for (const auto& [id, stored] : merged) others.push_back(stored);
  std::stable_sort(others.begin(), others.end(),
                   [](const StoredLocation& a, const StoredLocation& b) {
                     return a.location.kind < b.location.kind;
                   });
  const std::vector<StoredLocation> before =
      std::exchange(context_.locations, std::move(others));
  OMS_RETURN_IF_ERROR(ForgetFutureReadings(
      *txn_, connection(), NoteReturns(run_.now, &context_, &state_),
      run_.now));
  std::vector<StoredLocation> changed;
  for (const StoredLocation& stored : context_.locations) {
    const bool same = std::any_of(
        before.begin(), before.end(),
        [&](const StoredLocation& each) { return SameLocation(each, stored); });
    if (!same) changed.push_back(stored);
  }
  if (changed.empty()) return true;
  ViewsMayHaveChanged();
  OMS_RETURN_IF_ERROR(txn_->inventory().PutLocations(connection(), changed));
  return true;
}

absl::StatusOr<bool> ReplicaWriter::PutSalesChannels(
    const std::vector<model::SalesChannel>& rows, bool complete) {
  std::vector<model::ChannelName> names;
  for (const model::SalesChannel& row : rows) {
    names.push_back({row.id, row.name});
  }
  OMS_ASSIGN_OR_RETURN(const std::set<int64_t> in_use,
                       ReadChannelsInUse(*txn_, context_, names));
  std::vector<StoredLocation> locations;
  for (const model::SalesChannel& row : rows) {
    StoredLocation& stored = locations.emplace_back();
    stored.location.id = row.id;
    stored.location.name = row.name;
    stored.type = row.type;
    stored.active = row.active;
    stored.numbers_in_use = in_use.count(row.id) > 0;
    // What was told to the other connection is not told to this one.
    const bool was_in_use = std::any_of(
        context_.locations.begin(), context_.locations.end(),
        [&](const StoredLocation& before) {
          return before.location.kind == LocationKind::kSalesChannel &&
                 before.location.id == row.id && before.numbers_in_use;
        });
    if (was_in_use && !stored.numbers_in_use && !state_.gap_time.has_value()) {
      state_.gap_time = run_.now;
    }
  }
  return PutLocations(std::move(locations), LocationKind::kSalesChannel,
                      complete);
}

absl::StatusOr<bool> ReplicaWriter::PutWarehouses(
    const std::vector<model::Warehouse>& rows, bool complete) {
  std::vector<StoredLocation> locations;
  for (const model::Warehouse& row : rows) {
    StoredLocation& stored = locations.emplace_back();
    stored.location.id = row.id;
    stored.location.name = row.name;
    stored.type = row.type;
    stored.active = row.active;
  }
  return PutLocations(std::move(locations), LocationKind::kWarehouse, complete);
}

}  // namespace oms_connector::inventory
