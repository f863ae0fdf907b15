#include "order_manager/json_repair.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/text_fold.h"

namespace oms_connector::order_manager {
namespace {

constexpr absl::string_view kStructure = "{}[]:,\" \t\r\n";
constexpr absl::string_view kSimpleEscapes = "\"\\/bfnrt";
// `\uXXXX`.
constexpr size_t kUnicodeEscapeSize = 6;

bool IsNumberLike(absl::string_view token) {
  absl::string_view name = token;
  if (!absl::ConsumePrefix(&name, "-")) absl::ConsumePrefix(&name, "+");
  if (name == "NaN" || name == "Infinity") return true;
  return token.find_first_of("0123456789") != absl::string_view::npos &&
         token.find_first_not_of("0123456789+-.eE") == absl::string_view::npos;
}

// How many bytes the character at the front takes; 0 if there is none.
size_t CharacterSize(absl::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  const size_t size = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return size <= text.size() && base::IsValidUtf8(text.substr(0, size)) ? size
                                                                        : 0;
}

// The code unit of a `\uXXXX` at the front; -1 where there is none.
int32_t UnicodeEscape(absl::string_view text) {
  if (text.size() < kUnicodeEscapeSize || text.substr(0, 2) != "\\u") return -1;
  int32_t unit = 0;
  for (const unsigned char c : text.substr(2, 4)) {
    if (!absl::ascii_isxdigit(c)) return -1;
    unit =
        unit * 16 +
        (absl::ascii_isdigit(c) ? c - '0' : absl::ascii_tolower(c) - 'a' + 10);
  }
  return unit;
}

bool IsHighSurrogate(int32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool IsLowSurrogate(int32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

// How many bytes the escape at the front takes; 0 if it means no character.
size_t EscapeSize(absl::string_view text) {
  const int32_t unit = UnicodeEscape(text);
  if (IsHighSurrogate(unit)) {
    const int32_t next = UnicodeEscape(text.substr(kUnicodeEscapeSize));
    return IsLowSurrogate(next) ? 2 * kUnicodeEscapeSize : 0;
  }
  if (unit >= 0) return IsLowSurrogate(unit) ? 0 : kUnicodeEscapeSize;
  return text.size() > 1 && kSimpleEscapes.find(text[1]) != text.npos ? 2 : 0;
}

// Copies the rest of a string, whose opening quote is behind us, up to and
// with its closing quote. Returns how much of `text` that was.
size_t RepairString(absl::string_view text, std::string* out) {
  size_t at = 0;
  while (at < text.size() && text[at] != '"') {
    const absl::string_view rest = text.substr(at);
    const bool escape = rest[0] == '\\';
    const bool control = static_cast<unsigned char>(rest[0]) < 0x20;
    const size_t size = escape    ? EscapeSize(rest)
                        : control ? 0
                                  : CharacterSize(rest);
    if (size > 0) {
      absl::StrAppend(out, rest.substr(0, size));
      at += size;
    } else {
      absl::StrAppend(out, kReplacementCharacter);
      // The whole of half a pair, else the one byte that was wrong.
      at += UnicodeEscape(rest) >= 0 ? kUnicodeEscapeSize : 1;
    }
  }
  if (at == text.size()) return at;
  out->push_back('"');
  return at + 1;
}

}  // namespace

std::string RepairJson(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    if (text[0] == '"') {
      out.push_back('"');
      text.remove_prefix(1);
      text.remove_prefix(RepairString(text, &out));
    } else if (kStructure.find(text[0]) != kStructure.npos) {
      out.push_back(text[0]);
      text.remove_prefix(1);
    } else {
      const absl::string_view token =
          text.substr(0, text.find_first_of(kStructure));
      const absl::string_view quote = IsNumberLike(token) ? "\"" : "";
      absl::StrAppend(&out, quote, token, quote);
      text.remove_prefix(token.size());
    }
  }
  return out;
}

}  // namespace oms_connector::order_manager
