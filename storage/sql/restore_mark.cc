#include "storage/sql/restore_mark.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "base/call_context.h"
#include "base/status_macros.h"
#include "storage/document.h"
#include "storage/inventory_tables.h"

namespace oms_connector::storage {
namespace {

constexpr char kKeepSealedUnder[] =
    "UPDATE connections SET sealed_under = epoch WHERE sealed_under = ''";
constexpr char kRenewEpochs[] = "UPDATE connections SET epoch = $1";
constexpr char kListStates[] =
    "SELECT connection, document FROM inventory_state ORDER BY connection";
constexpr char kPutState[] =
    "UPDATE inventory_state SET document = $2 WHERE connection = $1";

// Since `now`, unless there was a gap before.
absl::Status SuspectGaps(SqlConnection& connection, absl::Time now) {
  std::vector<std::pair<int64_t, model::InventoryState>> states;
  OMS_RETURN_IF_ERROR(
      connection.Query(kListStates, {}, [&](const SqlRow& row) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            model::InventoryState state,
            DecodeDocument<model::InventoryState>(row.Bytes(1)));
        if (!state.gap_time.has_value()) {
          state.gap_time = now;
          states.emplace_back(row.Int64(0), std::move(state));
        }
        return absl::OkStatus();
      }));
  for (const auto& [number, state] : states) {
    const std::string document = EncodeDocument(state);
    OMS_RETURN_IF_ERROR(
        connection.Execute(kPutState, {number, Blob{document}}).status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MarkRestored(SqlConnection& connection, absl::string_view epoch,
                          absl::Time now) {
  OMS_RETURN_IF_ERROR(connection.Begin(/*write=*/true, base::CallContext()));
  const absl::Cleanup undo = [&] { connection.Rollback(); };
  OMS_RETURN_IF_ERROR(connection.Execute(kKeepSealedUnder, {}).status());
  OMS_RETURN_IF_ERROR(connection.Execute(kRenewEpochs, {epoch}).status());
  OMS_RETURN_IF_ERROR(SuspectGaps(connection, now));
  return connection.Commit();
}

}  // namespace oms_connector::storage
