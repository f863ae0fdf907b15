// An HttpTransport for tests that answers as it is told and remembers what it
// was asked.
//
//   FakeTransport transport;
//   transport.Say(Status(503)).Say(Body("[]"));
#ifndef OMS_CONNECTOR_ORDER_MANAGER_FAKE_TRANSPORT_H_
#define OMS_CONNECTOR_ORDER_MANAGER_FAKE_TRANSPORT_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "base/call_context.h"
#include "order_manager/http_transport.h"

namespace oms_connector::order_manager {

inline HttpResult Answered(int status, std::string body) {
  HttpResult result;
  result.requests_sent = 1;
  result.response.status = status;
  result.response.body = std::move(body);
  return result;
}
inline HttpResult Status(int status) { return Answered(status, "{}"); }
inline HttpResult Body(std::string body) {
  return Answered(200, std::move(body));
}
// A 429 with this header; empty = none.
inline HttpResult TooMany(std::string retry_after_ms) {
  HttpResult result = Status(429);
  if (!retry_after_ms.empty()) {
    result.response.headers["x-skubana-quota-retryafter"] =
        std::move(retry_after_ms);
  }
  return result;
}
inline HttpResult Failed(absl::Status status, int requests_sent) {
  HttpResult result;
  result.status = std::move(status);
  result.requests_sent = requests_sent;
  return result;
}

// Not thread-safe.
class FakeTransport final : public HttpTransport {
 public:
  // The next answer; the last one is given again and again.
  FakeTransport& Say(HttpResult result) {
    results_.push_back(std::move(result));
    return *this;
  }

  // Called at each Send, before it answers.
  void OnSend(std::function<void()> callback) {
    on_send_ = std::move(callback);
  }

  HttpResult Send(const HttpRequest& request,
                  const base::CallContext&) override {
    requests_.push_back(request);
    if (on_send_) on_send_();
    HttpResult result = results_.front();
    if (results_.size() > 1) results_.pop_front();
    return result;
  }

  const std::vector<HttpRequest>& requests() const { return requests_; }

 private:
  std::deque<HttpResult> results_;
  std::function<void()> on_send_;
  std::vector<HttpRequest> requests_;
};

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_FAKE_TRANSPORT_H_
