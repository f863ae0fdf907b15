// Calls to the database (some of them, OMS_SOAK=1: all), and every request to
// the Order Manager, of each operation fail once, one after the other, in small
// worlds. Whichever it is:
// the store stays sound, and the operation done again leaves what it would have
// left without a fault.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/secret_box.h"
#include "base/secret_string.h"
#include "base/status_macros.h"
#include "domain/connections/connection_directory.h"
#include "domain/connections/settings_editor.h"
#include "domain/shipments/acknowledgement.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "server/ops/scheduler.h"
#include "storage/store_test_suite/fault_sql_connection.h"
#include "tests/endpoints/test_store.h"
#include "tests/faults/store_check.h"
#include "tests/shipments/shipment_world.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using shipments::ShipmentWorld;
using storage::FaultPlan;

// More calls than any operation makes.
constexpr int kMaxCalls = 2'000;
// Of an operation and kind of fault, about, unless OMS_SOAK is set.
constexpr int kQuickFailures = 8;

// A small world, an operation on it, and what that leaves.
class Scene {
 public:
  virtual ~Scene() = default;
  // May be done again.
  virtual absl::Status Act() = 0;
  // In words, without what differs from try to try: times and numbers.
  virtual std::string Outcome() = 0;
  // What may be left instead where the Order Manager's own marks have moved on
  // before the fault, and that was told; "" = nothing.
  virtual std::string ToldLoss() { return ""; }
  // The `n`-th request to the Order Manager fails; 0 = none. False where the
  // scene makes none.
  virtual bool FailRequest(int n) {
    (void)n;
    return false;
  }
  // Whether that has happened.
  virtual bool RequestFailed() const { return false; }
};

using MakeScene = std::function<std::unique_ptr<Scene>(const std::string& path,
                                                       FaultPlan* faults)>;

struct SqlFault {
  const char* name;
  absl::Status status;
  bool loses_transaction;
};

std::vector<SqlFault> SqlFaults() {
  return {{"full", model::StoreFull(), true},
          {"busy", model::StoreBusy(absl::Milliseconds(1)), false},
          {"broken", model::Internal("broken"), false}};
}

class NthFailureTest : public ::testing::Test {
 protected:
  // A database file of its own for each world.
  std::string NewPath() {
    return absl::StrCat(
        ::testing::TempDir(), "/nth_",
        ::testing::UnitTest::GetInstance()->current_test_info()->name(), "_",
        ++worlds_, ".db");
  }

  // Also how many calls to the database it took.
  std::string CleanOutcome(const MakeScene& make, int* calls) {
    FaultPlan none;
    const auto scene = make(NewPath(), &none);
    const int64_t before = none.calls();
    EXPECT_EQ(scene->Act(), absl::OkStatus());
    *calls = static_cast<int>(none.calls() - before);
    std::string outcome = scene->Outcome();
    // And the operation may be repeated.
    EXPECT_EQ(scene->Act(), absl::OkStatus());
    EXPECT_EQ(scene->Outcome(), outcome);
    return outcome;
  }

  void CheckAfter(const std::string& path, Scene& scene,
                  const std::string& clean) {
    EXPECT_EQ(Breaches(path), "");
    EXPECT_EQ(scene.Act(), absl::OkStatus());
    const std::string outcome = scene.Outcome();
    if (outcome != clean) {
      EXPECT_EQ(outcome, scene.ToldLoss()) << "instead of " << clean;
      ++told_losses_;
    }
    EXPECT_EQ(Breaches(path), "");
  }

  void FailEachStatement(const MakeScene& make) {
    int calls = 0;
    const std::string clean = CleanOutcome(make, &calls);
    // A quick run takes some of them, others each time.
    const int stride =
        std::getenv("OMS_SOAK") != nullptr ? 1 : calls / kQuickFailures + 1;
    int start = static_cast<int>(std::random_device()() % stride);
    int failed = 0;
    for (const SqlFault& fault : SqlFaults()) {
      bool untouched = false;
      start = (start + 1) % stride;
      for (int n = 1 + start; n <= kMaxCalls && !untouched && !HasFailure();
           n += stride) {
        SCOPED_TRACE(absl::StrCat("call ", n, " ", fault.name));
        const std::string path = NewPath();
        FaultPlan plan;
        const auto scene = make(path, &plan);
        plan.FailCall(n, fault.status, fault.loses_transaction);
        const absl::Status status = scene->Act();
        untouched = !plan.fired();
        plan.Clear();
        if (untouched) {
          EXPECT_EQ(status, absl::OkStatus());
        }
        failed += untouched ? 0 : 1;
        CheckAfter(path, *scene, clean);
      }
      EXPECT_TRUE(untouched || HasFailure());
    }
    printf("%d failed calls to the database, of %d each way; %d told losses\n",
           failed, calls, told_losses_);
    EXPECT_GT(failed, 3);
  }

