// Everything between a caller of the inventory use cases and the fake Order
// Manager: a real store (SQLite in memory), the pull runner, the syncer, the
// real client, and one of the fake's two doors.
//
//   InventoryBench bench;
//   bench.AddWarehouse(1);
//   bench.SetMode(model::InventorySyncMode::kPerWarehouse);
//   SyncPage page = *bench.Sync();
//
// Time stands still but for Advance().
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_INVENTORY_BENCH_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_INVENTORY_BENCH_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/executor.h"
#include "base/id_generator.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "domain/feeds/pull_runner.h"
#include "domain/inventory/inventory_pull.h"
#include "domain/inventory/inventory_syncer.h"
#include "fake_order_manager/fake_order_manager.h"
#include "model/connection.h"
#include "model/settings.h"
#include "order_manager/http_transport.h"
#include "order_manager/rest_client.h"
#include "storage/store.h"
#include "tests/endpoints/sql_counter.h"
#include "tests/endpoints/test_store.h"
#include "tests/support/watched_order_manager.h"

namespace oms_connector::testing_support {

inline constexpr char kBenchConnection[] = "acme";

// What a client knows after it has applied pages: by SKU and location.
using LevelMap = std::map<std::tuple<std::string, model::LocationKind, int64_t>,
                          model::InventoryLevel>;
// "7", or the reason's number as "W3".
std::string Brief(const model::InventoryLevel& level);
// "A@1=7 B@2=W5", warehouses and channels alike, by SKU.
std::string Brief(const LevelMap& levels);

// Makes a row of stock unreadable, as its `raw`.
inline RawFields Garbled() { return {{"onHandQuantity", "\"many\""}}; }

// A store that calls a hook before each write, and another before each read. A
// transaction for which its hook returns an error fails with it, and nothing is
// read or written.
class WatchedStore final : public storage::Store {
 public:
  explicit WatchedStore(storage::Store* store) : store_(store) {}

  using Hook = std::function<absl::Status()>;

  void SetHook(Hook hook) {
    absl::MutexLock lock(&mutex_);
    hook_ = std::move(hook);
  }
  void SetReadHook(Hook hook) {
    absl::MutexLock lock(&mutex_);
    read_hook_ = std::move(hook);
  }
  absl::Status Read(const base::CallContext& context,
                    absl::FunctionRef<absl::Status(storage::ReadTransaction&)>
                        function) override;
  absl::Status Write(const base::CallContext& context,
                     absl::FunctionRef<absl::Status(storage::WriteTransaction&)>
                         function) override;

 private:
  storage::Store* const store_;
  absl::Mutex mutex_;
  Hook hook_ ABSL_GUARDED_BY(mutex_);
  Hook read_hook_ ABSL_GUARDED_BY(mutex_);
};

class InventoryBench {
 public:
  // Which way the fake is asked.
  enum class Door { kDirect, kHttp };

  explicit InventoryBench(TestStoreOptions options = {},
                          Door door = Door::kDirect);
  // Over a store, with its clock, where somebody else has made the connection.
  // One thing happens after the other, so that a history can be told again.
  InventoryBench(storage::Store* store, base::ManualClock* clock);
  ~InventoryBench();

  WatchedOrderManager& order_manager() { return order_manager_; }
  FakeOrderManager& fake() { return *fake_; }
  storage::Store& store() { return *store_; }
  feeds::PullRunner& runner() { return *server().runner; }
  base::ManualClock& clock() { return clock_; }
  // What the store asks of its database.
  SqlCounter& counter() { return counter_; }
  absl::Time now() { return clock_.Now(); }
  void Advance(absl::Duration duration) { clock_.Advance(duration); }
  // A limit that the Order Manager keeps to, however small it is.
  void SetPageLimit(int64_t limit);
  void SetRowsOfACommit(size_t rows) { pull_options_.rows_of_a_commit = rows; }
  // Of the servers that are started from here on: commits are then as many on a
  // busy machine as on a quiet one.
  void SetPageWait(absl::Duration wait) { page_wait_ = wait; }

  // The world, to be changed while no request runs; while one does, by
  // fake().Mutate or by what follows.
  FakeWorld& world() { return fake_->world(); }
  void AddWarehouse(int64_t id, bool active = true);
  void AddChannel(int64_t id, const std::string& name, bool active = true);
  // These change rows that are there.
  void AddStock(int64_t warehouse, int64_t product, const std::string& sku,
                int64_t on_hand, std::optional<int64_t> locked = 0);
  void AddProduct(int64_t id, const std::string& sku, bool active,
                  absl::Time modified);
  // `product`: 0 = it names none.
  void AddListing(int64_t id, int64_t channel, int64_t product,
                  const std::string& listing_sku, const std::string& master_sku,
                  absl::Time modified);
  // Acknowledge tells it, though it be the number from before.
  void SetNumber(int64_t listing, int64_t number);
  // From here on answers tell the time, which is by this clock.
  void SetClock(std::function<absl::Time()> clock);

