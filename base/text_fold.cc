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

// Nothing to clean, and no digit but the plain ones.
bool IsPlain(absl::string_view text) {
  if (text.empty()) return true;
  if (text.front() == ' ' || text.back() == ' ') return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7F; });
}

// A blank by its picture, though not by its Unicode property.
constexpr UChar32 kBrailleBlank = 0x2800;

bool IsBlank(UChar32 character) {
  return u_isUWhiteSpace(character) || character == kBrailleBlank;
}

bool IsInvisible(UChar32 character) {
  const int8_t type = u_charType(character);
  return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR ||
         u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

constexpr UChar32 kFirstFullWidth = 0xFF01;  // stands for '!'
constexpr UChar32 kLastFullWidth = 0xFF5E;   // stands for '~'

UChar32 Narrow(UChar32 character) {
  if (character >= kFirstFullWidth && character <= kLastFullWidth) {
    return character - kFirstFullWidth + '!';
  }
  const int32_t digit = u_charDigitValue(character);
  return digit >= 0 ? '0' + digit : character;
}

std::string Clean(absl::string_view text, bool narrow) {
  if (IsPlain(text) || text.size() > kLongestText) return std::string(text);
  std::string clean;
  bool blank = false;  // blanks were met that nothing has followed yet
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < size;) {
    const int32_t begin = at;
    UChar32 character = 0;
    U8_NEXT(text.data(), at, size, character);
    if (character >= 0 && IsBlank(character)) {
      if (!clean.empty()) clean.push_back(' ');
      blank = true;
      continue;
    }
    if (character >= 0 && IsInvisible(character)) continue;
    blank = false;
    const UChar32 narrowed =
        narrow && character >= 0x80 ? Narrow(character) : character;
    if (narrowed != character) {
      clean.push_back(static_cast<char>(narrowed));
    } else {
      clean.append(text.data() + begin, at - begin);
    }
  }
  if (blank) clean.resize(clean.find_last_not_of(' ') + 1);
  return clean;
}

}  // namespace

std::string CleanText(absl::string_view text) { return Clean(text, false); }
std::string CleanNumber(absl::string_view text) { return Clean(text, true); }

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
