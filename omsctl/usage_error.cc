#include "omsctl/usage_error.h"

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

namespace oms_connector::omsctl {
namespace {

constexpr char kMark[] = "oms-connector/usage-error";

}  // namespace

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kMark, absl::Cord());
  return status;
}

bool IsUsageError(const absl::Status& status) {
  return status.GetPayload(kMark).has_value();
}

}  // namespace oms_connector::omsctl
