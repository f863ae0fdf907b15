// How fast a consumer is handed 50,000 shipment events and acknowledges them,
// page by page: a poll, then one call that moves the consumer and records what
// the cart said of each shipment. Beside it, the SQLite library alone, on a
// copy of the same file and in the same run: it reads the same rows, and for
// each page writes the same shipments and the consumer in one transaction.
//
//   events  events a second
//   of_raw  the same as a part of what SQLite alone does (the "/s" that the
//           library prints behind it means nothing)
//
// The first argument is the size of a page. The second says whether each
// shipment gets an outcome or the consumer is only moved.
#include <sqlite3.h>
#include <stdlib.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/executor.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "base/timer_queue.h"
#include "benchmark/benchmark.h"
#include "domain/feeds/pull_runner.h"
#include "domain/shipments/acknowledgement.h"
#include "domain/shipments/event_signal.h"
#include "domain/shipments/shipment_feed.h"
#include "model/connection.h"
#include "model/shipment.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"

namespace oms_connector::shipments {
namespace {

constexpr int64_t kEvents = 50'000;
constexpr int64_t kEventsAtOnce = 1000;
constexpr char kConnection[] = "acme";
constexpr char kCart[] = "shop";

constexpr char kRawSelect[] =
    "SELECT e.*, s.state, s.hold_reason, s.hold_time, s.blocking_orders, "
    "s.outcome_reason, s.outcome_time FROM shipment_events e "
    "JOIN shipments s ON s.connection = e.connection "
    "AND s.shipment_id = e.shipment_id "
    "WHERE e.connection = 'acme' AND e.sequence > ?1 "
    "ORDER BY e.sequence LIMIT ?2";
constexpr char kRawOutcome[] =
    "UPDATE shipments SET state = 3, outcome_time = 1, state_time = 1 "
    "WHERE connection = 'acme' AND shipment_id = ?1";
constexpr char kRawConsumer[] =
    "INSERT INTO shipment_consumers (connection, consumer, cart, position) "
    "VALUES ('acme', 'raw', '', ?1) ON CONFLICT (connection, consumer) "
    "DO UPDATE SET position = excluded.position";

void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "shipment_feed_benchmark: %s failed\n", what);
  std::abort();
}

// A folder of this benchmark alone, under TMPDIR.
class Folder {
 public:
  Folder() {
    path_ =
        (std::filesystem::temp_directory_path() / "feed_bench_XXXXXX").string();
    Require(mkdtemp(path_.data()) != nullptr, "making a folder");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string File(const char* name) const {
    return absl::StrCat(path_, "/", name);
  }

 private:
  std::string path_;
};

model::ShipmentEvent EventNumber(int64_t i, absl::Time now) {
  model::ShipmentEvent event;
  event.event_time = now;
  event.release_group_size = 1;
  model::Shipment& shipment = event.shipment;
  shipment.shipment_id = 900'000 + i;
  shipment.order_id = 500'000 + i;
  shipment.order_number = absl::StrCat("NW-", shipment.order_id);
  shipment.cart_id = kCart;
  shipment.family_order_ids = {shipment.order_id};
  shipment.tracking_number = absl::StrCat("1Z5A4739034", 1'000'000 + i);
  shipment.carrier.code = "UPS";
  shipment.carrier.display_name = "UPS";
  shipment.carrier.source = model::CarrierSource::kOrderManager;
  shipment.items = {{"SHOP-TEE-RED", "TEE-RED", 1},
                    {"SHOP-TEE-BLUE", "TEE-BLUE", 2}};
  shipment.ship_time = now;
  shipment.create_time = now;
  shipment.warehouse_id = 1;
  shipment.warehouse_name = "East";
  return event;
}

model::StoredShipment RowOf(const model::ShipmentEvent& event) {
  const model::Shipment& shipment = event.shipment;
  model::StoredShipment row;
  row.record.shipment_id = shipment.shipment_id;
  row.record.order_id = shipment.order_id;
  row.record.order_number = shipment.order_number;
  row.record.tracking_number = shipment.tracking_number;
  row.record.shipping_carrier = shipment.carrier.code;
  row.record.create_time = shipment.create_time;
  row.tracking_key = shipment.tracking_number;
  row.cart_id = shipment.cart_id;
  row.family_order_ids = shipment.family_order_ids;
  row.carrier = shipment.carrier;
  row.items = shipment.items;
  row.delivery.state = model::DeliveryState::kReady;
  row.state_time = event.event_time;
  row.last_event = {event.sequence,
                    event.kind,
                    shipment.tracking_number,
                    shipment.carrier.code,
                    {}};
  return row;
}

// A server's parts from the feed down, with the events stored.
class Bench {
 public:
  Bench() {
    storage::StoreOptions options;
    options.url = "sqlite:" + folder_.File("store.db");
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    auto store = storage::OpenStore(options);
    Require(store.ok(), "opening the store");
    store_ = *std::move(store);
    Fill();
    Require(storage::BackUpStore(options, folder_.File("raw.db")).ok(),
            "copying the store");
    StartFeed();
  }
  ~Bench() {
    feed_->Shutdown();
    runner_->Shutdown();
    executor_.Shutdown();
    pull_executor_.Shutdown();
    timers_.Shutdown();
  }

