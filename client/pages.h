#ifndef OMS_CONNECTOR_CLIENT_PAGES_H_
#define OMS_CONNECTOR_CLIENT_PAGES_H_

// Feeds and lists as ranges to loop over, page by page or entry by entry. Each
// step gives a StatusOr; an error is the last thing a loop is given.
//
//   for (const absl::StatusOr<v1::Shipment>& shipment : client.Shipments(r)) {
//     if (!shipment.ok()) return shipment.status();
//     …
//   }

#include <google/protobuf/repeated_field.h>

#include <cstddef>
#include <functional>
#include <iterator>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace oms_connector::client {

// An input iterator over a `Range` that has `bool Next()`, which is false at
// the end, and `Current()`.
template <typename Range>
class RangeIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = typename Range::value_type;
  using difference_type = std::ptrdiff_t;
  using pointer = const value_type*;
  using reference = const value_type&;

  RangeIterator() = default;  // the end
  explicit RangeIterator(Range* range) : range_(range) { ++*this; }

  reference operator*() const { return range_->Current(); }
  pointer operator->() const { return &range_->Current(); }
  RangeIterator& operator++() {
    if (!range_->Next()) range_ = nullptr;
    return *this;
  }

  friend bool operator==(const RangeIterator& a, const RangeIterator& b) {
    return a.range_ == b.range_;
  }
  friend bool operator!=(const RangeIterator& a, const RangeIterator& b) {
    return !(a == b);
  }

 private:
  Range* range_ = nullptr;
};

// Pages, each asked for when the loop comes to it. For one loop of one thread.
template <typename Response>
class PageRange {
 public:
  using value_type = absl::StatusOr<Response>;
  using iterator = RangeIterator<PageRange>;

  // Puts the next page, or the error that ends it all, into its argument; false
  // where there is none.
  using Fetch = std::function<bool(value_type&)>;

  explicit PageRange(Fetch fetch) : fetch_(std::move(fetch)) {}

  iterator begin() { return iterator(this); }
  iterator end() { return {}; }

  bool Next() { return fetch_(page_); }
  const value_type& Current() const { return page_; }

 private:
  Fetch fetch_;
  value_type page_{Response()};
};

// The entries of pages, one after the other. For one loop of one thread.
template <typename Response, typename Item>
class ItemRange {
 public:
  using value_type = absl::StatusOr<Item>;
  using iterator = RangeIterator<ItemRange>;
  using Items =
      const google::protobuf::RepeatedPtrField<Item>& (Response::*)() const;
  using Cursor = const std::string& (Response::*)() const;

  // `items` and `cursor` are the fields of a page, `start` is where it begins.
  ItemRange(PageRange<Response> pages, Items items, Cursor cursor,
            std::string start)
      : pages_(std::move(pages)),
        items_(items),
        next_cursor_(cursor),
        cursor_(std::move(start)) {}

  iterator begin() { return iterator(this); }
  iterator end() { return {}; }

  // Where to go on another time: behind the last page whose entries the loop
  // has all gone past. Store it, and entries after it come again after a crash,
  // none is lost.
  const std::string& cursor() const { return cursor_; }

  // The page that was read last; an empty one before the first.
  const Response& page() const { return page_; }

  bool Next() {
    if (failed_) return false;
    while (index_ == (page_.*items_)().size()) {
      if (started_) cursor_ = (page_.*next_cursor_)();
      if (!pages_.Next()) return false;
      if (!pages_.Current().ok()) {
        failed_ = true;
        item_ = pages_.Current().status();
        return true;
      }
      page_ = *pages_.Current();
      started_ = true;
      index_ = 0;
    }
    item_ = (page_.*items_)()[index_++];
    return true;
  }
  const value_type& Current() const { return item_; }

 private:
  PageRange<Response> pages_;
  const Items items_;
  const Cursor next_cursor_;
  std::string cursor_;
  Response page_;
  bool started_ = false;
  bool failed_ = false;
  int index_ = 0;
  value_type item_{Item()};
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_PAGES_H_
