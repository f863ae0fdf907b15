#include "omsctl/run_text.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/rpc_status.h"
#include "omsctl/table.h"
#include "omsctl/terminal_text.h"
#include "omsctl/wording.h"

namespace oms_connector::omsctl {
namespace {

std::string StateText(const v1::SyncRun& run) {
  return Spoken(v1::SyncRun::State_Name(run.state()), "STATE_");
}

std::string KindText(const v1::SyncRun& run) {
  return Spoken(v1::SyncKind_Name(run.kind()), "SYNC_KIND_");
}

std::string TookText(const v1::SyncRun& run) {
  if (!run.has_end_time()) return "";
  return Roughly(FromProto(run.end_time()) - FromProto(run.start_time()));
}

std::string CountsText(const v1::SyncCounts& counts) {
  return absl::StrCat(
      Counted(counts.requests(), "request"), ", ",
      Counted(counts.rows(), "row"), "; ",
      Counted(counts.levels_changed(), "level"), " changed, ",
      counts.levels_unchanged(), " unchanged, ", counts.levels_withheld(),
      " withheld",
      counts.products_changed() == 0
          ? ""
          : absl::StrCat("; ", Counted(counts.products_changed(), "product"),
                         " changed"));
}

// What deserves a look, one line each.
std::string TroubleText(const v1::SyncRun& run) {
  std::string text;
  if (run.has_error()) {
    absl::StrAppend(&text, "  ended by ", ErrorLine(run.error()), "\n");
  }
  if (run.has_resume_time()) {
    absl::StrAppend(&text, "  goes on when asked after ",
                    Second(run.resume_time()), "\n");
  }
  for (const v1::CartError& error : run.cart_errors()) {
    absl::StrAppend(&text, "  cart ", error.cart(),
                    " was left out: ", ErrorLine(error.status()), "\n");
  }
  if (run.counts().rows_rejected() > 0) {
    absl::StrAppend(&text, "  ", Counted(run.counts().rows_rejected(), "row"),
                    " could not be read\n");
  }
  if (run.counts().skus_ambiguous() > 0) {
    absl::StrAppend(&text, "  ", Counted(run.counts().skus_ambiguous(), "SKU"),
                    " claimed more than once\n");
  }
  if (run.delta_gap_suspected()) {
    absl::StrAppend(&text,
                    "  changes of channel quantities may be lost: touch the "
                    "listings in the Order Manager, or go per warehouse\n");
  }
  return text;
}

}  // namespace

std::string ErrorLine(const google::rpc::Status& error) {
  const absl::Status status = client::ToAbslStatus(error);
  const std::string reason = client::ReasonOf(status);
  return Printable(absl::StrCat(absl::StatusCodeToString(status.code()), " ",
                                reason, reason.empty() ? "" : ": ",
                                status.message()));
}

std::string RunSummary(const v1::SyncRun& run) {
  if (run.name().empty()) return "";
  const std::string took = TookText(run);
  return absl::StrCat("run ", IdOf(run.name()), " (", KindText(run), ") ",
                      StateText(run), took.empty() ? "" : " in ", took, ": ",
                      CountsText(run.counts()), "\n", TroubleText(run));
}

std::string RunText(const v1::SyncRun& run) {
  std::string text = absl::StrCat(
      RunSummary(run), "  started ", Second(run.start_time()), " by ",
      Spoken(v1::SyncRun::Trigger_Name(run.trigger()), "TRIGGER_"), "\n");
  Table rejected({{"REJECTED ROW"},
                  {"ENDPOINT"},
                  {"PAGE", Column::kRight},
                  {"WHY", Column::kLeft, 90}});
  for (const v1::RejectedRow& row : run.rejected_rows()) {
    rejected.Add({row.identifier().empty() ? "(unknown)" : row.identifier(),
                  row.endpoint(), absl::StrCat(row.page()), row.reason()});
  }
  Table ambiguous({{"AMBIGUOUS SKU"}});
  for (const std::string& sku : run.ambiguous_skus()) ambiguous.Add({sku});
  return absl::StrCat(text, rejected.Text(), ambiguous.Text());
}

std::string RunsText(const std::vector<v1::SyncRun>& runs) {
  Table table({{"RUN"},
               {"KIND"},
               {"STATE"},
               {"STARTED"},
               {"TOOK", Column::kRight},
               {"ROWS", Column::kRight},
               {"CHANGED", Column::kRight},
               {"WITHHELD", Column::kRight},
               {"REJECTED", Column::kRight},
               {"ERROR", Column::kLeft, 90}});
  for (const v1::SyncRun& run : runs) {
    const v1::SyncCounts& counts = run.counts();
    table.Add({IdOf(run.name()), KindText(run), StateText(run),
               Second(run.start_time()), TookText(run),
               absl::StrCat(counts.rows()),
               absl::StrCat(counts.levels_changed()),
               absl::StrCat(counts.levels_withheld()),
               absl::StrCat(counts.rows_rejected()),
               run.has_error() ? ErrorLine(run.error()) : ""});
  }
  return table.Text();
}

std::string FreshnessText(const v1::PullStatus& pull, absl::Time now) {
  std::string text =
      pull.has_last_success_time()
          ? absl::StrCat("fresh as of ", Second(pull.last_success_time()), " (",
                         Ago(pull.last_success_time(), now), ")")
          : "never pulled yet";
  if (pull.has_last_error()) {
    absl::StrAppend(&text,
                    "; the last pull failed: ", ErrorLine(pull.last_error()));
  }
  return text;
}

}  // namespace oms_connector::omsctl
