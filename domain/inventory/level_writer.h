// Computes the levels of given SKUs anew from what is stored and writes those
// that differ: the one way a level changes.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_WRITER_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_WRITER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_claims.h"
#include "model/sync_run.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// What was computed, for the run's counts. A SKU at a location counts once,
// however many views show it.
class LevelTally {
 public:
  void Add(const storage::StoredLevel& level, bool revised);
  void AddTo(model::SyncCounts* counts) const;

 private:
  struct Outcome {
    bool revised = false;
    bool withheld = false;
  };
  std::map<std::tuple<model::LocationKind, int64_t, std::string>, Outcome>
      outcomes_;
};

// Computes the levels of `keys` in every view and writes what differs, with
// new revisions of the connection. With `only_location`, levels at other
// locations are left alone: they cannot have changed. The caller has locked
// `state` (storage, LockState) and stores it afterwards.
absl::Status RecomputeKeys(storage::WriteTransaction& txn,
                           const std::string& connection,
                           const std::vector<View>& views,
                           const std::vector<std::string>& keys,
                           std::optional<int64_t> only_location, absl::Time now,
                           storage::InventoryState* state, LevelTally* tally);

// What the levels of a view would be for `keys`: all that there is to say of
// each key and location, with the level stored now where there is one. Reads
// only. Ascending by key and location.
struct LevelOutcome {
  storage::StoredLevel stored;  // key, view and location are always set
  bool exists = false;          // it is stored
  ComputedLevel computed;
};
absl::StatusOr<std::vector<LevelOutcome>> ComputeKeys(
    storage::InventoryReader& reader, const std::string& connection,
    const View& view, const std::vector<std::string>& keys,
    std::optional<int64_t> only_location, absl::Time now);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_LEVEL_WRITER_H_
