#ifndef OMS_CONNECTOR_OMSCTL_PAGE_READER_H_
#define OMS_CONNECTOR_OMSCTL_PAGE_READER_H_

#include <google/protobuf/repeated_field.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"

namespace oms_connector::omsctl {

// The most that the server puts on one page of a list.
inline constexpr int32_t kLongestPage = 1000;

// Reads a list up to `limit` entries and returns them as one answer, with the
// token of what is left. `call` is the RPC, `rows` its repeated field.
template <typename Request, typename Response, typename Call, typename Row>
absl::StatusOr<Response> ReadPages(
    Request request, int32_t limit, Call call,
    const google::protobuf::RepeatedPtrField<Row>& (Response::*rows)() const) {
  Response all;
  do {
    request.set_page_size(std::min(limit - (all.*rows)().size(), kLongestPage));
    request.set_page_token(all.next_page_token());
    OMS_ASSIGN_OR_RETURN(const Response page, call(request));
    all.MergeFrom(page);
    all.set_next_page_token(page.next_page_token());
  } while (!all.next_page_token().empty() && (all.*rows)().size() < limit);
  return all;
}

// What is said below a list that has more rows than were asked for.
inline std::string MoreText(absl::string_view next_page_token, int32_t limit) {
  if (next_page_token.empty()) return "";
  return absl::StrCat("There are more than these ", limit,
                      "; --limit shows more.\n");
}

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_PAGE_READER_H_
