#include "server/ops/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/version.h"
#include "google/protobuf/descriptor.h"

namespace oms_connector::server {
namespace {

using Bounds = prometheus::Histogram::BucketBoundaries;
using Counters = prometheus::Family<prometheus::Counter>;
using Gauges = prometheus::Family<prometheus::Gauge>;
using Histograms = prometheus::Family<prometheus::Histogram>;

// From an answer out of memory to a call that waited for a whole pull.
const Bounds& CallSeconds() {
  static const auto& bounds =
      *new Bounds{0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30};
  return bounds;
}

// From a small account to a catalogue that takes half an hour to page through.
const Bounds& PullSeconds() {
  static const auto& bounds =
      *new Bounds{0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000};
  return bounds;
}

// From a read of a cached page to a write that waited for a slow disk.
const Bounds& StoreSeconds() {
  static const auto& bounds =
      *new Bounds{0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10};
  return bounds;
}

// All that gRPC has, 0 to 16.
constexpr int kGrpcCodes = 17;
constexpr const char* kFeeds[] = {"inventory", "shipments"};
// Lists of the Order Manager whose rows may be rejected.
constexpr const char* kEndpoints[] = {"saleschannels",
                                      "warehouses",
                                      "productstocks/total",
                                      "inventory",
                                      "products",
                                      "listings",
                                      "orders",
                                      "shipments",
                                      "inventory/acknowledge",
                                      "shipment/providers"};
constexpr const char* kPullStates[] = {"SUCCEEDED", "PARTIAL", "FAILED",
                                       "CANCELLED"};
constexpr const char* kAnswers[] = {"2xx", "3xx", "4xx", "429", "5xx", "none"};

double Double(int64_t number) { return static_cast<double>(number); }

// What an HTTP status is counted as; the one that tells of the quota by itself.
const char* AnswerOf(int status) {
  if (status == 429) return "429";
  if (status < 200 || status > 599) return "none";
  return kAnswers[status / 100 == 5 ? 4 : status / 100 - 2];
}

// gRPC's own spelling, which its other servers' dashboards know: "NotFound".
std::string CamelCase(absl::string_view code) {
  if (code == "OK") return "OK";
  std::string text;
  bool upper = true;
  for (const char c : code) {
    if (c == '_') {
      upper = true;
    } else {
      text += upper ? c : static_cast<char>(c - 'A' + 'a');
      upper = false;
    }
  }
  // "CANCELLED" is spelt with one l there.
  return text == "Cancelled" ? "Canceled" : text;
}

// What is counted of an RPC's calls: series that stay where they are, kept so
// that a call need not look for them by their labels.
struct RpcSeries {
  prometheus::Gauge& in_flight;
  prometheus::Counter& started;
  prometheus::Histogram& seconds;
  prometheus::Histogram& grpc_seconds;
  struct Code {
    prometheus::Counter& calls;
    prometheus::Counter& handled;
  };
  std::map<std::string, Code, std::less<>> by_code;  // all that there are
};

// The same of one kind of the store's transactions.
struct StoreSeries {
  prometheus::Histogram& seconds;
  prometheus::Counter& ok;
  prometheus::Counter& failed;
};

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  absl::Mutex mutex;
  absl::node_hash_map<std::string, RpcSeries> rpcs ABSL_GUARDED_BY(mutex);

