// What the server counts about itself, and its text form for Prometheus. The
// only place that knows prometheus-cpp.
//
// Thread-safe. Labels come from fixed sets (RPC names, status codes, feeds,
// states), never from callers, so the number of series is bounded.
#ifndef OMS_CONNECTOR_SERVER_OPS_METRICS_H_
#define OMS_CONNECTOR_SERVER_OPS_METRICS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oms_connector::server {

// How one feed of all connections together fares.
struct FeedFigures {
  int64_t connections_failing = 0;       // the last pull failed
  int64_t connections_never_pulled = 0;  // no pull has succeeded yet
  // How long ago the stalest of those that have succeeded was fresh.
  absl::Duration oldest_success = absl::ZeroDuration();
};

// How all connections together fare: what people want to be woken for.
struct FleetFigures {
  int64_t connections = 0;
  FeedFigures inventory;
  FeedFigures shipments;
  int64_t delta_gaps_suspected = 0;  // connections
  int64_t held_orders = 0;
  int64_t unconfirmed_shipments = 0;
  absl::Duration oldest_hold = absl::ZeroDuration();
  absl::Duration oldest_unconfirmed = absl::ZeroDuration();
};

// What one principal holds of the server now.
struct CallerFigures {
  int64_t calls = 0;  // not answered yet
  int64_t long_polls = 0;
  int64_t held_bytes = 0;  // of requests, and of answers on their way
  int64_t waiting = 0;     // of its calls, those that no thread has yet
};

// The process itself, as the operating system sees it.
struct ProcessFigures {
  double cpu_seconds = 0;
  double start_time = 0;  // Unix time
  int64_t resident_bytes = 0;
  int64_t virtual_bytes = 0;
  int64_t open_files = 0;
  int64_t max_files = 0;
  int64_t threads = 0;
};

class Metrics {
 public:
  // Whatever can be counted exists at 0 from here on, so that an alert sees the
  // first fault as an increase; the series of RPCs from AddRpc on.
  Metrics();
  ~Metrics();

  // There is an RPC `method` of the gRPC service `service`, its full name.
  void AddRpc(absl::string_view service, absl::string_view method);
  // The same for all methods of a service that this program is linked with.
  void AddRpcsOf(const std::string& service);

  // A call of `rpc` has begun, or was answered with the gRPC code of this name.
  void CallStarted(absl::string_view rpc);
  void CallEnded(absl::string_view rpc, absl::string_view code,
                 absl::Duration took);

  // A pull of `feed` ended in `state` after `requests` HTTP requests.
  void PullEnded(absl::string_view feed, absl::string_view state,
                 absl::Duration took, int64_t requests);
  // It passed over so many rows of `endpoint`, or could not do its part for so
  // many carts.
  void RowsRejected(absl::string_view feed, absl::string_view endpoint,
                    int64_t rows);
  void CartsFailed(absl::string_view feed, int64_t carts);

  // A request to an Order Manager ended: with an answer of this HTTP status, or
  // without a whole one (0). `bytes` came.
  void OrderManagerAnswered(int status, absl::Duration took, int64_t bytes);
  // Somebody waited so long before asking one: for the quota or to try again.
  void OrderManagerWaited(absl::Duration waited);
  // By how much the clock of the Order Manager that answered last is ahead.
  void SetOrderManagerClock(absl::Duration ahead);

  // A transaction of the store ended.
  enum class StoreUse { kRead, kWrite };
  void StoreUsed(StoreUse use, bool failed, absl::Duration took);
  // Whether the last write that mattered reached the disk.
  void SetStoreWritable(bool writable);
  void SetStoreBytes(int64_t database, int64_t log);

  // A TLS set came into force whose certificate expires then; or one that was
  // found on disk was kept out.
  void TlsTaken(absl::Time now, absl::Time expiry);
  void TlsRefused();

  // A connection was closed for lack of file descriptors; the server could not
  // reach its own listener.
  void ConnectionRefused();
  void SelfDialFailed();

  // Something was refused because a bound was met; `bound` names it and is one
  // of a fixed set.
  void BoundMet(absl::string_view bound);

  // What was found when the store was last looked at
  // (server/ops/fleet_watch.h).
  void SetFleet(const FleetFigures& figures);

  // The exposition, in Prometheus' text format 0.0.4; the process' own figures
  // are read for it.
  std::string Text() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

// Of this process; zero where the system does not tell.
ProcessFigures ReadProcessFigures();

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_METRICS_H_
