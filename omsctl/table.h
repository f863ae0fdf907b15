#ifndef OMS_CONNECTOR_OMSCTL_TABLE_H_
#define OMS_CONNECTOR_OMSCTL_TABLE_H_

// Aligned columns under headings.
//
//   Table table({{"SKU"}, {"AVAILABLE", Column::kRight}, {"WHY"}});
//   table.Add({"NWD-TEE-NVY-S", "7", "on hand 12 − locked 5 = 7"});
//   out << table.Text();

#include <cstddef>
#include <string>
#include <vector>

namespace oms_connector::omsctl {

struct Column {
  enum Alignment { kLeft, kRight };

  std::string heading;
  Alignment alignment = kLeft;
  size_t max_width = 60;  // longer cells are shortened; 0 = never
};

class Table {
 public:
  explicit Table(std::vector<Column> columns);

  // One cell for each column. Cells are made printable.
  void Add(const std::vector<std::string>& cells);

  // Headings and rows, each line ended, no blanks at line ends, two blanks
  // between columns. Columns that are empty in every row are left out; without
  // rows there is no text at all.
  std::string Text() const;

 private:
  const std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_TABLE_H_
