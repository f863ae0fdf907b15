// JSON for tests of the readers.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_JSON_FOR_TESTS_H_
#define OMS_CONNECTOR_ORDER_MANAGER_JSON_FOR_TESTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "model/sync_run.h"
#include "order_manager/json_rows.h"

namespace oms_connector::order_manager {

// What `read` makes of `text`. Ends the test's process where it is garbled.
template <typename Answer, typename... Parameters, typename... Arguments>
Answer ReadForTest(absl::StatusOr<Answer> (*read)(JsonRows&, std::string*,
                                                  Parameters...),
                   std::string text, Arguments... arguments) {
  JsonRows reader;
  return read(reader, &text, arguments...).value();
}

// "productstocks/total page 2, productId 10: onHandQuantity is missing".
inline std::vector<std::string> Shown(
    const std::vector<model::RejectedRow>& rejected) {
  std::vector<std::string> shown;
  for (const model::RejectedRow& row : rejected) {
    shown.push_back(absl::StrCat(row.endpoint, " page ", row.page, ", ",
                                 row.identifier, ": ", row.reason));
  }
  return shown;
}

inline std::vector<std::string> Shown(
    const std::vector<model::RowNote>& notes) {
  std::vector<std::string> shown;
  for (const model::RowNote& note : notes) {
    shown.push_back(absl::StrCat(note.endpoint, " page ", note.page, ", ",
                                 note.identifier, ": ", note.text));
  }
  return shown;
}

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_JSON_FOR_TESTS_H_
