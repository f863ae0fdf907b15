// Reads a paged list of the Order Manager to its end: the first empty page. The
// next page is fetched while a page is stored, so that waiting for the network
// and writing to the disk take the longer of their times, not the sum.
#ifndef OMS_CONNECTOR_DOMAIN_FEEDS_PAGE_LOOP_H_
#define OMS_CONNECTOR_DOMAIN_FEEDS_PAGE_LOOP_H_

#include <cstdint>
#include <future>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "domain/feeds/pull_session.h"
#include "model/errors.h"
#include "order_manager/order_manager.h"

namespace oms_connector::feeds {

// How soon it is worth asking a server again that ignores `page`.
inline constexpr absl::Duration kPagingRetryDelay = absl::Minutes(5);

// Calls `fetch(page)` from the `first` page on and `store(page_number, page)`
// for each page with rows. Counts pages, rows and rejected rows on the run. Two
// equal pages in a row mean that `page` is ignored, and so many pages as
// order_manager::kMaxPages that there is no end: ORDER_MANAGER_UNAVAILABLE that
// names the endpoint.
//
// `fetch` runs on a thread of its own beside `store`, one call at a time; it
// must touch nothing that `store` changes. At most two pages are held.
template <typename Row, typename Fetch, typename Store>
absl::Status ReadPages(PullSession& session, absl::string_view endpoint,
                       order_manager::PageRequest first, Fetch fetch,
                       Store store) {
  using Page = order_manager::Page<Row>;
  std::optional<uint64_t> previous;
  // Its destructor waits for the fetch to end.
  std::future<absl::StatusOr<Page>> next;
  for (int64_t number = first.page; number <= order_manager::kMaxPages;
       ++number) {
    OMS_RETURN_IF_ERROR(session.context().Check(session.Now()));
    absl::StatusOr<Page> fetched = next.valid() ? next.get() : fetch(number);
    OMS_RETURN_IF_ERROR(fetched.status());
    const Page page = *std::move(fetched);
    // The first of a list is not fetched ahead of its time.
    if (number == first.page) session.NoteServerTime(page.server_time);
    if (page.row_count == 0) return absl::OkStatus();
    if (previous == page.fingerprint) break;
    previous = page.fingerprint;
    // Most lists are of one page: their end is not worth a thread.
    if (number > first.page || page.row_count >= first.limit) {
      next = std::async(std::launch::async, fetch, number + 1);
    }
    ++session.run().counts.pages;
    session.run().counts.rows += page.row_count;
    session.AddRejected(page.rejected);
    session.AddNotes(page.notes);
    OMS_RETURN_IF_ERROR(store(number, page));
  }
  return model::OrderManagerUnavailable(
      absl::StrCat("it answers every page of ", endpoint,
                   " with the same rows, or never with an empty one, so the "
                   "end cannot be reached."),
      kPagingRetryDelay);
}

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_DOMAIN_FEEDS_PAGE_LOOP_H_
