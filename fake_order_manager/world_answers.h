// The rows of each answer, written once and cut into pages: a pull of two
// hundred thousand rows costs the fake one pass over its world and then a copy
// per page.
//
//   PreparedRows prepared;
//   auto rows = prepared.Get(world, Endpoint::kProducts, request);
//   std::string body = rows->Page(/*first=*/0, /*count=*/100);
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_ANSWERS_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_ANSWERS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "fake_order_manager/endpoint.h"
#include "fake_order_manager/http_server.h"
#include "fake_order_manager/row_filter.h"
#include "fake_order_manager/world.h"

namespace oms_connector::testing_support {

// JSON texts of rows, in order. Immutable once built, so threads may share it.
class RowTable {
 public:
  // Calls `append` with the text to append one row to.
  template <typename Append>
  void Add(const Append& append) {
    if (!ends_.empty()) text_.push_back(',');
    append(&text_);
    ends_.push_back(text_.size());
  }

  int64_t size() const { return static_cast<int64_t>(ends_.size()); }

  // A JSON array of `count` rows from `first` (counted from 0) on; fewer at
  // the end, none beyond it.
  std::string Page(int64_t first, int64_t count) const;
  // The same where the first `gone` rows stand behind the last one.
  std::string RotatedPage(int64_t gone, int64_t first, int64_t count) const;

 private:
  std::string text_;
  std::vector<size_t> ends_;
};

// Keeps the tables of recent requests until the world changes. Not
// thread-safe; the tables it hands out are.
class PreparedRows {
 public:
  // The rows of `endpoint` that pass the request's filters, in id order. Any
  // endpoint but kOrder and kAcknowledge, which answer no list of rows.
  std::shared_ptr<const RowTable> Get(const FakeWorld& world, Endpoint endpoint,
                                      const RowRequest& request);

  // To be called whenever the world has changed.
  void Forget() { tables_.clear(); }

 private:
  void ForgetSmallTables();

  std::map<std::pair<Endpoint, std::string>, std::shared_ptr<const RowTable>>
      tables_;
};

// The shipments of one order in id order.
std::vector<const Shipment*> ShipmentsOf(const FakeWorld& world,
                                         int64_t order_id);

// ---- Acknowledge marks
// -------------------------------------------------------

// The server-side mark of inventory/acknowledge: what each account has been
// told of each sales channel's listings.

// Not thread-safe.
class AcknowledgeMarks {
 public:
  // The listings of `channels` whose number, or the time of it, is another
  // than when `account` last asked; at first every listing with a number. The
  // answer is a JSON array. Asking moves the mark, whether or not the answer
  // arrives: what it told is told.
  std::string Tell(const FakeWorld& world, const std::string& account,
                   const std::set<int64_t>& channels);

  // Everybody's next call is a first one.
  void Forget() { told_.clear(); }

 private:
  using Told = std::pair<int64_t, absl::Time>;  // Quantity, and its time.

  // By account and listing: a listing belongs to one channel.
  std::map<std::pair<std::string, int64_t>, Told> told_;
};

// ---- World answers
// -----------------------------------------------------------

// Answers the Order Manager's endpoints from a world, faultlessly: filters,
// pages, acknowledge marks, and a plain refusal of requests that make no
// sense.

// Which rows a paged answer tells instead of those asked for.
struct PageShift {
  bool first_page_always = false;
  int64_t rows_per_page = 0;  // Page p starts rows_per_page × (p−1) later.
  bool to_the_end = false;    // What was passed over so comes at the end.
};

// An answer without rows: {"message": …}.
HttpAnswer Refusal(int status, absl::string_view message);

// Thread-safe.
class WorldAnswers {
 public:
  explicit WorldAnswers(FakeWorld world);

  // Changes the world between two answers. Must not call back.
  void Mutate(absl::FunctionRef<void(FakeWorld&)> change)
      ABSL_LOCKS_EXCLUDED(mutex_);
  // The world itself, to be changed while nobody asks.
  FakeWorld& world() ABSL_LOCKS_EXCLUDED(mutex_);
  // Must not call back.
  void Inspect(absl::FunctionRef<void(const FakeWorld&)> look) const
      ABSL_LOCKS_EXCLUDED(mutex_);
  void ForgetAcknowledged() ABSL_LOCKS_EXCLUDED(mutex_);

  // 200 with a bare array (an object for a single order); 400 for parameters
  // or a body that the endpoint does not take; 404 for an order that is not
  // there. The account for acknowledge marks is the Authorization header.
  HttpAnswer Answer(const Route& route, const HttpRequest& request,
                    const PageShift& shift) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  HttpAnswer Rows(Endpoint endpoint, const HttpRequest& request,
                  const PageShift& shift) ABSL_LOCKS_EXCLUDED(mutex_);
  HttpAnswer SingleOrder(int64_t order_id) ABSL_LOCKS_EXCLUDED(mutex_);
  HttpAnswer Acknowledge(const HttpRequest& request)
      ABSL_LOCKS_EXCLUDED(mutex_);

  mutable absl::Mutex mutex_;
  FakeWorld world_ ABSL_GUARDED_BY(mutex_);
  PreparedRows prepared_ ABSL_GUARDED_BY(mutex_);
  AcknowledgeMarks marks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_WORLD_ANSWERS_H_