  std::string RawFile() const { return folder_.File("raw.db"); }

  PollPage Poll(const std::string& consumer, int page_size) {
    PollRequest request;
    request.connection = kConnection;
    request.cart = kCart;
    request.consumer = consumer;
    request.max_results = page_size;
    request.max_staleness = absl::Hours(24);
    absl::Notification done;
    absl::StatusOr<PollPage> page;
    feed_->Poll({}, request, [&](absl::StatusOr<PollPage> answer) {
      page = std::move(answer);
      done.Notify();
    });
    done.WaitForNotification();
    Require(page.ok(), "a poll");
    return *std::move(page);
  }

  void Acknowledge(const std::string& consumer, const PollPage& page,
                   bool with_outcomes) {
    AcknowledgeRequest request;
    request.connection = kConnection;
    request.consumer = consumer;
    request.cursor = page.next_cursor;
    for (const model::ShipmentEvent& event : page.events) {
      if (!with_outcomes) break;
      model::ShipmentOutcome outcome;
      outcome.shipment_id = event.shipment.shipment_id;
      outcome.sequence = event.sequence;
      outcome.confirmed = true;
      request.outcomes.push_back(std::move(outcome));
    }
    const auto errors = acknowledgement_->Acknowledge({}, request);
    Require(errors.ok() && errors->empty(), "an acknowledgement");
  }

 private:
  void Fill() {
    const absl::Time now = clock_.Now();
    Require(store_
                ->Write({},
                        [&](storage::WriteTransaction& txn) {
                          model::Connection connection;
                          connection.id = kConnection;
                          model::Cart cart;
                          cart.cart_id = kCart;
                          cart.sales_channel = "7";
                          connection.carts.push_back(cart);
                          return txn.connections().InsertConnection(connection,
                                                                    {});
                        })
                .ok(),
            "the connection");
    for (int64_t i = 0; i < kEvents; i += kEventsAtOnce) {
      Require(store_
                  ->Write({},
                          [&](storage::WriteTransaction& txn) {
                            return Append(txn, i, now);
                          })
                  .ok(),
              "storing events");
    }
  }

  static absl::Status Append(storage::WriteTransaction& txn, int64_t from,
                             absl::Time now) {
    OMS_ASSIGN_OR_RETURN(const int64_t first, txn.connections().TakeSequences(
                                                  kConnection, kEventsAtOnce));
    std::vector<model::ShipmentEvent> events;
    std::vector<model::StoredShipment> rows;
    for (int64_t i = 0; i < kEventsAtOnce; ++i) {
      events.push_back(EventNumber(from + i, now));
      events.back().sequence = first + i;
      events.back().release_group = first + i;
      rows.push_back(RowOf(events.back()));
    }
    std::vector<model::StoredShipment*> pointers;
    for (model::StoredShipment& row : rows) pointers.push_back(&row);
    OMS_RETURN_IF_ERROR(txn.shipments().PutShipments(kConnection, pointers));
    return txn.shipments().AppendEvents(kConnection, events);
  }

  // The feed takes its data for fresh after one pull, which here reads nothing.
  void StartFeed() {
    feeds::PullRunnerOptions options;
    options.store = store_.get();
    options.clock = &clock_;
    options.ids = &ids_;
    options.executor = &pull_executor_;
    options.open_token = [](const model::Connection&) {
      return base::SecretString("token");
    };
    options.holder = "benchmark";
    runner_ = std::make_unique<feeds::PullRunner>(std::move(options));
    runner_->SetBody(model::Feed::kShipments,
                     [](feeds::PullSession&) { return absl::OkStatus(); });
    feeds::PullRequest pull;
    pull.connection = kConnection;
    pull.feed = model::Feed::kShipments;
    const auto run = runner_->RunToEnd({}, pull);
    Require(run.ok() && run->error.ok(), "the pull");

    ShipmentFeedOptions feed;
    feed.store = store_.get();
    feed.runner = runner_.get();
    feed.clock = &clock_;
    feed.executor = &executor_;
    feed.timers = &timers_;
    feed.signal = &signal_;
    feed_ = std::make_unique<ShipmentFeed>(feed);
    acknowledgement_ = std::make_unique<Acknowledgement>(store_.get(), &clock_);
  }

