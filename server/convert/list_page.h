// The rows of one answer of a List RPC, cut before the answer grows larger than
// clients take.
//
//   ListPage<v1::SyncRun> page(response->mutable_runs());
//   for (const model::SyncRun& run : runs) {
//     if (!page.Add(ToProto(run, connection))) break;
//   }
//   if (page.MayGoOn(runs.size(), size)) … a token behind runs[page.rows() - 1]
#ifndef OMS_CONNECTOR_SERVER_CONVERT_LIST_PAGE_H_
#define OMS_CONNECTOR_SERVER_CONVERT_LIST_PAGE_H_

#include <cstddef>
#include <utility>

#include "google/protobuf/repeated_field.h"
#include "model/size_estimate.h"

namespace oms_connector::server {

template <typename Row>
class ListPage {
 public:
  explicit ListPage(google::protobuf::RepeatedPtrField<Row>* rows)
      : rows_(rows) {}

  // False, without the row, when the page is full. The first row always fits.
  bool Add(Row row) {
    // Its tag and length are counted as well.
    constexpr size_t kFieldBytes = 8;
    cut_ = !budget_.Take(row.ByteSizeLong() + kFieldBytes);
    if (!cut_) *rows_->Add() = std::move(row);
    return !cut_;
  }

  bool is_cut() const { return cut_; }
  size_t rows() const { return static_cast<size_t>(rows_->size()); }

  // Whether there may be rows behind these, when `found` were read for a page
  // of `size`.
  bool MayGoOn(size_t found, int size) const {
    return cut_ || (found > 0 && found == static_cast<size_t>(size));
  }

 private:
  google::protobuf::RepeatedPtrField<Row>* const rows_;
  model::PageBudget budget_{model::kMaxPageBytes};
  bool cut_ = false;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_LIST_PAGE_H_
