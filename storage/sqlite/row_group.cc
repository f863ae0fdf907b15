#include "storage/sqlite/row_group.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace oms_connector::storage {
namespace {

// "($1, 0, $2)" with each number raised by `by`.
std::string Raised(absl::string_view values, size_t by) {
  std::string text;
  for (const absl::string_view part : absl::StrSplit(values, '$')) {
    if (text.empty()) {
      absl::StrAppend(&text, part);
      continue;
    }
    const size_t digits =
        std::min(part.find_first_not_of("0123456789"), part.size());
    size_t number = 0;
    if (!absl::SimpleAtoi(part.substr(0, digits), &number)) return "";
    absl::StrAppend(&text, "$", number + by, part.substr(digits));
  }
  return text;
}

}  // namespace

std::string InsertOfRows(absl::string_view insert, size_t width, size_t rows) {
  constexpr absl::string_view kValues = "VALUES ";
  const size_t begin = insert.find(kValues) + kValues.size();
  const size_t end = insert.find(')', begin) + 1;
  if (!absl::StartsWith(absl::StripLeadingAsciiWhitespace(insert), "INSERT ") ||
      begin < kValues.size() || end == 0) {
    return "";
  }
  const absl::string_view head = insert.substr(0, begin);
  const absl::string_view values = insert.substr(begin, end - begin);
  const absl::string_view tail = insert.substr(end);
  if (absl::StrContains(head, '$') || absl::StrContains(tail, '$') ||
      absl::StrContains(tail, "RETURNING") ||
      absl::StrContains(values.substr(1), '(')) {
    return "";
  }
  std::string text(head);
  for (size_t row = 0; row < rows; ++row) {
    const std::string raised = Raised(values, row * width);
    if (raised.empty()) return "";
    absl::StrAppend(&text, row == 0 ? "" : ", ", raised);
  }
  return absl::StrCat(text, tail);
}

}  // namespace oms_connector::storage
