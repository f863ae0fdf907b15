#include "storage/sql/restore_mark.h"

#include "absl/cleanup/cleanup.h"
#include "base/call_context.h"
#include "base/status_macros.h"

namespace oms_connector::storage {
namespace {

constexpr char kKeepSealedUnder[] =
    "UPDATE connections SET sealed_under = epoch WHERE sealed_under = ''";
constexpr char kRenewEpochs[] = "UPDATE connections SET epoch = $1";
constexpr char kSuspectGaps[] =
    "UPDATE inventory_state SET gap_time = $1 WHERE gap_time IS NULL";

}  // namespace

absl::Status MarkRestored(SqlConnection& connection, absl::string_view epoch,
                          absl::Time now) {
  OMS_RETURN_IF_ERROR(connection.Begin(/*write=*/true, base::CallContext()));
  const absl::Cleanup undo = [&] { connection.Rollback(); };
  OMS_RETURN_IF_ERROR(connection.Execute(kKeepSealedUnder, {}).status());
  OMS_RETURN_IF_ERROR(connection.Execute(kRenewEpochs, {epoch}).status());
  OMS_RETURN_IF_ERROR(
      connection.Execute(kSuspectGaps, {SqlTime(now)}).status());
  return connection.Commit();
}

}  // namespace oms_connector::storage
