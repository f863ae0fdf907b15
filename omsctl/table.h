#ifndef OMS_CONNECTOR_OMSCTL_TABLE_H_
#define OMS_CONNECTOR_OMSCTL_TABLE_H_

// Text of other people on a terminal, and aligned columns of it. Names and
// reasons come from the Order Manager and from carts; they must not be able to
// move the cursor, hide parts of a line or look like something else.
//
//   Table table({{"SKU"}, {"AVAILABLE", Column::kRight}, {"WHY"}});
//   table.Add({"NWD-TEE-NVY-S", "7", "on hand 12 − locked 5 = 7"});
//   out << table.Text();

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace oms_connector::omsctl {

// `text` with every control character, direction override and broken byte as
// U+FFFD. Line ends count as control characters.
std::string Printable(absl::string_view text);

// How many columns `text` takes: 2 for wide East Asian characters and emoji, 0
// for combining marks, 1 for the rest. `text` is printable.
size_t DisplayWidth(absl::string_view text);

// `text`, cut to `width` columns with "…" at its end where it is longer. Width
// is at least 1.
std::string Shortened(absl::string_view text, size_t width);

// `text` followed (or preceded) by blanks up to `width` columns.
std::string PadRight(absl::string_view text, size_t width);
std::string PadLeft(absl::string_view text, size_t width);

struct Column {
  enum Alignment { kLeft, kRight };

  std::string heading;
  Alignment alignment = kLeft;
  size_t max_width = 60;  // longer cells are shortened; 0 = never
};

// A column that has something in it, and how wide it is shown.
struct VisibleColumn {
  size_t index;
  size_t width;
  bool flexible;  // may be made narrower: text rather than numbers
};

class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // One cell for each column. Cells are made printable.
  void Add(const std::vector<std::string>& cells);

  // Headings and rows, each line ended, no blanks at line ends, two blanks
  // between columns. Columns that are empty in every row are left out; without
  // rows there is no text at all.
  //
  // Lines are at most `width` columns wide, 0 = as wide as they come: the last
  // column goes on below itself, and where that is not enough the widest of the
  // others are shortened.
  std::string Text(size_t width = 0) const;

 private:
  // One row, in as many lines as its last column needs.
  std::string Line(std::vector<std::string> cells,
                   const std::vector<VisibleColumn>& visible) const;

  const std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_TABLE_H_