  void FailEachRequest(const MakeScene& make) {
    int calls = 0;
    const std::string clean = CleanOutcome(make, &calls);
    int failed = 0;
    for (;;) {
      SCOPED_TRACE(absl::StrCat("request ", failed + 1));
      const std::string path = NewPath();
      FaultPlan none;
      const auto scene = make(path, &none);
      ASSERT_TRUE(scene->FailRequest(failed + 1));
      (void)scene->Act();
      const bool untouched = !scene->RequestFailed();
      scene->FailRequest(0);
      CheckAfter(path, *scene, clean);
      if (untouched || HasFailure()) break;
      ++failed;
    }
    printf("%d failed requests\n", failed);
    EXPECT_GE(failed, 2);
  }

  int told_losses_ = 0;

 private:
  int worlds_ = 0;
};

// Counts requests, and has one fail.
class RequestFault {
 public:
  void FailNth(int n) {
    absl::MutexLock lock(&mutex_);
    left_ = n;
    failed_ = false;
  }
  absl::Status Next() {
    absl::MutexLock lock(&mutex_);
    if (left_ == 0 || --left_ > 0) return absl::OkStatus();
    failed_ = true;
    return model::OrderManagerUnavailable("on purpose", absl::Seconds(1));
  }
  bool failed() const {
    absl::MutexLock lock(&mutex_);
    return failed_;
  }

 private:
  mutable absl::Mutex mutex_;
  int left_ ABSL_GUARDED_BY(mutex_) = 0;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
};

// ---- Inventory

class InventoryScene : public Scene {
 public:
  InventoryScene(const std::string& path, FaultPlan* faults, bool per_warehouse)
      : bench_(TestStoreOptions{nullptr, faults, path}) {
    bench_.order_manager().SetHook(
        [this](const MemoryOrderManager::Request&) { return fault_.Next(); });
    MemoryWorld& world = bench_.world();
    if (per_warehouse) bench_.SetMode(model::InventorySyncMode::kPerWarehouse);
    world.AddWarehouse(1);
    world.AddChannel(7, "Shop");
    world.AddStock(1, 10, "A", 7, 2);
    world.AddStock(1, 11, "B", 5, 1);
    world.AddProduct(10, "A", true, bench_.now() - absl::Hours(48));
    world.AddListing(20, 7, 10, "shop-A", "A", bench_.now() - absl::Hours(48));
    world.SetNumber(20, 50);
    model::Cart cart;
    cart.cart_id = "shop";
    cart.sales_channel = "Shop";
    cart.sku_source = model::SkuSource::kListingSku;
    bench_.SetCarts({cart});
  }

  absl::Status Act() override {
    const auto page = bench_.Sync();
    OMS_RETURN_IF_ERROR(page.status());
    gap_told_ = page->run.has_value() && page->run->delta_gap_suspected;
    return page->run.has_value() ? page->run->error : absl::OkStatus();
  }
  std::string Outcome() override {
    return absl::StrCat(Brief(Stored("")), " | ", Brief(Stored("shop")));
  }
  // A number that was acknowledged and could not be stored cannot be asked for
  // again: its level is withheld as unknown, and the gap is said.
  std::string ToldLoss() override {
    return gap_told_ ? "A@7=W9 | shop-A@7=W9" : "";
  }
  bool FailRequest(int n) override {
    fault_.FailNth(n);
    return true;
  }
  bool RequestFailed() const override { return fault_.failed(); }

 protected:
  LevelMap Stored(const std::string& cart) {
    inventory::SyncRequest request = bench_.Now();
    request.cart = cart;
    request.max_staleness = absl::InfiniteDuration();
    LevelMap levels;
    int64_t position = 0;
    const auto page = bench_.Drain(request, &position, &levels);
    EXPECT_TRUE(page.ok()) << page.status();
    return levels;
  }

  RequestFault fault_;
  InventoryBench bench_;
  bool gap_told_ = false;
};

