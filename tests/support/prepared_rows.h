// The rows of each answer, written once and cut into pages: a pull of two
// hundred thousand rows costs the fake one pass over its world and then a copy
// per page.
//
//   PreparedRows prepared;
//   auto rows = prepared.Get(world, Endpoint::kProducts, request);
//   std::string body = rows->Page(/*first=*/0, /*count=*/100);
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_PREPARED_ROWS_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_PREPARED_ROWS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/endpoint.h"
#include "tests/support/fake_world.h"
#include "tests/support/row_filter.h"

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

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_PREPARED_ROWS_H_
