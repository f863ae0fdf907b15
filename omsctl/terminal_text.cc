#include "omsctl/terminal_text.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace oms_connector::omsctl {
namespace {

constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";
constexpr absl::string_view kEllipsis = "…";

// The character that starts at `position`, which is moved behind it; negative
// where the bytes are no UTF-8.
UChar32 Next(absl::string_view text, size_t& position) {
  int32_t i = static_cast<int32_t>(position);
  UChar32 c = 0;
  U8_NEXT(text.data(), i, static_cast<int32_t>(text.size()), c);
  position = static_cast<size_t>(i);
  return c;
}

// Controls, formats (direction overrides among them), line and paragraph
// separators, surrogates, private use.
bool IsHarmless(UChar32 c) {
  if (c < 0) return false;
  const uint32_t hidden = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_ZL_MASK |
                          U_GC_ZP_MASK | U_GC_CS_MASK | U_GC_CO_MASK |
                          U_GC_CN_MASK;
  return (U_GET_GC_MASK(c) & hidden) == 0;
}

size_t WidthOf(UChar32 c) {
  if ((U_GET_GC_MASK(c) & (U_GC_MN_MASK | U_GC_ME_MASK)) != 0) return 0;
  const int32_t width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

std::string Blanks(size_t taken, size_t width) {
  return std::string(taken < width ? width - taken : 0, ' ');
}

}  // namespace

std::string Printable(absl::string_view text) {
  std::string result;
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const UChar32 c = Next(text, position);
    absl::StrAppend(&result, IsHarmless(c)
                                 ? text.substr(start, position - start)
                                 : kReplacement);
  }
  return result;
}

size_t DisplayWidth(absl::string_view text) {
  size_t width = 0;
  for (size_t position = 0; position < text.size();) {
    width += WidthOf(Next(text, position));
  }
  return width;
}

std::string Shortened(absl::string_view text, size_t width) {
  size_t taken = 0;
  size_t end = 0;  // of what fits together with the ellipsis
  for (size_t position = 0; position < text.size();) {
    taken += WidthOf(Next(text, position));
    if (taken > width) return absl::StrCat(text.substr(0, end), kEllipsis);
    if (taken < width) end = position;
  }
  return std::string(text);
}

std::string PadRight(absl::string_view text, size_t width) {
  return absl::StrCat(text, Blanks(DisplayWidth(text), width));
}

std::string PadLeft(absl::string_view text, size_t width) {
  return absl::StrCat(Blanks(DisplayWidth(text), width), text);
}

}  // namespace oms_connector::omsctl