  Folder folder_;
  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  base::Executor pull_executor_{"pulls", 1, 10};
  base::Executor executor_{"feed", 2, 100};
  base::TimerQueue timers_;
  EventSignal signal_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<feeds::PullRunner> runner_;
  std::unique_ptr<ShipmentFeed> feed_;
  std::unique_ptr<Acknowledgement> acknowledgement_;
};

// The library alone.
class RawDatabase {
 public:
  explicit RawDatabase(const std::string& file) {
    Require(sqlite3_open(file.c_str(), &database_) == SQLITE_OK,
            "opening SQLite");
    Require(sqlite3_exec(database_,
                         "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
                         nullptr, nullptr, nullptr) == SQLITE_OK,
            "setting SQLite up");
    select_ = Prepare(kRawSelect);
    outcome_ = Prepare(kRawOutcome);
    consumer_ = Prepare(kRawConsumer);
    begin_ = Prepare("BEGIN IMMEDIATE");
    commit_ = Prepare("COMMIT");
  }
  ~RawDatabase() {
    for (sqlite3_stmt* statement :
         {select_, outcome_, consumer_, begin_, commit_}) {
      sqlite3_finalize(statement);
    }
    sqlite3_close(database_);
  }
  RawDatabase(const RawDatabase&) = delete;
  RawDatabase& operator=(const RawDatabase&) = delete;

  // Events a second.
  double HandOutAndAcknowledge(int page_size, bool with_outcomes) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    int64_t position = 0;
    int64_t events = 0;
    for (;;) {
      std::vector<int64_t> shipments = ReadPage(page_size, position);
      if (shipments.empty()) break;
      events += static_cast<int64_t>(shipments.size());
      if (!with_outcomes) shipments.clear();
      WritePage(shipments, position);
    }
    Require(events == kEvents, "reading all events");
    return static_cast<double>(events) /
           std::chrono::duration<double>(Clock::now() - start).count();
  }

 private:
  sqlite3_stmt* Prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    Require(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) ==
                SQLITE_OK,
            sql);
    return statement;
  }

  static void Step(sqlite3_stmt* statement) {
    Require(sqlite3_step(statement) == SQLITE_DONE, "a statement");
    sqlite3_reset(statement);
  }

  std::vector<int64_t> ReadPage(int page_size, int64_t& position) {
    sqlite3_bind_int64(select_, 1, position);
    sqlite3_bind_int(select_, 2, page_size);
    std::vector<int64_t> shipments;
    while (sqlite3_step(select_) == SQLITE_ROW) {
      for (int i = 0; i < sqlite3_column_count(select_); ++i) {
        benchmark::DoNotOptimize(sqlite3_column_text(select_, i));
      }
      position = sqlite3_column_int64(select_, 1);
      shipments.push_back(sqlite3_column_int64(select_, 2));
    }
    sqlite3_reset(select_);
    return shipments;
  }

  void WritePage(const std::vector<int64_t>& shipments, int64_t position) {
    Step(begin_);
    for (const int64_t id : shipments) {
      sqlite3_bind_int64(outcome_, 1, id);
      Step(outcome_);
    }
    sqlite3_bind_int64(consumer_, 1, position);
    Step(consumer_);
    Step(commit_);
  }

  sqlite3* database_ = nullptr;
  sqlite3_stmt* select_ = nullptr;
  sqlite3_stmt* outcome_ = nullptr;
  sqlite3_stmt* consumer_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
};

void BM_HandOutAndAcknowledge(benchmark::State& state) {
  static int consumers = 0;
  const int page_size = static_cast<int>(state.range(0));
  const bool with_outcomes = state.range(1) == 1;
  Bench bench;
  const double raw_rate = RawDatabase(bench.RawFile())
                              .HandOutAndAcknowledge(page_size, with_outcomes);
  for (auto _ : state) {
    const std::string consumer = absl::StrCat("c", ++consumers);
    int64_t events = 0;
    for (;;) {
      const PollPage page = bench.Poll(consumer, page_size);
      if (page.events.empty()) break;
      events += static_cast<int64_t>(page.events.size());
      bench.Acknowledge(consumer, page, with_outcomes);
    }
    Require(events == kEvents, "reading all events");
  }
  const auto rate = benchmark::Counter::kIsRate;
  const auto done = static_cast<double>(state.iterations() * kEvents);
  state.counters["events"] = benchmark::Counter(done, rate);
  state.counters["of_raw"] = benchmark::Counter(done / raw_rate, rate);
}
BENCHMARK(BM_HandOutAndAcknowledge)
    ->ArgNames({"page", "outcomes"})
    ->Args({1000, 1})
    ->Args({1000, 0})
    ->Args({100, 1})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace oms_connector::shipments
