#include "domain/inventory/run_findings.h"

#include "absl/strings/str_join.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace oms_connector::inventory {

void LogFindings(const std::string& connection, const model::SyncRun& run) {
  if (run.counts.skus_ambiguous > 0) {
    base::LogWarning("ambiguous SKUs are withheld",
                     {{"connection", connection},
                      {"run", run.run_id},
                      {"count", run.counts.skus_ambiguous},
                      {"skus", absl::StrJoin(run.ambiguous_skus, ", ")}});
  }
  for (const model::RejectedRow& row : run.rejected_rows) {
    base::LogWarning("a row was rejected", {{"connection", connection},
                                            {"run", run.run_id},
                                            {"endpoint", row.endpoint},
                                            {"page", row.page},
                                            {"row", row.identifier},
                                            {"reason", row.reason}});
  }
  for (const model::CartError& error : run.cart_errors) {
    base::LogWarning("a cart cannot be served", {{"connection", connection},
                                                 {"cart", error.cart_id},
                                                 {"error", error.status}});
  }
}

absl::Status FindAmbiguousSkus(storage::InventoryReader& reader,
                               const std::string& connection,
                               model::SyncRun* run) {
  OMS_ASSIGN_OR_RETURN(
      const model::AmbiguousSkus ambiguous,
      reader.CountAmbiguousSkus(connection, model::kMaxKeptRunDetails));
  run->counts.skus_ambiguous = ambiguous.count;
  run->ambiguous_skus = ambiguous.first;
  return absl::OkStatus();
}

absl::Status CloseGap(storage::InventoryReader& reader,
                      const InventoryContext& context,
                      model::InventoryState* state) {
  if (!state->gap_time.has_value() || IsPerWarehouse(context)) {
    return absl::OkStatus();
  }
  for (const int64_t channel : ChannelsToPull(context)) {
    OMS_ASSIGN_OR_RETURN(const int64_t untold,
                         reader.CountUntoldListings(context.connection.id,
                                                    channel, *state->gap_time));
    if (untold > 0) return absl::OkStatus();
  }
  state->gap_time.reset();
  return absl::OkStatus();
}

}  // namespace oms_connector::inventory