// A second pull, which finds changes of every kind.
class ChangedInventoryScene final : public InventoryScene {
 public:
  ChangedInventoryScene(const std::string& path, FaultPlan* faults)
      : InventoryScene(path, faults, /*per_warehouse=*/true) {
    EXPECT_EQ(InventoryScene::Act(), absl::OkStatus());
    bench_.Advance(absl::Minutes(20));
    bench_.world().AddStock(1, 10, "A", 9, 3);   // another number
    bench_.world().AddStock(1, 11, "B2", 5, 1);  // another SKU
    bench_.world().AddStock(1, 12, "A", 1, 0);   // makes A ambiguous
  }
};

// Other settings, applied to what is stored.
class RecomputeScene final : public InventoryScene {
 public:
  RecomputeScene(const std::string& path, FaultPlan* faults)
      : InventoryScene(path, faults, /*per_warehouse=*/true) {
    EXPECT_EQ(InventoryScene::Act(), absl::OkStatus());
    bench_.ChangeSettings([](model::Settings& settings) {
      settings.subtract_locked_quantity = true;
    });
  }
  absl::Status Act() override {
    inventory::SyncRequest request = bench_.Now();
    request.max_staleness = absl::InfiniteDuration();
    return bench_.Sync(request).status();
  }
};

template <typename SceneType, typename... Arguments>
MakeScene Maker(Arguments... arguments) {
  return [=](const std::string& path, FaultPlan* faults) {
    return std::make_unique<SceneType>(path, faults, arguments...);
  };
}

TEST_F(NthFailureTest, StatementsOfAFirstPullOfStock) {
  FailEachStatement(Maker<InventoryScene>(true));
}
TEST_F(NthFailureTest, StatementsOfAFirstPullOfChannels) {
  FailEachStatement(Maker<InventoryScene>(false));
}
TEST_F(NthFailureTest, StatementsOfAPullThatFindsChanges) {
  FailEachStatement(Maker<ChangedInventoryScene>());
}
TEST_F(NthFailureTest, StatementsOfARecompute) {
  FailEachStatement(Maker<RecomputeScene>());
}
TEST_F(NthFailureTest, RequestsOfPullsOfInventory) {
  FailEachRequest(Maker<InventoryScene>(true));
  FailEachRequest(Maker<InventoryScene>(false));
  FailEachRequest(Maker<ChangedInventoryScene>());
}

// ---- Shipments

class ShipmentScene : public Scene {
 public:
  ShipmentScene(const std::string& path, FaultPlan* faults)
      : world_(nullptr, TestStoreOptions{nullptr, faults, path}) {
    world_.order_manager.SetFault(
        [this](const std::string&) { return fault_.Next(); });
    world_.Wait();
    world_.Put(shipments::MakeOrder(1));
    world_.Put(shipments::MakeShipment(101, 1, "1Z-1"));
    // A family of two, of which one is not shipped yet.
    model::Order two = shipments::MakeOrder(2);
    two.related_order_ids = {3};
    world_.Put(two);
    world_.Put(shipments::MakeOrder(3, "ON_HOLD"));
    world_.Put(shipments::MakeShipment(102, 2, "1Z-2"));
    world_.Put(shipments::MakeShipment(103, 1, ""));  // no number yet
  }

  absl::Status Act() override { return world_.Pull(); }
  std::string Outcome() override {
    const shipments::PollPage page = world_.PollStored(0);
    std::vector<std::string> told;
    for (const model::ShipmentEvent& event : page.events) {
      told.push_back(absl::StrCat(
          event.shipment.shipment_id, " kind ", static_cast<int>(event.kind),
          " ", event.shipment.tracking_number, " ",
          static_cast<int>(event.shipment.delivery.state)));
    }
    std::sort(told.begin(), told.end());
    return absl::StrCat(absl::StrJoin(told, ", "), "; held ", page.held_orders);
  }
  bool FailRequest(int n) override {
    fault_.FailNth(n);
    return true;
  }
  bool RequestFailed() const override { return fault_.failed(); }

 protected:
  RequestFault fault_;
  ShipmentWorld world_;
};

