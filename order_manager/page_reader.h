// From a JSON answer to the rows of one page, each read by itself: a row that
// cannot be read is set aside with its reason, the others go on.
//
//   return ReadPage<model::Warehouse>(document, {"warehouses", 0,
//                                     {"warehouseId", "name"}},
//                                     &ReadWarehouse);
#ifndef OMS_CONNECTOR_ORDER_MANAGER_PAGE_READER_H_
#define OMS_CONNECTOR_ORDER_MANAGER_PAGE_READER_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "model/sync_run.h"
#include "order_manager/json_document.h"
#include "order_manager/order_manager.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {

// Where rows come from, and what tells them apart, for RejectedRow.
struct PageSource {
  absl::string_view endpoint;  // "productstocks/total"
  int64_t page = 0;            // 0 where it is not paged
  // Fields that may name a row, dots for objects within: "product.masterSku".
  std::vector<absl::string_view> names;
};

// What of `row` says which one it is, "productId 10, masterSku TEE"; empty
// where nothing does. At most some 200 bytes, printable.
std::string IdentifyRow(const JsonValue& row,
                        const std::vector<absl::string_view>& names);

// Reads the array that `document` is. `read` reports what is wrong with a row
// through its fields, and what it returns then is dropped. The fingerprint is
// left to the caller, who has the text.
template <typename Row>
Page<Row> ReadPage(const JsonDocument& document, const PageSource& source,
                   absl::FunctionRef<Row(const RowFields&)> read) {
  Page<Row> page;
  for (const JsonValue& value : document.root().items()) {
    std::string problem;
    // A null is no row either; RowFields would take it for an empty one.
    if (value.is_null()) problem = "the row is null";
    Row row = read(RowFields(value, document.repaired(), &problem));
    ++page.row_count;
    if (problem.empty()) {
      page.rows.push_back(std::move(row));
    } else {
      page.rejected.push_back({std::string(source.endpoint), source.page,
                               IdentifyRow(value, source.names),
                               std::move(problem)});
    }
  }
  return page;
}

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_PAGE_READER_H_
