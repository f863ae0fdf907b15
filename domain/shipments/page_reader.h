// Reads a paged list to its end.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_PAGE_READER_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_PAGE_READER_H_

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "order_manager/order_manager.h"

namespace oms_connector::shipments {

// Reads from `page` on and hands each page to `keep`, with its number, until
// the first empty one: a short page is not the end. A server that ignores the
// page's number gives the same rows again: UNAVAILABLE if they fill a page, as
// there may be more; otherwise they were all. `list` is named in that error.
template <typename Row>
absl::Status ReadPages(
    absl::string_view list, int64_t page,
    absl::FunctionRef<
        absl::StatusOr<order_manager::Page<Row>>(order_manager::PageRequest)>
        read,
    absl::FunctionRef<absl::Status(int64_t, const order_manager::Page<Row>&)>
        keep) {
  order_manager::PageRequest request;
  std::optional<uint64_t> last;
  for (request.page = page;; ++request.page) {
    OMS_ASSIGN_OR_RETURN(const order_manager::Page<Row> rows, read(request));
    if (rows.row_count == 0) return absl::OkStatus();
    if (last == rows.fingerprint) {
      if (rows.row_count < request.limit) return absl::OkStatus();
      return absl::UnavailableError(
          absl::StrCat("the Order Manager answers page ", request.page, " of ",
                       list, " with the page before"));
    }
    last = rows.fingerprint;
    OMS_RETURN_IF_ERROR(keep(request.page, rows));
  }
}

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_PAGE_READER_H_
