// What a call costs here over a bare gRPC call: GetSettings, PollShipments and
// SyncInventory through a whole server, beside a service in the same process
// that answers the same bytes at once. Both are measured in turns, in the same
// run.
//
//   of_bare   our calls a second as a part of the bare ones
//   calls     ours a second, over all callers
//   p50, p99  microseconds, of ours; bare_p50, bare_p99 of the bare ones
//
// The number behind a name is how many callers call at once.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "fake_order_manager/generator.h"
#include "grpcpp/grpcpp.h"
#include "oms_connector/v1/connector_service.grpc.pb.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using std::chrono::steady_clock;

// Each side is measured so often, for so long, one after the other.
constexpr int kTurns = 4;
constexpr auto kTurn = std::chrono::milliseconds(400);
// A client that calls much opens several connections; one is a bottleneck.
constexpr int kConnections = 8;

void Require(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "grpc_benchmark: %s failed\n", what.c_str());
  std::abort();
}

// Answers what it was told to, with nothing in between.
class BareConnector final : public v1::ConnectorService::CallbackService {
 public:
  v1::GetSettingsResponse settings;
  v1::PollShipmentsResponse events;
  v1::SyncInventoryResponse levels;

 private:
  using Context = grpc::CallbackServerContext;

  template <typename Response>
  static grpc::ServerUnaryReactor* Answer(Context* context,
                                          const Response& from, Response* to) {
    *to = from;
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerUnaryReactor* GetSettings(
      Context* context, const v1::GetSettingsRequest*,
      v1::GetSettingsResponse* response) override {
    return Answer(context, settings, response);
  }
  grpc::ServerUnaryReactor* PollShipments(
      Context* context, const v1::PollShipmentsRequest*,
      v1::PollShipmentsResponse* response) override {
    return Answer(context, events, response);
  }
  grpc::ServerUnaryReactor* SyncInventory(
      Context* context, const v1::SyncInventoryRequest*,
      v1::SyncInventoryResponse* response) override {
    return Answer(context, levels, response);
  }
};

std::vector<std::unique_ptr<ConnectorStub>> Connect(
    const std::string& address) {
  std::vector<std::unique_ptr<ConnectorStub>> stubs;
  for (int i = 0; i < kConnections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stubs.push_back(v1::ConnectorService::NewStub(grpc::CreateCustomChannel(
        address, grpc::InsecureChannelCredentials(), arguments)));
  }
  return stubs;
}

struct Measured {
  std::vector<double> micros;  // of each call
  double seconds = 0;

