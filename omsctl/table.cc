#include "omsctl/table.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "omsctl/terminal_text.h"

namespace oms_connector::omsctl {
namespace {

constexpr char kBetween[] = "  ";

std::string Cell(const Column& column, const std::string& text) {
  const std::string printable = Printable(text);
  return column.max_width == 0 ? printable
                               : Shortened(printable, column.max_width);
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

std::string Table::Text() const {
  if (rows_.empty()) return "";
  std::vector<std::string> lines(rows_.size() + 1);
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = 0;  // 0 = nothing in this column
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[i]));
    if (width == 0) continue;
    width = std::max(width, DisplayWidth(columns_[i].heading));
    const auto append = [&](std::string& line, const std::string& text) {
      absl::StrAppend(&line, line.empty() ? "" : kBetween,
                      Aligned(columns_[i], text, width));
    };
    append(lines[0], columns_[i].heading);
    for (size_t r = 0; r < rows_.size(); ++r) append(lines[r + 1], rows_[r][i]);
  }
  std::string text;
  for (std::string& line : lines) {
    absl::StripTrailingAsciiWhitespace(&line);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

}  // namespace oms_connector::omsctl