// A family that is complete now, a corrected number, a void.
class ChangedShipmentScene : public ShipmentScene {
 public:
  ChangedShipmentScene(const std::string& path, FaultPlan* faults)
      : ShipmentScene(path, faults) {
    EXPECT_EQ(world_.Pull(), absl::OkStatus());
    world_.manual_clock.Advance(absl::Minutes(10));
    world_.Put(shipments::MakeOrder(3));
    world_.Put(shipments::MakeShipment(101, 1, "1Z-1-corrected"));
    world_.Put(shipments::MakeShipment(103, 1, "1Z-3"));
  }
};

class PollScene final : public ShipmentScene {
 public:
  using ShipmentScene::ShipmentScene;
  absl::Status Act() override {
    shipments::PollRequest request;
    request.consumer = "erp";
    request.cart = shipments::kCart;
    request.max_staleness = absl::ZeroDuration();
    const auto page = world_.Poll(request);
    OMS_RETURN_IF_ERROR(page.status());
    return page->pull.last_error;
  }
};

class AcknowledgeScene final : public ShipmentScene {
 public:
  AcknowledgeScene(const std::string& path, FaultPlan* faults)
      : ShipmentScene(path, faults),
        acknowledgement_(world_.store.get(), world_.clock) {
    EXPECT_EQ(world_.Pull(), absl::OkStatus());
    shipments::PollRequest request;
    request.consumer = "erp";
    const auto page = world_.Poll(request);
    EXPECT_TRUE(page.ok()) << page.status();
    request_.connection = shipments::kConnection;
    request_.consumer = "erp";
    request_.cursor = page->next_cursor;
    model::ShipmentOutcome outcome;
    outcome.shipment_id = 101;
    outcome.confirmed = true;
    request_.outcomes = {outcome};
  }
  absl::Status Act() override {
    return acknowledgement_.Acknowledge({}, request_).status();
  }

 private:
  shipments::Acknowledgement acknowledgement_;
  shipments::AcknowledgeRequest request_;
};

TEST_F(NthFailureTest, StatementsOfAFirstPullOfShipments) {
  FailEachStatement(Maker<ShipmentScene>());
}
TEST_F(NthFailureTest, StatementsOfAPullThatReleasesAndCorrects) {
  FailEachStatement(Maker<ChangedShipmentScene>());
}
TEST_F(NthFailureTest, StatementsOfAPoll) {
  FailEachStatement(Maker<PollScene>());
}
TEST_F(NthFailureTest, StatementsOfAnAcknowledgement) {
  FailEachStatement(Maker<AcknowledgeScene>());
}
TEST_F(NthFailureTest, RequestsOfPullsOfShipments) {
  FailEachRequest(Maker<ShipmentScene>());
  FailEachRequest(Maker<ChangedShipmentScene>());
  FailEachRequest(Maker<PollScene>());
}

// ---- Connections, settings, pruning

// Calls with request ids, as callers repeat them.
template <typename Result>
storage::ReplayableCall<Result> Once(const std::string& rpc) {
  storage::ReplayableCall<Result> call;
  call.id.key = model::RequestKey{"local", rpc, shipments::kConnection, "1"};
  call.id.fingerprint = rpc;
  call.response = [](const Result& result) { return result.etag; };
  return call;
}

class SettingsScene final : public ShipmentScene {
 public:
  SettingsScene(const std::string& path, FaultPlan* faults)
      : ShipmentScene(path, faults),
        editor_(world_.store.get(), world_.clock, &world_.ids) {}
  absl::Status Act() override {
    connections::SettingsUpdate update;
    update.connection = shipments::kConnection;
    update.sent.subtract_locked_quantity = true;
    update.call = Once<model::StoredSettings>("UpdateSettings");
    return editor_.Update({}, update).status();
  }
  std::string Outcome() override {
    const auto settings = editor_.Get({}, shipments::kConnection);
    const auto changes = editor_.ListChanges({}, shipments::kConnection, 0, 9);
    return absl::StrCat(settings->values.subtract_locked_quantity, " after ",
                        changes->size(), " changes");
  }

 private:
  connections::SettingsEditor editor_;
};

class ConnectionScene : public ShipmentScene {
 public:
  ConnectionScene(const std::string& path, FaultPlan* faults)
      : ShipmentScene(path, faults),
        directory_(Options(), world_.store.get(), world_.clock, &world_.ids,
                   &secrets_) {
    EXPECT_EQ(world_.Pull(), absl::OkStatus());
  }
  std::string Outcome() override {
    std::vector<std::string> told;
    const auto all =
        directory_.List({}, "", 9, [](absl::string_view) { return true; });
    for (const auto& connection : *all) {
      told.push_back(absl::StrCat(connection.id, " ", connection.display_name,
                                  " ", connection.order_manager.base_url));
    }
    return absl::StrJoin(told, ", ");
  }

