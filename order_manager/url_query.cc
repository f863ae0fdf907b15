#include "order_manager/url_query.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace oms_connector::order_manager {
namespace {

constexpr absl::string_view kDigits = "0123456789ABCDEF";

bool IsUnreserved(unsigned char c) {
  return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (const unsigned char c : text) {
    if (IsUnreserved(c)) {
      encoded.push_back(static_cast<char>(c));
    } else {
      encoded.append({'%', kDigits[c >> 4], kDigits[c & 0xF]});
    }
  }
  return encoded;
}

UrlQuery& UrlQuery::Add(absl::string_view name, absl::string_view value) {
  absl::StrAppend(&text_, text_.empty() ? "?" : "&", PercentEncode(name), "=",
                  PercentEncode(value));
  return *this;
}

UrlQuery& UrlQuery::Add(absl::string_view name, int64_t value) {
  return Add(name, absl::StrCat(value));
}

std::string UrlQuery::AppendTo(absl::string_view path) const {
  return absl::StrCat(path, text_);
}

}  // namespace oms_connector::order_manager