  // Settings and carts, as domain/connections would change them.
  void ChangeSettings(const std::function<void(model::Settings&)>& change);
  void SetMode(model::InventorySyncMode mode);
  // Switches to per warehouse: 1 has 7 of product 10, SKU "A", 2 of them
  // locked, and 5 of product 11, SKU "B", 1 locked; 2 has 3 of product 10.
  void AddTwoWarehouses();
  void SetCarts(std::vector<model::Cart> carts);
  void ChangeConnection(const std::function<void(model::Connection&)>& change);

  // As stored.
  model::Settings Settings();
  model::InventoryState State();

  // A request that pulls now and waits for it.
  inventory::SyncRequest Now() const;
  absl::StatusOr<inventory::SyncPage> Sync(
      const inventory::SyncRequest& request);
  absl::StatusOr<inventory::SyncPage> Sync() { return Sync(Now()); }
  // Returns at once.
  void StartSync(const base::CallContext& context,
                 const inventory::SyncRequest& request,
                 inventory::SyncDone done) {
    server().syncer->Sync(context, request, std::move(done));
  }
  // Before each read that is no run's.
  void SetReadHook(WatchedStore::Hook hook) {
    syncer_store_->SetReadHook(std::move(hook));
  }
  // Before each write that is no run's, and before each of a run.
  void SetWriteHook(WatchedStore::Hook hook) {
    syncer_store_->SetHook(std::move(hook));
  }
  void SetRunWriteHook(WatchedStore::Hook hook) {
    run_store_->SetHook(std::move(hook));
  }
  // All pages from the request's position on, applied to `levels`; the last
  // page comes back. `position` follows.
  absl::StatusOr<inventory::SyncPage> Drain(inventory::SyncRequest request,
                                            int64_t* position,
                                            LevelMap* levels);
  // The levels a new client of `cart` sees after a pull.
  LevelMap Levels(const std::string& cart = "");

  // As after a crash: runner and executors are new, the store is the same. A
  // server that is `alone` ends what a dead one has left running; others wait
  // until its lease has run out.
  void Restart(bool alone = true);
  // Starts a pull whose server is killed at its `at`-th request, and started
  // again: of what it does from there on nothing reaches the database, whose
  // faults these are, not even that the pull has ended. The run, where it has
  // ended with fewer requests.
  std::optional<model::SyncRun> KillInPull(model::SyncKind kind, int at,
                                           bool alone,
                                           storage::FaultPlan& faults);

  // Beside the one that there is, servers over the same store whose clocks are
  // wrong by so much; and whom of all of them everything is asked of from here
  // on, 0 being the first.
  void AddServers(const std::vector<absl::Duration>& skews);
  void SwitchServer(size_t number);

 private:
  // Ends in the order of its members, from the last.
  struct Server {
    std::unique_ptr<base::SkewedClock> clock;
    std::unique_ptr<base::Executor> pull_executor, store_executor;
    std::unique_ptr<feeds::PullRunner> runner;
    std::unique_ptr<inventory::InventorySyncer> syncer;
  };

  InventoryBench(base::ManualClock* clock, Door door);

  Server& server() { return servers_[current_]; }
  void StartFirst();
  void Start(bool alone = true);
  static void Stop(Server& server);

  base::ManualClock own_clock_;
  base::ManualClock& clock_;
  base::ManualSleeper sleeper_;
  base::SystemIdGenerator ids_;
  base::SystemClock system_clock_;
  std::function<absl::Time()> their_clock_;
  const std::unique_ptr<FakeOrderManager> fake_;
  const std::unique_ptr<order_manager::HttpTransport> transport_;
  // The same in each run: the client waits between its tries by them.
  base::SequentialIdGenerator client_ids_;
  order_manager::RestOrderManager rest_;
  WatchedOrderManager order_manager_;
  SqlCounter counter_;
  std::unique_ptr<storage::Store> own_store_;
  storage::Store* store_ = nullptr;
  std::unique_ptr<WatchedStore> syncer_store_;
  std::unique_ptr<WatchedStore> run_store_;
  inventory::InventoryPullOptions pull_options_;
  int pages_ahead_ = 1;  // as PullRunnerOptions
  absl::Duration page_wait_ = feeds::PullRunnerOptions().page_wait;
  std::vector<Server> servers_;
  size_t current_ = 0;  // whom everything is asked of
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_INVENTORY_BENCH_H_
