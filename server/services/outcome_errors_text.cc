#include "server/services/outcome_errors_text.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "model/errors.h"

namespace oms_connector::server {

// One line an error: its index, a blank, and the status C-escaped.
std::string EncodeOutcomeErrors(
    const std::vector<shipments::OutcomeError>& errors) {
  std::string text;
  for (const shipments::OutcomeError& error : errors) {
    absl::StrAppend(&text, error.index, " ",
                    absl::CEscape(model::SerializeStatus(error.status)), "\n");
  }
  return text;
}

absl::StatusOr<std::vector<shipments::OutcomeError>> DecodeOutcomeErrors(
    absl::string_view text) {
  std::vector<shipments::OutcomeError> errors;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    shipments::OutcomeError error;
    std::string status;
    if (!absl::SimpleAtoi(parts.first, &error.index) ||
        !absl::CUnescape(parts.second, &status)) {
      return model::Internal("a remembered answer cannot be read");
    }
    error.status = model::ParseStatus(status);
    errors.push_back(std::move(error));
  }
  return errors;
}

}  // namespace oms_connector::server
