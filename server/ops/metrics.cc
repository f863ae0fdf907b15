#include "server/ops/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace oms_connector::server {
namespace {

// From an answer out of memory to a call that waited for a whole pull.
const prometheus::Histogram::BucketBoundaries& CallSeconds() {
  static const auto& bounds = *new prometheus::Histogram::BucketBoundaries{
      0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30};
  return bounds;
}

// From a small account to a catalogue that takes half an hour to page through.
const prometheus::Histogram::BucketBoundaries& PullSeconds() {
  static const auto& bounds = *new prometheus::Histogram::BucketBoundaries{
      0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000};
  return bounds;
}

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& calls =
      prometheus::BuildCounter()
          .Name("oms_connector_calls_total")
          .Help("Calls answered, by RPC and gRPC status code.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& in_flight =
      prometheus::BuildGauge()
          .Name("oms_connector_calls_in_flight")
          .Help("Calls that have begun and are not answered yet, by RPC.")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& call_seconds =
      prometheus::BuildHistogram()
          .Name("oms_connector_call_seconds")
          .Help("Time from a call's arrival to its answer, by RPC.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& pulls =
      prometheus::BuildCounter()
          .Name("oms_connector_pulls_total")
          .Help("Pulls that ended, by feed and state.")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& pull_seconds =
      prometheus::BuildHistogram()
          .Name("oms_connector_pull_seconds")
          .Help("Time that pulls took, by feed.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("oms_connector_order_manager_requests_total")
          .Help(
              "HTTP requests sent to Order Managers by pulls that ended, "
              "retries included, by feed.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& tls_loads =
      prometheus::BuildCounter()
          .Name("oms_connector_tls_loads_total")
          .Help("TLS files that were new on disk, by what became of them.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& tls_times =
      prometheus::BuildGauge()
          .Name("oms_connector_tls_timestamp_seconds")
          .Help(
              "When the TLS files in force were loaded, and when their "
              "certificate expires.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& listener_faults =
      prometheus::BuildCounter()
          .Name("oms_connector_listener_faults_total")
          .Help(
              "Connections closed for lack of file descriptors, and failed "
              "attempts of the server to reach its own listener.")
          .Register(registry);
  prometheus::Family<prometheus::Counter>& bounds_met =
      prometheus::BuildCounter()
          .Name("oms_connector_bounds_met_total")
          .Help(
              "Calls, connections and streams refused because a bound of the "
              "server was met, by bound.")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& connections =
      Gauge("oms_connector_connections", "Connections that there are.");
  prometheus::Family<prometheus::Gauge>& failing =
      Gauge("oms_connector_connections_failing",
            "Connections whose last pull failed, by feed.");
  prometheus::Family<prometheus::Gauge>& never_pulled =
      Gauge("oms_connector_connections_never_pulled",
            "Connections of which no pull has succeeded yet, by feed.");
  prometheus::Family<prometheus::Gauge>& oldest_success =
      Gauge("oms_connector_oldest_success_seconds",
            "Age of the last successful pull of the connection where it is "
            "oldest, by feed.");
  prometheus::Family<prometheus::Gauge>& gaps = Gauge(
      "oms_connector_delta_gaps_suspected",
      "Connections where changes of channel quantities may have been lost.");
  prometheus::Family<prometheus::Gauge>& held_orders =
      Gauge("oms_connector_held_orders",
            "Orders with at least one shipment that is held.");
  prometheus::Family<prometheus::Gauge>& unconfirmed =
      Gauge("oms_connector_unconfirmed_shipments",
            "Shipments handed out that no cart has answered yet.");
  prometheus::Family<prometheus::Gauge>& oldest_hold =
      Gauge("oms_connector_oldest_hold_seconds",
            "How long the shipment that is held longest has been held.");
  prometheus::Family<prometheus::Gauge>& oldest_unconfirmed =
      Gauge("oms_connector_oldest_unconfirmed_seconds",
            "How long the oldest unconfirmed shipment has waited.");

  prometheus::Family<prometheus::Gauge>& Gauge(const char* name,
                                               const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }

  void SetFeed(const char* feed, const FeedFigures& figures) {
    const prometheus::Labels labels = {{"feed", feed}};
    failing.Add(labels).Set(static_cast<double>(figures.connections_failing));
    never_pulled.Add(labels).Set(
        static_cast<double>(figures.connections_never_pulled));
    oldest_success.Add(labels).Set(
        absl::ToDoubleSeconds(figures.oldest_success));
  }
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::CallStarted(absl::string_view rpc) {
  families_->in_flight.Add({{"rpc", std::string(rpc)}}).Increment();
}

void Metrics::CallEnded(absl::string_view rpc, absl::string_view code,
                        absl::Duration took) {
  const std::string name(rpc);
  families_->in_flight.Add({{"rpc", name}}).Decrement();
  families_->calls.Add({{"rpc", name}, {"code", std::string(code)}})
      .Increment();
  families_->call_seconds.Add({{"rpc", name}}, CallSeconds())
      .Observe(absl::ToDoubleSeconds(took));
}

void Metrics::PullEnded(absl::string_view feed, absl::string_view state,
                        absl::Duration took, int64_t requests) {
  const std::string name(feed);
  families_->pulls.Add({{"feed", name}, {"state", std::string(state)}})
      .Increment();
  families_->pull_seconds.Add({{"feed", name}}, PullSeconds())
      .Observe(absl::ToDoubleSeconds(took));
  families_->requests.Add({{"feed", name}})
      .Increment(static_cast<double>(requests));
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
  f.connections.Add({}).Set(static_cast<double>(figures.connections));
  f.SetFeed("inventory", figures.inventory);
  f.SetFeed("shipments", figures.shipments);
  f.gaps.Add({}).Set(static_cast<double>(figures.delta_gaps_suspected));
  f.held_orders.Add({}).Set(static_cast<double>(figures.held_orders));
  f.unconfirmed.Add({}).Set(static_cast<double>(figures.unconfirmed_shipments));
  f.oldest_hold.Add({}).Set(absl::ToDoubleSeconds(figures.oldest_hold));
  f.oldest_unconfirmed.Add({}).Set(
      absl::ToDoubleSeconds(figures.oldest_unconfirmed));
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace oms_connector::server
