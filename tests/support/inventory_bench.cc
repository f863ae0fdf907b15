#include "tests/support/inventory_bench.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "base/status_macros.h"
#include "fake_order_manager/direct_door.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "order_manager/curl_transport.h"
#include "tests/support/pull_moment.h"

namespace oms_connector::testing_support {
namespace {

// Plenty for tests, small enough to notice a leak of tasks.
constexpr size_t kQueue = 100;

void ExpectOk(const absl::Status& status) {
  ASSERT_TRUE(status.ok()) << status;
}

std::unique_ptr<FakeOrderManager> StartFake(InventoryBench::Door door,
                                            std::function<absl::Time()> clock) {
  FakeOrderManager::Options options;
  options.over_http = door == InventoryBench::Door::kHttp;
  options.clock = std::move(clock);
  options.world.tells_time = false;
  return FakeOrderManager::Start(std::move(options)).value();
}

std::unique_ptr<order_manager::HttpTransport> TransportThrough(
    InventoryBench::Door door, FakeOrderManager* fake, base::Clock* clock) {
  if (door == InventoryBench::Door::kDirect) {
    return std::make_unique<DirectTransport>(fake);
  }
  return std::make_unique<order_manager::CurlTransport>(
      order_manager::CurlTransport::Options(), clock);
}

}  // namespace

std::string Brief(const model::InventoryLevel& level) {
  if (level.available.has_value()) return absl::StrCat(*level.available);
  return absl::StrCat("W", static_cast<int>(level.withheld_reason));
}

std::string Brief(const LevelMap& levels) {
  std::string text;
  for (const auto& [key, level] : levels) {
    absl::StrAppend(&text, text.empty() ? "" : " ", level.sku, "@",
                    level.location.id, "=", Brief(level));
  }
  return text;
}

absl::Status WatchedStore::Read(
    const base::CallContext& context,
    absl::FunctionRef<absl::Status(storage::ReadTransaction&)> function) {
  Hook hook;
  {
    absl::MutexLock lock(&mutex_);
    hook = read_hook_;
  }
  if (hook) OMS_RETURN_IF_ERROR(hook());
  return store_->Read(context, function);
}

absl::Status WatchedStore::Write(
    const base::CallContext& context,
    absl::FunctionRef<absl::Status(storage::WriteTransaction&)> function) {
  Hook hook;
  {
    absl::MutexLock lock(&mutex_);
    hook = hook_;
  }
  if (hook) OMS_RETURN_IF_ERROR(hook());
  return store_->Write(context, function);
}

InventoryBench::InventoryBench(base::ManualClock* clock, Door door)
    : clock_(clock != nullptr ? *clock : own_clock_),
      sleeper_(&clock_),
      fake_(StartFake(
          door, [this] { return their_clock_ ? their_clock_() : now(); })),
      transport_(TransportThrough(door, fake_.get(), &system_clock_)),
      rest_(ClientOptions(), transport_.get(), &clock_, &sleeper_,
            &client_ids_),
      order_manager_(&rest_) {}

InventoryBench::InventoryBench(TestStoreOptions options, Door door)
    : InventoryBench(nullptr, door) {
  options.counter = &counter_;
  absl::StatusOr<std::unique_ptr<storage::Store>> store =
      NewTestStore(&clock_, &sleeper_, &ids_, options);
  ExpectOk(store.status());
  own_store_ = *std::move(store);
  store_ = own_store_.get();
  model::Connection connection;
  connection.id = kBenchConnection;
  connection.epoch = "epoch";
  connection.order_manager.base_url = fake_->base_url();
  connection.create_time = now();
  connection.update_time = now();
  connection.earliest_shipment_time = now();
  ExpectOk(store_->Write({}, [&](storage::WriteTransaction& txn) {
    return txn.connections().InsertConnection(connection, {{}, "1", now()});
  }));
  StartFirst();
}

InventoryBench::InventoryBench(storage::Store* store, base::ManualClock* clock)
    : InventoryBench(clock, Door::kDirect) {
  store_ = store;
  pages_ahead_ = 0;
  StartFirst();
}

void InventoryBench::StartFirst() {
  syncer_store_ = std::make_unique<WatchedStore>(store_);
  run_store_ = std::make_unique<WatchedStore>(store_);
  pull_options_.store = run_store_.get();
  pull_options_.order_manager = &order_manager_;
  AddServers({absl::ZeroDuration()});
}

InventoryBench::~InventoryBench() {
  for (Server& server : servers_) Stop(server);
}

void InventoryBench::Stop(Server& server) {
  server.runner->Shutdown();
  server.pull_executor->Shutdown();
  server.store_executor->Shutdown();
}

void InventoryBench::Start(bool alone) {
  Server& made = server();
  made.pull_executor = std::make_unique<base::Executor>("pulls", 2, kQueue);
  made.store_executor = std::make_unique<base::Executor>("store", 2, kQueue);
  feeds::PullRunnerOptions options;
  options.sole_server = alone;
  options.pages_ahead = pages_ahead_;
  options.page_wait = page_wait_;
  options.store = run_store_.get();
  options.clock = made.clock.get();
  options.ids = &ids_;
  options.executor = made.pull_executor.get();
  options.open_token = [](const model::Connection&) {
    return base::SecretString("token");
  };
  options.holder = ids_.NewUuid();
  made.runner = std::make_unique<feeds::PullRunner>(options);
  made.runner->SetBody(
      model::Feed::kInventory, [this](feeds::PullSession& session) {
        return inventory::PullInventory(pull_options_, session);
      });
  inventory::InventorySyncerOptions syncer;
  syncer.store = syncer_store_.get();
  syncer.runner = made.runner.get();
  syncer.clock = made.clock.get();
  syncer.executor = made.store_executor.get();
  made.syncer = std::make_unique<inventory::InventorySyncer>(syncer);
}

void InventoryBench::Restart(bool alone) {
  Stop(server());
  Start(alone);
  ExpectOk(runner().Recover({}));
}

std::optional<model::SyncRun> InventoryBench::KillInPull(
    model::SyncKind kind, int at, bool alone, storage::FaultPlan& faults) {
  const auto moment = std::make_shared<PullMoment>(at);
  order_manager_.SetHook(
      [moment, &faults](const WatchedOrderManager::Request&) {
        if (moment->CountRequest()) {
          faults.FailAlways(model::Internal("killed"));
          moment->Come();
        }
        return absl::OkStatus();
      });
  feeds::PullRequest request;
  request.connection = kBenchConnection;
  request.kind = kind;
  moment->Follow(runner(), request);
  runner().Shutdown();
  order_manager_.SetHook(nullptr);
  faults.Clear();
  Restart(alone);
  std::optional<model::SyncRun> run;
  if (moment->is_reached()) return run;
  ExpectOk(store_->Read({}, [&](storage::ReadTransaction& txn) {
    OMS_ASSIGN_OR_RETURN(run,
                         txn.runs().LatestRun(kBenchConnection, request.feed));
    return absl::OkStatus();
  }));
  return run;
}

void InventoryBench::AddServers(const std::vector<absl::Duration>& skews) {
  const size_t asked = current_;
  for (const absl::Duration skew : skews) {
    current_ = servers_.size();
    servers_.emplace_back().clock =
        std::make_unique<base::SkewedClock>(&clock_, skew);
    Start();
  }
  current_ = asked;
}

void InventoryBench::SwitchServer(size_t number) { current_ = number; }

void InventoryBench::SetPageLimit(int64_t limit) {
  pull_options_.page_limit = limit;
  world().longest_page = limit;
}

void InventoryBench::AddWarehouse(int64_t id, bool active) {
  Warehouse row;
  row.warehouse_id = id;
  row.name = absl::StrCat("Warehouse ", id);
  row.active = active;
  fake_->Mutate([&](FakeWorld& world) { world.Put(std::move(row)); });
}

void InventoryBench::AddChannel(int64_t id, const std::string& name,
                                bool active) {
  SalesChannel row;
  row.sales_channel_id = id;
  row.name = name;
  row.active = active;
  fake_->Mutate([&](FakeWorld& world) { world.Put(std::move(row)); });
}

void InventoryBench::AddTwoWarehouses() {
  SetMode(model::InventorySyncMode::kPerWarehouse);
  AddWarehouse(1);
  AddWarehouse(2);
  AddStock(1, 10, "A", 7, 2);
  AddStock(2, 10, "A", 3, 0);
  AddStock(1, 11, "B", 5, 1);
}

void InventoryBench::AddStock(int64_t warehouse, int64_t product,
                              const std::string& sku, int64_t on_hand,
                              std::optional<int64_t> locked) {
  fake_->Mutate([&](FakeWorld& world) {
    world.SetStock(product, warehouse, on_hand, locked).master_sku = sku;
  });
}

void InventoryBench::AddProduct(int64_t id, const std::string& sku, bool active,
                                absl::Time modified) {
  fake_->Mutate([&](FakeWorld& world) {
    Product& row = world.products[id];
    row.product_id = id;
    row.master_sku = sku;
    row.active = active;
    row.modified = modified;
  });
}

void InventoryBench::AddListing(int64_t id, int64_t channel, int64_t product,
                                const std::string& listing_sku,
                                const std::string& master_sku,
                                absl::Time modified) {
  fake_->Mutate([&](FakeWorld& world) {
    Listing& row = world.listings[id];
    row.listing_id = id;
    row.sales_channel_id = channel;
    row.product_id.reset();
    if (product != 0) row.product_id = product;
    row.listing_sku = listing_sku;
    row.master_sku = master_sku;
    row.last_modified = modified;
  });
}

void InventoryBench::SetNumber(int64_t listing, int64_t number) {
  fake_->Mutate([&](FakeWorld& world) {
    // Later than before, also by a clock that was set back.
    const absl::Time before = world.listings.at(listing).quantity_modified;
    world.SetChannelQuantity(listing, number,
                             std::max(now(), before + absl::Microseconds(1)));
  });
}

void InventoryBench::SetClock(std::function<absl::Time()> clock) {
  their_clock_ = std::move(clock);
  world().tells_time = true;
}

void InventoryBench::ChangeConnection(
    const std::function<void(model::Connection&)>& change) {
  ExpectOk(
      store_->Write({}, [&](storage::WriteTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(model::Connection connection,
                             txn.connections().GetConnection(kBenchConnection));
        change(connection);
        return txn.connections().UpdateConnection(connection);
      }));
}

void InventoryBench::ChangeSettings(
    const std::function<void(model::Settings&)>& change) {
  ExpectOk(
      store_->Write({}, [&](storage::WriteTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(model::StoredSettings settings,
                             txn.connections().GetSettings(kBenchConnection));
        change(settings.values);
        return txn.connections().UpdateSettings(kBenchConnection, settings,
                                                true);
      }));
}

void InventoryBench::SetMode(model::InventorySyncMode mode) {
  ChangeSettings([&](model::Settings& s) { s.inventory_sync_mode = mode; });
}

void InventoryBench::SetCarts(std::vector<model::Cart> carts) {
  ChangeConnection([&](model::Connection& connection) {
    connection.carts = std::move(carts);
    ++connection.view_generation;
  });
}

model::Settings InventoryBench::Settings() {
  model::StoredSettings settings;
  ExpectOk(store_->Read({}, [&](storage::ReadTransaction& txn) {
    OMS_ASSIGN_OR_RETURN(settings,
                         txn.connections().GetSettings(kBenchConnection));
    return absl::OkStatus();
  }));
  return settings.values;
}

model::InventoryState InventoryBench::State() {
  model::InventoryState state;
  ExpectOk(store_->Read({}, [&](storage::ReadTransaction& txn) {
    OMS_ASSIGN_OR_RETURN(state, txn.inventory().GetState(kBenchConnection));
    return absl::OkStatus();
  }));
  return state;
}

inventory::SyncRequest InventoryBench::Now() const {
  inventory::SyncRequest request;
  request.connection = kBenchConnection;
  request.max_staleness = absl::ZeroDuration();
  return request;
}

absl::StatusOr<inventory::SyncPage> InventoryBench::Sync(
    const inventory::SyncRequest& request) {
  absl::StatusOr<inventory::SyncPage> result;
  absl::Notification done;
  server().syncer->Sync({}, request,
                        [&](absl::StatusOr<inventory::SyncPage> page) {
                          result = std::move(page);
                          done.Notify();
                        });
  done.WaitForNotification();
  return result;
}

absl::StatusOr<inventory::SyncPage> InventoryBench::Drain(
    inventory::SyncRequest request, int64_t* position, LevelMap* levels) {
  // A caller that is handed a page in the middle of a location reads on there.
  std::optional<model::LocationPlace> inside;
  for (;;) {
    request.position = *position;
    request.inside = inside;
    OMS_ASSIGN_OR_RETURN(inventory::SyncPage page, Sync(request));
    for (const model::InventoryLevel& level : page.levels) {
      (*levels)[{level.sku, level.location.kind, level.location.id}] = level;
    }
    const bool moved =
        page.next_position != *position || page.next_inside.has_value();
    *position = page.next_position;
    inside = page.next_inside;
    if (page.caught_up || !moved) return page;
    // What follows is the rest of the same state.
    request.max_staleness = absl::InfiniteDuration();
  }
}

LevelMap InventoryBench::Levels(const std::string& cart) {
  inventory::SyncRequest request = Now();
  request.cart = cart;
  LevelMap levels;
  int64_t position = 0;
  const absl::StatusOr<inventory::SyncPage> page =
      Drain(request, &position, &levels);
  EXPECT_TRUE(page.ok()) << page.status();
  return levels;
}

}  // namespace oms_connector::testing_support