 protected:
  static connections::ConnectionDirectory::Options Options() {
    connections::ConnectionDirectory::Options options;
    options.base_url_policy.hosts = {"*.skubana.com"};
    options.is_known_carrier = [](absl::string_view) { return true; };
    options.stop_pulls = [](absl::string_view) {};
    return options;
  }

  base::SecretBox secrets_ =
      *base::SecretBox::FromKey(base::SecretString(std::string(32, 'k')));
  connections::ConnectionDirectory directory_;
};

class CreateScene final : public ConnectionScene {
 public:
  using ConnectionScene::ConnectionScene;
  absl::Status Act() override {
    connections::ConnectionDraft draft;
    draft.base_url = "https://api.skubana.com";
    draft.access_token = base::SecretString("token-1");
    auto call = Once<model::Connection>("CreateConnection");
    call.id.key->connection = "bolt";
    return directory_.Create({}, "bolt", draft, call).status();
  }
};

class MoveScene final : public ConnectionScene {
 public:
  using ConnectionScene::ConnectionScene;
  absl::Status Act() override {
    connections::ConnectionUpdate update;
    update.connection = shipments::kConnection;
    update.sent.display_name = "Acme";
    update.sent.base_url = "https://other.skubana.com";
    update.sent.access_token = base::SecretString("token-2");
    update.call = Once<model::Connection>("UpdateConnection");
    return directory_.Update({}, update).status();
  }
};

// The rows go behind it, in the scheduler's batches.
class DeleteScene final : public ConnectionScene {
 public:
  DeleteScene(const std::string& path, FaultPlan* faults)
      : ConnectionScene(path, faults),
        scheduler_(PruneOnly(), world_.store.get(), world_.runner.get(),
                   world_.clock, &world_.sleeper, &world_.ids) {}
  absl::Status Act() override {
    const absl::Status status =
        directory_.Delete({}, shipments::kConnection, "");
    if (!status.ok() && !absl::IsNotFound(status)) return status;
    return scheduler_.Tick({});
  }
  std::string Outcome() override {
    bool rows = true;
    EXPECT_EQ(
        world_.store->Read({},
                           [&](storage::ReadTransaction& txn) -> absl::Status {
                             OMS_ASSIGN_OR_RETURN(
                                 rows, txn.connections().HasDeletedRows());
                             return absl::OkStatus();
                           }),
        absl::OkStatus());
    return absl::StrCat(ConnectionScene::Outcome(), rows ? "; rows left" : "");
  }

 private:
  static server::Scheduler::Options PruneOnly() {
    server::Scheduler::Options options;
    options.pull = false;
    return options;
  }
  server::Scheduler scheduler_;
};

// All of it is long past its time.
class PruneScene final : public ShipmentScene {
 public:
  PruneScene(const std::string& path, FaultPlan* faults)
      : ShipmentScene(path, faults) {
    EXPECT_EQ(world_.Pull(), absl::OkStatus());
    world_.Put(shipments::MakeOrder(3));
    EXPECT_EQ(world_.Pull(), absl::OkStatus());
    world_.manual_clock.Advance(absl::Hours(5000));
  }
  absl::Status Act() override {
    server::Scheduler::Options options;
    options.pull = false;
    // One that has not pruned yet each time.
    return server::Scheduler(options, world_.store.get(), world_.runner.get(),
                             world_.clock, &world_.sleeper, &world_.ids)
        .Tick({});
  }
};

TEST_F(NthFailureTest, StatementsOfChangedSettings) {
  FailEachStatement(Maker<SettingsScene>());
}
TEST_F(NthFailureTest, StatementsOfANewConnection) {
  FailEachStatement(Maker<CreateScene>());
}
TEST_F(NthFailureTest, StatementsOfAConnectionThatMoves) {
  FailEachStatement(Maker<MoveScene>());
}
TEST_F(NthFailureTest, StatementsOfADeletedConnection) {
  FailEachStatement(Maker<DeleteScene>());
}
TEST_F(NthFailureTest, StatementsOfPruning) {
  FailEachStatement(Maker<PruneScene>());
}

}  // namespace
}  // namespace oms_connector::testing_support
