#include "server/convert/request_reader.h"

#include <optional>

namespace oms_connector::server {

RequestReader::RequestReader(const absl::Status& first) { Check(first); }

void RequestReader::Check(const absl::Status& status) {
  if (status.ok()) return;
  const std::optional<model::ErrorDetails> details = model::DetailsOf(status);
  if (details.has_value() && !details->violations.empty()) {
    violations_.insert(violations_.end(), details->violations.begin(),
                       details->violations.end());
  } else {
    other_.Update(status);
  }
}

absl::Status RequestReader::Violations() const {
  return violations_.empty() ? other_ : model::InvalidFields(violations_);
}

}  // namespace oms_connector::server
