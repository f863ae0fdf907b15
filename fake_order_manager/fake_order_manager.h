// An Order Manager for tests, benchmarks and the demo: the real thing's REST
// API over real HTTP, answering from a world that the test can change between
// two requests, and failing as it is told to.
//
//   FakeOrderManager::Options options;
//   options.world = world;                       // or GenerateWorld(…)
//   options.token = "secret-token";
//   auto fake = FakeOrderManager::Start(std::move(options)).value();
//   … point a connection at fake->base_url() …
//   fake->Mutate([](FakeWorld& world) { world.SetStock(10, 1, 5); });
//   fake->faults().Add(MakeFault(FaultKind::kQuota, "products", 1));
//   EXPECT_EQ(fake->log().Count("products"), 3);
//
// It has two doors to one world: HTTP, and direct_door.h for tests in which
// sockets would only be in the way.
//
// Each account (bearer token) has its own quota and acknowledge marks; the
// world is the same for all.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_FAKE_ORDER_MANAGER_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_FAKE_ORDER_MANAGER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "fake_order_manager/endpoint.h"
#include "fake_order_manager/faults.h"
#include "fake_order_manager/http_server.h"
#include "fake_order_manager/request_log.h"
#include "fake_order_manager/world.h"
#include "fake_order_manager/world_answers.h"

namespace oms_connector::testing_support {

// Thread-safe.
class FakeOrderManager {
 public:
  // Answers a request to a path under /_control/.
  using Control =
      std::function<HttpAnswer(FakeOrderManager&, const HttpRequest&)>;

  struct Options {
    FakeWorld world;
    // Empty = any token does, and none. Another than this is answered 401.
    std::string token;
    PathPrefix path_prefix = PathPrefix::kOptional;
    double requests_per_second = 0;  // Per account; 0 = no limit.
    // What the quota, the log and control requests call now; null = real
    // time. Called on server threads.
    std::function<absl::Time()> clock;
    // For loopback callers; null = there is no such path. See
    // control_endpoints.h.
    Control control;
    // false: nobody listens; direct_door.h asks it.
    bool over_http = true;
    HttpServer::Options http;
  };

  // Listens when it returns; UNAVAILABLE where the address cannot be had.
  static absl::StatusOr<std::unique_ptr<FakeOrderManager>> Start(
      Options options);

  ~FakeOrderManager();
  FakeOrderManager(const FakeOrderManager&) = delete;
  FakeOrderManager& operator=(const FakeOrderManager&) = delete;

  // "http://127.0.0.1:PORT".
  std::string base_url() const;
  int port() const { return server_ == nullptr ? 1 : server_->port(); }

  // What a request is answered, whichever door it came through. Called on many
  // threads at once.
  HttpAnswer Handle(const HttpRequest& request);

  // Ends waits and endless answers, closes all connections. What has been
  // logged stays readable. The destructor does it too.
  void Stop();

  // Changes the world between two answers: each shows all of a change or
  // nothing of it. Must not call back into this object.
  void Mutate(absl::FunctionRef<void(FakeWorld&)> change) {
    answers_.Mutate(change);
  }

  // The world itself, for a test that changes it while no request runs; to be
  // asked for anew where requests have run since.
  FakeWorld& world() { return answers_.world(); }

  // Reads the world without copying it. Must not call back into this object.
  void Inspect(absl::FunctionRef<void(const FakeWorld&)> look) const {
    answers_.Inspect(look);
  }

  // The next acknowledge of every account tells everything.
  void ForgetAcknowledged() { answers_.ForgetAcknowledged(); }

  FaultPlan& faults() { return faults_; }
  RequestLog& log() { return log_; }
  RequestQuota& quota() { return quota_; }
  absl::Time now() const { return clock_(); }

 private:
  explicit FakeOrderManager(Options options);

  HttpAnswer HandleLogged(const Route& route, const HttpRequest& request);
  HttpAnswer AnswerWithFaults(const Route& route, const HttpRequest& request);

  const bool listens_;
  const std::string token_;
  const PathPrefix path_prefix_;
  const std::function<absl::Time()> clock_;
  const Control control_;
  WorldAnswers answers_;
  FaultPlan faults_;
  RequestLog log_;
  RequestQuota quota_;
  // Last: no request may outlive what it uses.
  std::unique_ptr<HttpServer> server_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_FAKE_ORDER_MANAGER_H_
