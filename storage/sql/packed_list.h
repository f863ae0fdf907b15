// Lists within one text column, for lists that are only ever read and written
// whole with their row. Plain enough to be read in a database shell.
//
//   integers  "3,5,8"
//   texts     "red\nblue\n"             each item ends with a newline
//   rows      "a\tb\t\nc\td\t\n"        each field ends with a tab
//
// Within an item, backslash, newline, tab and NUL are written \\ \n \t \0, so
// any bytes survive. The empty list is the empty text.
#ifndef OMS_CONNECTOR_STORAGE_SQL_PACKED_LIST_H_
#define OMS_CONNECTOR_STORAGE_SQL_PACKED_LIST_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace oms_connector::storage {

// Each Unpack gives back what its Pack was given. A text that no Pack made is
// read as far as it can be; nothing fails.
std::string PackInts(const std::vector<int64_t>& values);
std::vector<int64_t> UnpackInts(absl::string_view packed);

std::string PackTexts(const std::vector<std::string>& texts);
std::vector<std::string> UnpackTexts(absl::string_view packed);

// Rows of fields. `UnpackRows` gives every row exactly `fields` fields: missing
// ones are empty, further ones are dropped, so a reader may index without a
// look.
std::string PackRows(const std::vector<std::vector<std::string>>& rows);
std::vector<std::vector<std::string>> UnpackRows(absl::string_view packed,
                                                 size_t fields);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_PACKED_LIST_H_
