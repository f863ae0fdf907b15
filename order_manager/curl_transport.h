// HTTP over libcurl: certificates verified, no redirects, no proxy, netrc,
// cookies or protocols but the one wanted, and no connection to an address that
// an Order Manager must not have (address_policy.h).
//
//   CurlTransport transport(CurlTransport::Options(), &clock);
//   const HttpResult result = transport.Send(request, context);
//
// The only file pair that knows libcurl.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_CURL_TRANSPORT_H_
#define OMS_CONNECTOR_ORDER_MANAGER_CURL_TRANSPORT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "order_manager/address_policy.h"
#include "order_manager/http_transport.h"

namespace oms_connector::order_manager {

// Thread-safe. Each request runs on its caller's thread, over a connection that
// a former request has left open, where there is one. A cancelled context ends
// it within milliseconds, also while a name is resolved.
class CurlTransport final : public HttpTransport {
 public:
  struct Options {
    // Resolving, connecting and the TLS handshake together.
    absl::Duration connect_limit = absl::Seconds(10);
    // A big catalogue's page may take minutes.
    absl::Duration total_limit = absl::Minutes(5);
    // An answer that has begun must keep this pace over such a window.
    int64_t min_bytes_per_second = 1024;
    absl::Duration slow_limit = absl::Seconds(30);
    // A body after inflating; all headers together.
    size_t max_body_bytes = size_t{64} << 20;
    size_t max_header_bytes = size_t{64} << 10;
    // Connections kept for later; more may be in use at once.
    size_t max_idle_connections = 16;
    std::string user_agent = "oms-connector";
    // Certificates to trust, in PEM; empty = the system's.
    std::string ca_file;
    // Tests put a server of their own into the public network with it.
    std::function<AddressKind(const sockaddr*, socklen_t)> classify_address =
        &ClassifyAddress;
  };

  // `clock` tells what is left until a context's deadline; it must outlive
  // this.
  CurlTransport(Options options, base::Clock* clock);
  ~CurlTransport() override;

  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  HttpResult Send(const HttpRequest& request,
                  const base::CallContext& context) override;

 private:
  class CurlHandle;  // a handle of libcurl with the connections it keeps

  std::unique_ptr<CurlHandle> TakeHandle() ABSL_LOCKS_EXCLUDED(mutex_);
  void ReturnHandle(std::unique_ptr<CurlHandle> handle)
      ABSL_LOCKS_EXCLUDED(mutex_);

  const Options options_;
  base::Clock* const clock_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<CurlHandle>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_CURL_TRANSPORT_H_
