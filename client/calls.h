#ifndef OMS_CONNECTOR_CLIENT_CALLS_H_
#define OMS_CONNECTOR_CLIENT_CALLS_H_

#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace oms_connector::client {

// The calls of one RPC in a test: answers lined up for it, and the requests
// that came. Each call takes the next answer; without one it is OUT_OF_RANGE.
template <typename Request, typename Response>
struct Calls {
  std::deque<absl::StatusOr<Response>> answers;
  std::vector<Request> requests;

  absl::StatusOr<Response> Take(const Request& request) {
    requests.push_back(request);
    if (answers.empty()) return absl::OutOfRangeError("no answer left");
    absl::StatusOr<Response> answer = answers.front();
    answers.pop_front();
    return answer;
  }
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_CALLS_H_
