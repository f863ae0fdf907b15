#include "order_manager/page_reader.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "order_manager/loose_value.h"

namespace oms_connector::order_manager {
namespace {

// Enough for an id and a SKU.
constexpr size_t kMaxNamesShown = 2;

JsonValue FindPath(const JsonValue& row, absl::string_view path) {
  JsonValue value = row;
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    JsonValue found;
    value.ForEachMember([&](absl::string_view key, const JsonValue& member) {
      if (key == name) found = member;
    });
    value = found;
  }
  return value;
}

absl::string_view LastName(absl::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == path.npos ? path : path.substr(dot + 1);
}

// Quotes are for what is not plain; an id or SKU mostly is.
std::string Shown(absl::string_view text) {
  const std::string described = DescribeText(text);
  return described.size() == text.size() + 2 ? std::string(text) : described;
}

}  // namespace

std::string IdentifyRow(const JsonValue& row,
                        const std::vector<absl::string_view>& names) {
  std::string identifier;
  size_t shown = 0;
  for (const absl::string_view path : names) {
    std::string text;
    if (shown == kMaxNamesShown ||
        ReadText(FindPath(row, path), &text) != Reading::kRead ||
        text.empty()) {
      continue;
    }
    absl::StrAppend(&identifier, shown > 0 ? ", " : "", LastName(path), " ",
                    Shown(text));
    ++shown;
  }
  return identifier;
}

}  // namespace oms_connector::order_manager
