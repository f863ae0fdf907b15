// Pages of the List RPCs (AIP-158). A page token says where to go on and for
// which list, so that it cannot be taken to another one; page sizes may change
// between pages.
//
//   const ListPosition from = ReadListPosition(call.rpc(), *request, read);
//   ...
//   response->set_next_page_token(EncodePageToken(from.list, last.run_id));
#ifndef OMS_CONNECTOR_SERVER_CONVERT_PAGE_TOKEN_H_
#define OMS_CONNECTOR_SERVER_CONVERT_PAGE_TOKEN_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "server/convert/request_reader.h"

namespace oms_connector::server {

inline constexpr int kDefaultPageSize = 100;
// Rows that are large end a page earlier; see list_page.h.
inline constexpr int kMaxPageSize = 1000;
inline constexpr int kDefaultMaxResults = 1000;
inline constexpr int kMaxMaxResults = 5000;

// What `page_size` asks for: 0 is the default, more than the cap is the cap.
// INVALID_REQUEST when negative.
absl::StatusOr<int> PageSize(int32_t page_size);

// The same for the `max_results` of the two feeds.
absl::StatusOr<int> MaxResults(int32_t max_results);

// A name for the list that `request` asks for: the RPC and all fields but
// `page_size` and `page_token`.
std::string ListIdentity(absl::string_view rpc,
                         const google::protobuf::Message& request);

// A token with which the list `list` goes on after `position`, which is the
// caller's own text.
std::string EncodePageToken(absl::string_view list, absl::string_view position);

// The position; empty for the empty token. INVALID_REQUEST naming `page_token`
// for any other text than EncodePageToken made for this list.
absl::StatusOr<std::string> DecodePageToken(absl::string_view list,
                                            absl::string_view token);

// Where and how far a request wants to read a list.
struct ListPosition {
  std::string list;   // ListIdentity
  int size = 0;       // of the page
  std::string after;  // the position in its token; empty = from the front

  // Of lists whose positions are numbers; 0 from the front.
  int64_t AfterNumber(RequestReader& read) const;
};
template <typename Request>
ListPosition ReadListPosition(absl::string_view rpc, const Request& request,
                              RequestReader& read) {
  ListPosition position;
  position.list = ListIdentity(rpc, request);
  position.size = read.Value(PageSize(request.page_size()));
  position.after =
      read.Value(DecodePageToken(position.list, request.page_token()));
  return position;
}

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_PAGE_TOKEN_H_
