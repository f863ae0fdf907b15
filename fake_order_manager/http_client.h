// One HTTP request to a server on this machine, for tests that look at answers
// as they come, broken ones included.
//
//   HttpCall call;
//   call.target = "/v1/warehouses";
//   call.token = "secret-token";
//   HttpReply reply = Send(fake->port(), call);
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_HTTP_CLIENT_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_HTTP_CLIENT_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/time/time.h"

namespace oms_connector::testing_support {

struct HttpCall {
  std::string method = "GET";
  std::string target = "/";  // Path and query, percent-encoded.
  std::string body;          // Sent as JSON.
  std::string token;         // Bearer; empty = none.
  absl::Duration timeout = absl::Seconds(30);  // For any one read.
  bool accept_gzip = false;            // Asks for it; the body is not inflated.
  int64_t max_body_bytes = INT64_MAX;  // Hangs up once it has so many.
};

struct HttpReply {
  int status = 0;  // 0 = no answer at all.
  // Names in lower case.
  std::map<std::string, std::string> headers;
  std::string body;       // As far as it came.
  bool complete = false;  // It came whole.
};

// Never follows a redirect, never tries again. One connection a call.
HttpReply Send(int port, const HttpCall& call);

// GET without ceremony.
HttpReply Get(int port, const std::string& target);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_HTTP_CLIENT_H_
