#include "fake_order_manager/http_client.h"

#include <httplib.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace oms_connector::testing_support {
namespace {

httplib::Request ToRequest(const HttpCall& call, HttpReply& reply) {
  httplib::Request request;
  request.method = call.method;
  request.path = call.target;
  request.body = call.body;
  request.set_header("Host", "127.0.0.1");
  request.set_header("Connection", "close");
  request.set_header("Content-Type", "application/json");
  request.set_header("Accept-Encoding", call.accept_gzip ? "gzip" : "identity");
  if (!call.token.empty()) {
    request.set_header("Authorization", absl::StrCat("Bearer ", call.token));
  }
  request.response_handler = [&reply](const httplib::Response& response) {
    reply.status = response.status;
    for (const auto& [name, value] : response.headers) {
      reply.headers[absl::AsciiStrToLower(name)] = value;
    }
    return true;
  };
  request.content_receiver = [&reply, &call](const char* bytes, size_t size,
                                             uint64_t, uint64_t) {
    reply.body.append(bytes, size);
    return static_cast<int64_t>(reply.body.size()) < call.max_body_bytes;
  };
  return request;
}

}  // namespace

HttpReply Send(int port, const HttpCall& call) {
  httplib::Client client("127.0.0.1", port);
  const timeval timeout = absl::ToTimeval(call.timeout);
  client.set_read_timeout(timeout.tv_sec, timeout.tv_usec);
  client.set_decompress(false);
  client.set_url_encode(false);
  client.set_keep_alive(false);
  HttpReply reply;
  const httplib::Result result = client.send(ToRequest(call, reply));
  reply.complete = static_cast<bool>(result);
  return reply;
}

HttpReply Get(int port, const std::string& target) {
  HttpCall call;
  call.target = target;
  return Send(port, call);
}

}  // namespace oms_connector::testing_support
