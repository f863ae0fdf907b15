#include "storage/sql/busy_retry.h"

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/backoff.h"
#include "base/call_context.h"
#include "base/status_macros.h"
#include "model/errors.h"

namespace oms_connector::storage {
namespace {

constexpr int kMaxRuns = 5;
// Rivals hold a row or the database for milliseconds.
constexpr base::Backoff kBackoff = {absl::Milliseconds(5),
                                    absl::Milliseconds(100)};

}  // namespace

bool IsStoreBusy(const absl::Status& status) {
  return absl::IsUnavailable(status) && model::ReasonOf(status) == "STORE_BUSY";
}

absl::Status BusyRetry::Run(const base::CallContext& context,
                            absl::FunctionRef<absl::Status()> transaction) {
  for (int run = 1;; ++run) {
    const absl::Status status = transaction();
    if (!IsStoreBusy(status) || run == kMaxRuns) return status;
    const double random = base::ToUnitInterval(ids_->NewUint64());
    OMS_RETURN_IF_ERROR(sleeper_->Sleep(kBackoff.Delay(run, random), context));
  }
}

}  // namespace oms_connector::storage