  double rate() const { return static_cast<double>(micros.size()) / seconds; }
  double Percentile(double part) {
    std::sort(micros.begin(), micros.end());
    return micros[static_cast<size_t>(part *
                                      static_cast<double>(micros.size() - 1))];
  }
};

using OneCall = std::function<grpc::Status(ConnectorStub&)>;

// Adds a turn of `callers` threads that call without a pause.
void MeasureTurn(const std::vector<std::unique_ptr<ConnectorStub>>& stubs,
                 const OneCall& call, int callers, Measured* measured) {
  std::vector<std::vector<double>> micros(static_cast<size_t>(callers));
  const auto start = steady_clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&, i] {
      ConnectorStub& stub = *stubs[static_cast<size_t>(i) % stubs.size()];
      auto now = steady_clock::now();
      while (now - start < kTurn) {
        Require(call(stub).ok(), "a call");
        const auto then = std::exchange(now, steady_clock::now());
        micros[static_cast<size_t>(i)].push_back(
            std::chrono::duration<double, std::micro>(now - then).count());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  measured->seconds +=
      std::chrono::duration<double>(steady_clock::now() - start).count();
  for (const auto& one : micros) {
    measured->micros.insert(measured->micros.end(), one.begin(), one.end());
  }
}

// A server with a catalogue and 100 shipments, and the bare one beside it.
class Pair {
 public:
  Pair() : bench_(World()) {
    bench_.CreateConnection("acme");
    Require(bench_.SyncNow().ok(), "the first pull");
    v1::PollShipmentsRequest poll;
    poll.set_connection("connections/acme");
    poll.mutable_max_staleness();
    poll.set_max_results(kEvents);
    const auto events = bench_.Call(&ConnectorStub::PollShipments, poll);
    Require(events->events_size() == kEvents, "reading 100 events");
    events_end_ = EndOf(&ConnectorStub::PollShipments, poll);
    v1::SyncInventoryRequest sync;
    sync.set_connection("connections/acme");
    levels_end_ = EndOf(&ConnectorStub::SyncInventory, sync);

    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(&bare_);
    bare_server_ = builder.BuildAndStart();
    ours_ = Connect(bench_.server().address());
    bare_stubs_ = Connect(absl::StrCat("127.0.0.1:", port));
  }

  static constexpr int kEvents = 100;

  const std::string& events_end() const { return events_end_; }
  const std::string& levels_end() const { return levels_end_; }
  BareConnector& bare() { return bare_; }
  ConnectorStub& one_of_ours() { return *ours_.front(); }

  void Compare(benchmark::State& state, const OneCall& call) {
    const int callers = static_cast<int>(state.range(0));
    Measured ours, bare;
    for (auto _ : state) {
      for (int i = 0; i < kTurns; ++i) {
        MeasureTurn(bare_stubs_, call, callers, &bare);
        MeasureTurn(ours_, call, callers, &ours);
      }
    }
    state.counters["of_bare"] = ours.rate() / bare.rate();
    state.counters["calls"] = ours.rate();
    state.counters["p50"] = ours.Percentile(0.5);
    state.counters["p99"] = ours.Percentile(0.99);
    state.counters["bare_p50"] = bare.Percentile(0.5);
    state.counters["bare_p99"] = bare.Percentile(0.99);
  }

 private:
  static FakeWorld World() {
    WorldPlan plan;
    plan.orders = 300;
    return GenerateWorld(plan, absl::Now());
  }

  // The cursor behind everything that there is.
  template <typename Method, typename Request>
  std::string EndOf(Method method, Request request) {
    bool caught_up = false;
    while (!caught_up) {
      const auto page = bench_.Call(method, request);
      Require(page.ok(), "reading a feed");
      caught_up = page->caught_up();
      request.set_cursor(page->next_cursor());
    }
    return request.cursor();
  }

  WireBench bench_;
  BareConnector bare_;
  std::unique_ptr<grpc::Server> bare_server_;
  std::vector<std::unique_ptr<ConnectorStub>> ours_, bare_stubs_;
  std::string events_end_, levels_end_;
};

Pair& ThePair() {
  static auto& pair = *new Pair;
  return pair;
}

// `request` is sent to both; the bare service answers what ours does.
template <typename Method, typename Request, typename Response>
void Run(benchmark::State& state, Method method, const Request& request,
         Response* bare_answer) {
  const OneCall call = [&](ConnectorStub& stub) {
    grpc::ClientContext context;
    Response response;
    return (stub.*method)(&context, request, &response);
  };
  grpc::ClientContext context;
  const grpc::Status first =
      (ThePair().one_of_ours().*method)(&context, request, bare_answer);
  Require(first.ok(), "the first call");
  ThePair().Compare(state, call);
}

void GetSettings(benchmark::State& state) {
  v1::GetSettingsRequest request;
  request.set_name("connections/acme/settings");
  Run(state, &ConnectorStub::GetSettings, request, &ThePair().bare().settings);
}

void PollShipmentsWithNothingNew(benchmark::State& state) {
  v1::PollShipmentsRequest request;
  request.set_connection("connections/acme");
  request.set_cursor(ThePair().events_end());
  Run(state, &ConnectorStub::PollShipments, request, &ThePair().bare().events);
}

void PollShipmentsWith100Events(benchmark::State& state) {
  v1::PollShipmentsRequest request;
  request.set_connection("connections/acme");
  request.set_max_results(Pair::kEvents);
  Run(state, &ConnectorStub::PollShipments, request, &ThePair().bare().events);
}

void SyncInventoryWithNothingNew(benchmark::State& state) {
  v1::SyncInventoryRequest request;
  request.set_connection("connections/acme");
  request.set_cursor(ThePair().levels_end());
  Run(state, &ConnectorStub::SyncInventory, request, &ThePair().bare().levels);
}

void AtConcurrencies(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1)->Arg(16)->Arg(64)->Iterations(1)->UseRealTime()->Unit(
      benchmark::kMillisecond);
}

BENCHMARK(GetSettings)->Apply(AtConcurrencies);
BENCHMARK(PollShipmentsWithNothingNew)->Apply(AtConcurrencies);
BENCHMARK(PollShipmentsWith100Events)->Apply(AtConcurrencies);
BENCHMARK(SyncInventoryWithNothingNew)->Apply(AtConcurrencies);

}  // namespace
}  // namespace oms_connector::testing_support
