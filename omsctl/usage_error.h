#ifndef OMS_CONNECTOR_OMSCTL_USAGE_ERROR_H_
#define OMS_CONNECTOR_OMSCTL_USAGE_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace oms_connector::omsctl {

// An INVALID_ARGUMENT that the command line is to blame for: nothing was sent,
// and omsctl ends with 2 instead of 1.
absl::Status UsageError(absl::string_view message);
bool IsUsageError(const absl::Status& status);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_USAGE_ERROR_H_
