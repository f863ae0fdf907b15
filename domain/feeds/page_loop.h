// Reads a paged list of the Order Manager to its end: the first empty page. The
// next ones are fetched while a page is stored, so that waiting for the
// network and writing to the disk take the longer of their times, not the sum.
#ifndef OMS_CONNECTOR_DOMAIN_FEEDS_PAGE_LOOP_H_
#define OMS_CONNECTOR_DOMAIN_FEEDS_PAGE_LOOP_H_

#include <algorithm>
#include <chrono>  // NOLINT: std::future waits by it
#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <optional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "domain/feeds/pull_session.h"
#include "model/errors.h"
#include "order_manager/order_manager.h"

namespace oms_connector::feeds {

// How soon it is worth asking a server again that ignores `page`.
inline constexpr absl::Duration kPagingRetryDelay = absl::Minutes(5);
// Rows in a page of a server that takes no notice of `limit`.
inline constexpr int64_t kTheirLimit = 100;

// Calls `fetch(page request)` from `page` on and `store(page_number, page)` for
// each page with rows; a short page is not the end. Counts pages, rows,
// rejected rows and notes on the run.
//
// A page that comes again is of a server that ignores `page`, and maybe `limit`
// too: one that is shorter than either says holds all there is, after others
// there may be more. Then, and where so many pages as order_manager::kMaxPages
// have no end, ORDER_MANAGER_UNAVAILABLE that names the endpoint.
//
// `fetch` runs beside `store` and itself, too; it must touch nothing that
// `store` changes. What is held is those ahead and one page, which
// `store` may change.
// `idle` is called before a page is waited for: time for what was put off.
template <typename Row, typename Fetch, typename Store>
absl::Status ReadPages(
    PullSession& session, absl::string_view endpoint,
    order_manager::PageRequest page, Fetch fetch, Store store,
    absl::FunctionRef<absl::Status()> idle = &absl::OkStatus) {
  using Page = order_manager::Page<Row>;
  std::deque<std::future<absl::StatusOr<Page>>> ahead;
  // They use `fetch`.
  const absl::Cleanup settle = [&ahead] {
    for (const auto& each : ahead) each.wait();
  };
  std::optional<uint64_t> previous;
  const auto soon = absl::ToChronoMilliseconds(session.page_wait());
  for (const int64_t first = page.page; page.page <= order_manager::kMaxPages;
       ++page.page) {
    OMS_RETURN_IF_ERROR(session.CheckGoesOn());
    const bool there = ahead.empty() ? page.page == first
                                     : ahead.front().wait_for(soon) ==
                                           std::future_status::ready;
    if (!there) OMS_RETURN_IF_ERROR(idle());
    absl::StatusOr<Page> fetched =
        ahead.empty() ? fetch(page) : ahead.front().get();
    if (!ahead.empty()) ahead.pop_front();
    OMS_RETURN_IF_ERROR(fetched.status());
    Page rows = *std::move(fetched);
    // The first of a list is not fetched ahead of its time.
    if (page.page == first) session.NoteServerTime(rows.server_time);
    if (rows.row_count == 0) return absl::OkStatus();
    if (previous == rows.fingerprint) {
      if (rows.row_count >= std::min(page.limit, kTheirLimit)) break;
      return absl::OkStatus();
    }
    previous = rows.fingerprint;
    // A short page is the last one nearly always: what is asked for behind it
    // is the end of the list, and that of a list of one page is not worth a
    // thread.
    const bool full = rows.row_count >= page.limit;
    const size_t of_the_end = page.page > first ? 1 : 0;
    const size_t wanted = full ? session.pages_ahead()
                               : std::min(of_the_end, session.pages_ahead());
    while (ahead.size() < wanted) {
      const auto next = page.page + 1 + static_cast<int64_t>(ahead.size());
      std::packaged_task<absl::StatusOr<Page>()> task(
          [&fetch, request = order_manager::PageRequest{next, page.limit}] {
            return fetch(request);
          });
      std::future<absl::StatusOr<Page>> fetched_ahead = task.get_future();
      if (!session.RunBeside(std::move(task))) break;
      ahead.push_back(std::move(fetched_ahead));
    }
    ++session.run().counts.pages;
    session.run().counts.rows += rows.row_count;
    session.AddRejected(rows.rejected);
    session.AddNotes(rows.notes);
    OMS_RETURN_IF_ERROR(store(page.page, rows));
  }
  return model::OrderManagerUnavailable(
      absl::StrCat("it answers every page of ", endpoint,
                   " with the same rows, or never with an empty one, so the "
                   "end cannot be reached."),
      kPagingRetryDelay);
}

}  // namespace oms_connector::feeds

#endif  // OMS_CONNECTOR_DOMAIN_FEEDS_PAGE_LOOP_H_
