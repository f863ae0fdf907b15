#include "base/text_fold.h"

#include <unicode/bytestream.h>
#include <unicode/casemap.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unicode/utypes.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"

namespace oms_connector::base {
namespace {

// ICU counts bytes in 32 bits.
constexpr auto kLongestText = std::numeric_limits<int32_t>::max();

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isascii(static_cast<unsigned char>(c));
  });
}

}  // namespace

std::string FoldCase(absl::string_view text) {
  if (IsAscii(text) || !IsValidUtf8(text)) return absl::AsciiStrToLower(text);
  std::string folded;
  icu::StringByteSink<std::string> sink(&folded,
                                        static_cast<int32_t>(text.size()));
  UErrorCode error = U_ZERO_ERROR;
  icu::CaseMap::utf8Fold(
      U_FOLD_CASE_DEFAULT,
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink,
      nullptr, error);
  return U_SUCCESS(error) ? folded : absl::AsciiStrToLower(text);
}

absl::string_view Trim(absl::string_view text) {
  return absl::StripAsciiWhitespace(text);
}

bool IsValidUtf8(absl::string_view text) {
  if (text.size() > kLongestText) return false;
  const auto size = static_cast<int32_t>(text.size());
  int32_t position = 0;
  while (position < size) {
    UChar32 character = 0;
    U8_NEXT(text.data(), position, size, character);
    if (character < 0) return false;
  }
  return true;
}

}  // namespace oms_connector::base
