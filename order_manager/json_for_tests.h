// Sound JSON for tests of the readers.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_JSON_FOR_TESTS_H_
#define OMS_CONNECTOR_ORDER_MANAGER_JSON_FOR_TESTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "model/sync_run.h"
#include "order_manager/json_document.h"

namespace oms_connector::order_manager {

// Ends the test's process where `text` is no JSON.
inline JsonDocument ParseForTest(std::string text) {
  return *JsonDocument::Parse(std::move(text));
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

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_JSON_FOR_TESTS_H_
