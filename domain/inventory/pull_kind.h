// Which kind of pull of inventory is due, and what its refused requests mean.
// Pure.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_KIND_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_KIND_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "model/connection.h"
#include "model/inventory_rows.h"
#include "model/sync_run.h"

namespace oms_connector::inventory {

// A full pull is due when the last one that succeeded, resumed or not, is older
// (domain.md, Inventory, rule 0).
inline constexpr absl::Duration kFullPullInterval = absl::Hours(24);

// FULL when one is due, else `asked`.
model::SyncKind KindThatIsDue(model::SyncKind asked,
                              const model::PullStatus& status,
                              const model::InventoryState& state,
                              const model::Connection& connection,
                              absl::Time now);

// Whether another account was read before, at another base_url or with another
// token: nothing that is known of its sources holds any more.
bool HasMoved(const model::InventoryState& state,
              const model::Connection& connection);

// What was read of another account counts as never read. Numbers of listings
// that it told stay until this one tells its own, so a gap is suspected.
void ForgetAccount(absl::Time now, model::InventoryState* state);

// A pull begins to read `account`, which is not that of `connection` where that
// has moved since the run began. Another one than the last that was read is
// forgotten; a note of an acknowledge that nobody has cleared, so that its
// answer was lost or never came, suspects a gap.
void BeginReading(const model::Connection& connection,
                  const model::OrderManagerAccount& account, absl::Time now,
                  model::InventoryState* state);

// Numbers are no longer being asked for; `lost`: what was told may be.
void EndAsking(bool lost, model::InventoryState* state);

// Change pulls read this much again, as a change may become visible only after
// its time stamp.
inline constexpr absl::Duration kModifiedOverlap = absl::Minutes(10);
// From when on a change pull asks a source for changes; nullopt = for all that
// there is. What the last reading was to find is asked for once more: while a
// list is read, rows move to pages that were read already. So all there is is
// read twice before changes alone are. A mark that lies in the future is of a
// clock that was wrong.
std::optional<absl::Time> ChangesSince(const model::InventoryState& state,
                                       const std::string& source,
                                       absl::Time now);
// What the answers of one source said of changes: the newest of its rows, no
// answer's later than the Order Manager's clock was then; and that clock when
// the reading began. Unset = nothing was said.
struct SeenChanges {
  std::optional<absl::Time> newest;
  std::optional<absl::Time> server_time;
};
void NoteChanges(bool first_page, std::optional<absl::Time> newest_modified,
                 std::optional<absl::Time> server_time, SeenChanges* changes);

// Up to when the changes of a source are known once it was read to its end, by
// the Order Manager's clock, which is not ours: the newest change that was
// seen, else `before`, else its clock at the beginning. Never later than
// `begin_time`, ours: a date far in the future must not end all reading.
// nullopt = not known, so everything is to be read again.
std::optional<absl::Time> ModifiedThrough(std::optional<absl::Time> before,
                                          const SeenChanges& changes,
                                          absl::Time begin_time);

// For so long an account whose server refuses productstocks/total is read from
// /v1/inventory without asking again.
inline constexpr absl::Duration kFallbackMemory = absl::Hours(24);
inline constexpr char kFallbackMark[] = "stock_by_location";
bool ReadsByLocation(const model::InventoryState& state, absl::Time now);
// A list can be refused in its middle, and then at its start.
inline constexpr int kStockRestarts = 2;

// The Order Manager has answered with a refusal or was not reached at all, so
// its mark has not moved.
bool WasRefused(const absl::Status& status);

// The account's server does not offer this list.
bool IsRefusedList(const absl::Status& status);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_KIND_H_
