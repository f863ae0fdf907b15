// Reads a paged list to its end.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_PAGE_READER_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_PAGE_READER_H_

#include <cstdint>
#include <future>
#include <optional>
#include <utility>

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
//
// The next page is read on a thread of its own while the last one is kept, one
// at a time: `read` must touch nothing that `keep` changes.
template <typename Row>
absl::Status ReadPages(
    absl::string_view list, int64_t page,
    absl::FunctionRef<
        absl::StatusOr<order_manager::Page<Row>>(order_manager::PageRequest)>
        read,
    absl::FunctionRef<absl::Status(int64_t, const order_manager::Page<Row>&)>
        keep) {
  using Page = order_manager::Page<Row>;
  order_manager::PageRequest request;
  request.page = page;
  std::optional<uint64_t> last;
  absl::StatusOr<Page> fetched = read(request);
  for (;;) {
    OMS_RETURN_IF_ERROR(fetched.status());
    const Page rows = *std::move(fetched);
    if (rows.row_count == 0) return absl::OkStatus();
    if (last == rows.fingerprint) {
      if (rows.row_count < request.limit) return absl::OkStatus();
      return absl::UnavailableError(
          absl::StrCat("the Order Manager answers page ", request.page, " of ",
                       list, " with the page before"));
    }
    last = rows.fingerprint;
    const int64_t number = request.page++;
    // Its destructor waits for the answer, so `read` does not outlive us.
    std::future<absl::StatusOr<Page>> next =
        std::async(std::launch::async, read, request);
    OMS_RETURN_IF_ERROR(keep(number, rows));
    fetched = next.get();
  }
}

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_PAGE_READER_H_
