#ifndef OMS_CONNECTOR_OMSCTL_ERROR_TEXT_H_
#define OMS_CONNECTOR_OMSCTL_ERROR_TEXT_H_

#include <string>

#include "absl/status/status.h"

namespace oms_connector::omsctl {

// An error for people: the message, code and reason with their ids, the fields
// that are wrong, when to try again, and which omsctl command helps. Usage
// errors are the message alone. Several lines, each ended.
std::string ErrorText(const absl::Status& status);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_ERROR_TEXT_H_
