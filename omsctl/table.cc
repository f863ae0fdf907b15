#include "omsctl/table.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
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

namespace {

constexpr char kBetween[] = "  ";

// What a column that is cut keeps: enough to recognise a number or a name, and
// enough for sentences to be read in the last one.
constexpr size_t kLeast = 10;
constexpr size_t kLeastOfLast = 24;

size_t TotalWidth(const std::vector<VisibleColumn>& columns) {
  size_t total = 2 * (columns.size() - 1);
  for (const VisibleColumn& column : columns) total += column.width;
  return total;
}

// Takes from the last column what it can spare, then from whichever is widest.
void Fit(size_t width, std::vector<VisibleColumn>& columns) {
  const auto shrink = [&](VisibleColumn& column, size_t least) {
    const size_t total = TotalWidth(columns);
    if (total <= width || column.width <= least || !column.flexible) return;
    column.width =
        std::max(least, column.width - std::min(column.width, total - width));
  };
  shrink(columns.back(), kLeastOfLast);
  while (TotalWidth(columns) > width) {
    VisibleColumn* widest = nullptr;
    for (VisibleColumn& column : columns) {
      if (column.flexible && column.width > kLeast &&
          (widest == nullptr || column.width > widest->width)) {
        widest = &column;
      }
    }
    if (widest == nullptr) return;
    --widest->width;
  }
}

std::string Cell(const Column& column, const std::string& text) {
  const std::string printable = Printable(text);
  return column.max_width == 0 ? printable
                               : Shortened(printable, column.max_width);
}

// Cuts `text` to its first line of at most `width` columns, between words where
// there are any, and returns the rest.
std::string CutLine(std::string& text, size_t width) {
  if (DisplayWidth(text) <= width) return "";
  size_t end = 0;       // of the last word that fits
  size_t position = 0;  // behind the last character that fits
  size_t taken = 0;
  while (position < text.size()) {
    const size_t start = position;
    taken += WidthOf(Next(text, position));
    if (taken > width) {
      position = start;
      break;
    }
    if (text[start] == ' ' && start > 0) end = start;
  }
  if (text[position] == ' ') end = position;
  const size_t cut = end > 0 ? end : position;
  std::string rest(
      absl::StripLeadingAsciiWhitespace(absl::string_view(text).substr(cut)));
  text.resize(cut);
  return rest;
}

std::string Aligned(const Column& column, const std::string& text,
                    size_t width) {
  return column.alignment == Column::kRight ? PadLeft(text, width)
                                            : PadRight(text, width);
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::Add(const std::vector<std::string>& cells) {
  std::vector<std::string>& row = rows_.emplace_back();
  for (size_t i = 0; i < columns_.size(); ++i) {
    row.push_back(i < cells.size() ? Cell(columns_[i], cells[i]) : "");
  }
}

std::string Table::Text(size_t width) const {
  if (rows_.empty()) return "";
  std::vector<VisibleColumn> visible;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t widest = 0;  // 0 = nothing in this column
    for (const auto& row : rows_) {
      widest = std::max(widest, DisplayWidth(row[i]));
    }
    if (widest == 0) continue;
    visible.push_back({i, std::max(widest, DisplayWidth(columns_[i].heading)),
                       columns_[i].alignment == Column::kLeft});
  }
  if (width > 0 && !visible.empty()) Fit(width, visible);

  std::vector<std::string> headings;
  for (const Column& column : columns_) headings.push_back(column.heading);
  std::string text = Line(headings, visible);
  for (const auto& row : rows_) absl::StrAppend(&text, Line(row, visible));
  return text;
}

std::string Table::Line(std::vector<std::string> cells,
                        const std::vector<VisibleColumn>& visible) const {
  std::string text;
  while (true) {
    std::string line;
    std::string below;  // what of the last column is still to come
    for (size_t n = 0; n < visible.size(); ++n) {
      const VisibleColumn& column = visible[n];
      std::string& cell = cells[column.index];
      const bool last = n + 1 == visible.size();
      if (last && column.flexible) below = CutLine(cell, column.width);
      absl::StrAppend(&line, n == 0 ? "" : kBetween,
                      Aligned(columns_[column.index],
                              Shortened(cell, column.width), column.width));
      cell.clear();
    }
    absl::StripTrailingAsciiWhitespace(&line);
    absl::StrAppend(&text, line, "\n");
    if (below.empty()) return text;
    cells[visible.back().index] = std::move(below);
  }
}

}  // namespace oms_connector::omsctl
