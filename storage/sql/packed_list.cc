#include "storage/sql/packed_list.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace oms_connector::storage {
namespace {

void AppendEscaped(absl::string_view text, std::string* out) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out->append("\\\\");
        break;
      case '\n':
        out->append("\\n");
        break;
      case '\t':
        out->append("\\t");
        break;
      case '\0':
        out->append("\\0");
        break;
      default:
        out->push_back(c);
    }
  }
}

char Unescaped(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case '0':
      return '\0';
    default:
      return c;
  }
}

std::string Unescape(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size();
    out.push_back(escape ? Unescaped(text[++i]) : text[i]);
  }
  return out;
}

// The items of `packed`, each of which `end` ends; still escaped.
std::vector<absl::string_view> Items(absl::string_view packed, char end) {
  std::vector<absl::string_view> items = absl::StrSplit(packed, end);
  if (items.back().empty()) items.pop_back();
  return items;
}

}  // namespace

std::string PackInts(const std::vector<int64_t>& values) {
  return absl::StrJoin(values, ",");
}

std::vector<int64_t> UnpackInts(absl::string_view packed) {
  std::vector<int64_t> values;
  for (absl::string_view item :
       absl::StrSplit(packed, ',', absl::SkipEmpty())) {
    int64_t value = 0;
    if (absl::SimpleAtoi(item, &value)) values.push_back(value);
  }
  return values;
}

std::string PackTexts(const std::vector<std::string>& texts) {
  std::string packed;
  for (const std::string& text : texts) {
    AppendEscaped(text, &packed);
    packed.push_back('\n');
  }
  return packed;
}

std::vector<std::string> UnpackTexts(absl::string_view packed) {
  std::vector<std::string> texts;
  for (absl::string_view item : Items(packed, '\n')) {
    texts.push_back(Unescape(item));
  }
  return texts;
}

std::string PackRows(const std::vector<std::vector<std::string>>& rows) {
  std::string packed;
  for (const std::vector<std::string>& row : rows) {
    for (const std::string& field : row) {
      AppendEscaped(field, &packed);
      packed.push_back('\t');
    }
    packed.push_back('\n');
  }
  return packed;
}

std::vector<std::vector<std::string>> UnpackRows(absl::string_view packed,
                                                 size_t fields) {
  std::vector<std::vector<std::string>> rows;
  for (absl::string_view row : Items(packed, '\n')) {
    std::vector<std::string> unpacked;
    for (absl::string_view field : Items(row, '\t')) {
      unpacked.push_back(Unescape(field));
    }
    unpacked.resize(fields);
    rows.push_back(std::move(unpacked));
  }
  return rows;
}

}  // namespace oms_connector::storage