  Counters& calls =
      Count("calls_total", "Calls answered, by RPC and gRPC status code.");
  Gauges& in_flight =
      Gauge("calls_in_flight",
            "Calls that have begun and are not answered yet, by RPC.");
  Histograms& call_seconds =
      Histogram("oms_connector_call_seconds",
                "Time from a call's arrival to its answer, by RPC.");
  Counters& grpc_started =
      CountAs("grpc_server_started_total",
              "Calls that have begun, by service and method.");
  Counters& grpc_handled =
      CountAs("grpc_server_handled_total",
              "Calls answered, by service, method and code.");
  Histograms& grpc_seconds = Histogram(
      "grpc_server_handling_seconds",
      "Time from a call's arrival to its answer, by service and method.");
  Counters& pulls =
      Count("pulls_total", "Pulls that ended, by feed and state.");
  Histograms& pull_seconds =
      Histogram("oms_connector_pull_seconds", "Time that pulls took, by feed.");
  Counters& requests =
      Count("order_manager_requests_total",
            "HTTP requests sent to Order Managers by pulls that ended, retries "
            "included, by feed.");
  Counters& rejected =
      Count("rows_rejected_total",
            "Rows of the Order Manager that could not be read and were passed "
            "over, by feed and endpoint.");
  Counters& cart_errors =
      Count("cart_errors_total",
            "Carts whose part of a pull could not be done, by feed.");
  Counters& answers =
      Count("order_manager_answers_total",
            "Answers of Order Managers by HTTP status; none = no whole one.");
  Histograms& answer_seconds =
      Histogram("oms_connector_order_manager_answer_seconds",
                "Time from a request to an Order Manager to its whole answer.");
  Counters& answer_bytes = Count("order_manager_received_bytes_total",
                                 "Bytes of Order Managers' answers, inflated.");
  Counters& waits =
      Count("order_manager_waits_total",
            "Times that a request waited: for the quota, or to try again.");
  Counters& wait_seconds =
      Count("order_manager_wait_seconds_total",
            "Time that requests waited: for the quota, or to try again.");
  Gauges& clock_ahead =
      Gauge("order_manager_clock_ahead_seconds",
            "By how much the clock of the Order Manager that answered last is "
            "ahead of ours; whole seconds.");
  Counters& store_uses =
      Count("store_transactions_total",
            "Transactions of the store, by kind and result.");
  Histograms& store_seconds =
      Histogram("oms_connector_store_transaction_seconds",
                "Time of the store's transactions, waiting included, by kind.");
  Gauges& store_writable = Gauge(
      "store_writable",
      "1 while the store takes writes; 0 after one failed for want of room.");
  Gauges& store_bytes =
      Gauge("store_bytes", "Size of the SQLite store's files, by file.");
  Counters& tls_loads =
      Count("tls_loads_total",
            "TLS files that were new on disk, by what became of them.");
  Gauges& tls_times = Gauge("tls_timestamp_seconds",
                            "When the TLS files in force were loaded, and when "
                            "their certificate expires.");
  Counters& listener_faults =
      Count("listener_faults_total",
            "Connections closed for lack of file descriptors, and failed "
            "attempts of the server to reach its own listener.");
  Counters& bounds_met =
      Count("bounds_met_total",
            "Calls, connections and streams refused because a bound of the "
            "server was met, by bound.");
  Gauges& connections = Gauge("connections", "Connections that there are.");
  Gauges& failing = Gauge("connections_failing",
                          "Connections whose last pull failed, by feed.");
  Gauges& never_pulled =
      Gauge("connections_never_pulled",
            "Connections of which no pull has succeeded yet, by feed.");
  Gauges& oldest_success =
      Gauge("oldest_success_seconds",
            "Age of the last successful pull of the connection where it is "
            "oldest, by feed.");
  Gauges& gaps = Gauge(
      "delta_gaps_suspected",
      "Connections where changes of channel quantities may have been lost.");
  Gauges& held_orders =
      Gauge("held_orders", "Orders with at least one shipment that is held.");
  Gauges& unconfirmed =
      Gauge("unconfirmed_shipments",
            "Shipments handed out that no cart has answered yet.");
  Gauges& oldest_hold =
      Gauge("oldest_hold_seconds",
            "How long the shipment that is held longest has been held.");
  Gauges& oldest_unconfirmed =
      Gauge("oldest_unconfirmed_seconds",
            "How long the oldest unconfirmed shipment has waited.");
  Gauges& build_info = Gauge("build_info", "1, with the version as a label.");
  Counters& cpu_seconds = CountAs("process_cpu_seconds_total",
                                  "Time that the process has computed.");
  Gauges& start_time = GaugeAs("process_start_time_seconds",
                               "When the process began, as Unix time.");
  Gauges& resident = GaugeAs("process_resident_memory_bytes",
                             "Memory of the process that is in RAM.");
  Gauges& virtual_memory =
      GaugeAs("process_virtual_memory_bytes", "Address space of the process.");
  Gauges& open_files =
      GaugeAs("process_open_fds", "File descriptors that are open.");
  Gauges& max_files =
      GaugeAs("process_max_fds", "File descriptors that may be open.");
  Gauges& threads = GaugeAs("process_threads", "Threads of the process.");

  const StoreSeries reads = Store("read");
  const StoreSeries writes = Store("write");

