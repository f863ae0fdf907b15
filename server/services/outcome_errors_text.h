// Errors of single outcomes as text that keeps them whole, for answers that are
// given again.
#ifndef OMS_CONNECTOR_SERVER_SERVICES_OUTCOME_ERRORS_TEXT_H_
#define OMS_CONNECTOR_SERVER_SERVICES_OUTCOME_ERRORS_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "domain/shipments/acknowledgement.h"

namespace oms_connector::server {

std::string EncodeOutcomeErrors(
    const std::vector<shipments::OutcomeError>& errors);

// INTERNAL for text that EncodeOutcomeErrors did not make.
absl::StatusOr<std::vector<shipments::OutcomeError>> DecodeOutcomeErrors(
    absl::string_view text);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SERVICES_OUTCOME_ERRORS_TEXT_H_
