#include "server/convert/request_check.h"

#include <optional>
#include <utility>

#include "server/convert/resource_names.h"

namespace oms_connector::server {

RequestCheck::RequestCheck(absl::StatusOr<std::string> connection)
    : connection_(std::move(connection)) {
  Add(connection_.status());
}

void RequestCheck::Add(const absl::Status& status) {
  if (status.ok()) return;
  const std::optional<model::ErrorDetails> details = model::DetailsOf(status);
  if (details.has_value() && !details->violations.empty()) {
    violations_.insert(violations_.end(), details->violations.begin(),
                       details->violations.end());
  } else {
    other_.Update(status);
  }
}

void RequestCheck::AddRequestId(const std::string& request_id) {
  request_id_ = request_id;
  Add(CheckRequestId(request_id));
}

void RequestCheck::AddLater(std::function<absl::Status()> find) {
  later_.push_back(std::move(find));
}

absl::Status RequestCheck::Faults() {
  for (const auto& find : std::exchange(later_, {})) Add(find());
  return violations_.empty() ? other_ : model::InvalidFields(violations_);
}

}  // namespace oms_connector::server