  Counters& CountAs(const std::string& name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  }
  Counters& Count(const char* name, const char* help) {
    return CountAs(absl::StrCat("oms_connector_", name), help);
  }
  Gauges& GaugeAs(const std::string& name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
  Gauges& Gauge(const char* name, const char* help) {
    return GaugeAs(absl::StrCat("oms_connector_", name), help);
  }
  Histograms& Histogram(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(
        registry);
  }

  RpcSeries MakeRpc(absl::string_view service, absl::string_view method) {
    const std::string name(method);
    const prometheus::Labels grpc_labels = {
        {"grpc_type", "unary"},
        {"grpc_service", std::string(service)},
        {"grpc_method", name}};
    RpcSeries series{in_flight.Add({{"rpc", name}}),
                     grpc_started.Add(grpc_labels),
                     call_seconds.Add({{"rpc", name}}, CallSeconds()),
                     grpc_seconds.Add(grpc_labels, CallSeconds()),
                     {}};
    for (int code = 0; code < kGrpcCodes; ++code) {
      const std::string text =
          absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
      prometheus::Labels with_code = grpc_labels;
      with_code["grpc_code"] = CamelCase(text);
      series.by_code.emplace(
          text, RpcSeries::Code{calls.Add({{"rpc", name}, {"code", text}}),
                                grpc_handled.Add(with_code)});
    }
    return series;
  }

  RpcSeries& AddRpc(absl::string_view service, absl::string_view method) {
    absl::MutexLock lock(&mutex);
    const auto found = rpcs.find(method);
    if (found != rpcs.end()) return found->second;
    return rpcs.emplace(method, MakeRpc(service, method)).first->second;
  }

  RpcSeries& Rpc(absl::string_view method) {
    {
      absl::ReaderMutexLock lock(&mutex);
      const auto found = rpcs.find(method);
      if (found != rpcs.end()) return found->second;
    }
    return AddRpc("", method);
  }

  StoreSeries Store(const char* kind) {
    return {store_seconds.Add({{"kind", kind}}, StoreSeconds()),
            store_uses.Add({{"kind", kind}, {"result", "OK"}}),
            store_uses.Add({{"kind", kind}, {"result", "failed"}})};
  }

  void SetFeed(const char* feed, const FeedFigures& figures) {
    const prometheus::Labels labels = {{"feed", feed}};
    failing.Add(labels).Set(Double(figures.connections_failing));
    never_pulled.Add(labels).Set(Double(figures.connections_never_pulled));
    oldest_success.Add(labels).Set(
        absl::ToDoubleSeconds(figures.oldest_success));
  }

  void SetProcess(const ProcessFigures& figures) {
    prometheus::Counter& cpu = cpu_seconds.Add({});
    cpu.Increment(figures.cpu_seconds - cpu.Value());
    start_time.Add({}).Set(figures.start_time);
    resident.Add({}).Set(Double(figures.resident_bytes));
    virtual_memory.Add({}).Set(Double(figures.virtual_bytes));
    open_files.Add({}).Set(Double(figures.open_files));
    max_files.Add({}).Set(Double(figures.max_files));
    threads.Add({}).Set(Double(figures.threads));
  }

  void AddFeed(const char* feed) {
    for (const char* state : kPullStates) {
      pulls.Add({{"feed", feed}, {"state", state}});
    }
    pull_seconds.Add({{"feed", feed}}, PullSeconds());
    requests.Add({{"feed", feed}});
    cart_errors.Add({{"feed", feed}});
    // Each from 0 on, so that the first that is rejected is an increase.
    for (const char* endpoint : kEndpoints) {
      rejected.Add({{"feed", feed}, {"endpoint", endpoint}});
    }
  }
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {
  Families& f = *families_;
  for (const char* feed : kFeeds) f.AddFeed(feed);
  for (const char* answer : kAnswers) f.answers.Add({{"status", answer}});
  f.answer_seconds.Add({}, CallSeconds());
  for (Counters* counter : {&f.answer_bytes, &f.waits, &f.wait_seconds}) {
    counter->Add({});
  }
  f.clock_ahead.Add({});
  SetStoreWritable(true);
  f.tls_loads.Add({{"result", "taken"}});
  f.tls_loads.Add({{"result", "refused"}});
  f.listener_faults.Add({{"fault", "no_descriptors"}});
  f.listener_faults.Add({{"fault", "self_dial"}});
  f.build_info.Add({{"version", base::kVersion}}).Set(1);
  SetFleet({});
}

Metrics::~Metrics() = default;

void Metrics::AddRpcsOf(const std::string& service) {
  const auto* const pool = google::protobuf::DescriptorPool::generated_pool();
  const auto* const found = pool->FindServiceByName(service);
  for (int i = 0; found != nullptr && i < found->method_count(); ++i) {
    AddRpc(service, found->method(i)->name());
  }
}

void Metrics::AddRpc(absl::string_view service, absl::string_view method) {
  families_->AddRpc(service, method);
}

void Metrics::CallStarted(absl::string_view rpc) {
  RpcSeries& series = families_->Rpc(rpc);
  series.in_flight.Increment();
  series.started.Increment();
}

void Metrics::CallEnded(absl::string_view rpc, absl::string_view code,
                        absl::Duration took) {
  RpcSeries& series = families_->Rpc(rpc);
  const double seconds = absl::ToDoubleSeconds(took);
  series.in_flight.Decrement();
  series.seconds.Observe(seconds);
  series.grpc_seconds.Observe(seconds);
  const auto found = series.by_code.find(code);
  if (found == series.by_code.end()) return;
  found->second.calls.Increment();
  found->second.handled.Increment();
}

void Metrics::PullEnded(absl::string_view feed, absl::string_view state,
                        absl::Duration took, int64_t requests) {
  const std::string name(feed);
  families_->pulls.Add({{"feed", name}, {"state", std::string(state)}})
      .Increment();
  families_->pull_seconds.Add({{"feed", name}}, PullSeconds())
      .Observe(absl::ToDoubleSeconds(took));
  families_->requests.Add({{"feed", name}}).Increment(Double(requests));
}

void Metrics::RowsRejected(absl::string_view feed, absl::string_view endpoint,
                           int64_t rows) {
  families_->rejected
      .Add({{"feed", std::string(feed)}, {"endpoint", std::string(endpoint)}})
      .Increment(Double(rows));
}

void Metrics::CartsFailed(absl::string_view feed, int64_t carts) {
  families_->cart_errors.Add({{"feed", std::string(feed)}})
      .Increment(Double(carts));
}

void Metrics::OrderManagerAnswered(int status, absl::Duration took,
                                   int64_t bytes) {
  families_->answers.Add({{"status", AnswerOf(status)}}).Increment();
  families_->answer_seconds.Add({}, CallSeconds())
      .Observe(absl::ToDoubleSeconds(took));
  families_->answer_bytes.Add({}).Increment(Double(bytes));
}

void Metrics::OrderManagerWaited(absl::Duration waited) {
  families_->waits.Add({}).Increment();
  families_->wait_seconds.Add({}).Increment(absl::ToDoubleSeconds(waited));
}

void Metrics::SetOrderManagerClock(absl::Duration ahead) {
  families_->clock_ahead.Add({}).Set(absl::ToDoubleSeconds(ahead));
}

void Metrics::StoreUsed(StoreUse use, bool failed, absl::Duration took) {
  const StoreSeries& series =
      use == StoreUse::kRead ? families_->reads : families_->writes;
  (failed ? series.failed : series.ok).Increment();
  series.seconds.Observe(absl::ToDoubleSeconds(took));
}

void Metrics::SetStoreWritable(bool writable) {
  families_->store_writable.Add({}).Set(writable ? 1 : 0);
}

void Metrics::SetStoreBytes(int64_t database, int64_t log) {
  families_->store_bytes.Add({{"file", "database"}}).Set(Double(database));
  families_->store_bytes.Add({{"file", "log"}}).Set(Double(log));
}

void Metrics::TlsTaken(absl::Time now, absl::Time expiry) {
  families_->tls_loads.Add({{"result", "taken"}}).Increment();
  families_->tls_times.Add({{"what", "loaded"}})
      .Set(static_cast<double>(absl::ToUnixSeconds(now)));
  families_->tls_times.Add({{"what", "certificate_expires"}})
      .Set(static_cast<double>(absl::ToUnixSeconds(expiry)));
}

void Metrics::TlsRefused() {
  families_->tls_loads.Add({{"result", "refused"}}).Increment();
}

void Metrics::ConnectionRefused() {
  families_->listener_faults.Add({{"fault", "no_descriptors"}}).Increment();
}

void Metrics::SelfDialFailed() {
  families_->listener_faults.Add({{"fault", "self_dial"}}).Increment();
}

void Metrics::BoundMet(absl::string_view bound) {
  families_->bounds_met.Add({{"bound", std::string(bound)}}).Increment();
}

void Metrics::SetFleet(const FleetFigures& figures) {
  Families& f = *families_;
  f.connections.Add({}).Set(Double(figures.connections));
  f.SetFeed("inventory", figures.inventory);
  f.SetFeed("shipments", figures.shipments);
  f.gaps.Add({}).Set(Double(figures.delta_gaps_suspected));
  f.held_orders.Add({}).Set(Double(figures.held_orders));
  f.unconfirmed.Add({}).Set(Double(figures.unconfirmed_shipments));
  f.oldest_hold.Add({}).Set(absl::ToDoubleSeconds(figures.oldest_hold));
  f.oldest_unconfirmed.Add({}).Set(
      absl::ToDoubleSeconds(figures.oldest_unconfirmed));
}

std::string Metrics::Text() const {
  families_->SetProcess(ReadProcessFigures());
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace oms_connector::server
