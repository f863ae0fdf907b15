// A small HTTP/1.1 server for tests, over cpp-httplib, that can also misbehave
// on the wire: close without a word, stop in the middle, drip, never end.
//
//   auto server = HttpServer::Start({}, [](const HttpRequest& request) {
//     HttpAnswer answer;
//     answer.body = "[]";
//     return answer;
//   });
//   … "http://127.0.0.1:" << (*server)->port() …
//
// Only this and http_client know cpp-httplib.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_HTTP_SERVER_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_HTTP_SERVER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"

namespace oms_connector::testing_support {

struct HttpRequest {
  std::string method;
  std::string path;  // Decoded, without the query.
  std::multimap<std::string, std::string> parameters;  // Decoded.
  std::string authorization;
  std::string body;
  bool from_loopback = false;
};

struct HttpAnswer {
  // How the answer goes out. Everything but kWhole ends with the connection
  // closed.
  enum class Delivery {
    kWhole,
    kHalf,     // Promises the whole length, sends half of it.
    kEndless,  // Sends the body again and again.
    kClosed,   // Sends nothing at all.
  };

  int status = 200;
  std::string content_type = "application/json";
  std::map<std::string, std::string> headers;
  std::string body;
  Delivery delivery = Delivery::kWhole;
  int64_t bytes_per_second = 0;  // 0 = as fast as the reader takes them.
};

// Thread-safe.
class HttpServer {
 public:
  // Called on many threads at once; must not throw.
  using Handler = std::function<HttpAnswer(const HttpRequest&)>;

  struct Options {
    std::string host = "127.0.0.1";
    int port = 0;  // 0 picks one.
    // Connections served at once; each takes a thread as long as it is open.
    int threads = 64;
    // Gzips answers for clients that ask for it.
    bool compress = false;
  };

  // Listens when it returns. UNAVAILABLE where the address cannot be had.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      const Options& options, Handler handler);

  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  int port() const { return port_; }

  // Closes the listener and every connection, and waits for the handlers that
  // run. Idle connections and endless answers do not delay it. Once is enough.
  void Stop();

 private:
  class Connections;

  explicit HttpServer(std::unique_ptr<Connections> connections);

  std::unique_ptr<Connections> connections_;
  int port_ = 0;
  std::thread listener_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_HTTP_SERVER_H_
