// Random worlds, random changes, random trouble: after each pull that went
// well, what a client has put together from the feed alone equals what an
// independent, brute-force reading of the world says it should be.
//
// The Order Manager's clock is hours from ours, and ours is set ahead and back:
// pulls go on at their interval all the same.
//
// The seeds are printed; OMS_SOAK=1 runs many more of them, OMS_SEED=N that one
// alone.
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "storage/store_test_suite/fault_sql_connection.h"
#include "tests/support/inventory_bench.h"
#include "tests/support/inventory_model.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;
using inventory::SyncRequest;
using model::InventorySyncMode;
using model::SkuSource;
using model::SyncKind;
using model::SyncState;

constexpr int64_t kWarehouses = 3;
constexpr int64_t kChannels = 3;
constexpr int64_t kProducts = 12;
// The smallest page that the Order Manager gives over HTTP.
constexpr int64_t kHttpPage = 10;
constexpr int kMutationsOfRound = 4;
constexpr int kTries = 20;
// Between pulls, so that their times differ.
constexpr absl::Duration kTick = absl::Microseconds(2);

enum class Wire { kMemory, kHttp };

class RandomWorld {
 public:
  RandomWorld(uint64_t seed, Wire wire) : random_(seed), model_(&world()) {
    if (wire == Wire::kHttp) mirror_ = &bench_.ServeOverHttp();
    ahead_ = absl::Hours(Pick(-80, 80));
    bench_.order_manager().SetClock([this] { return OrderManagerNow(); });
    bench_.SetPageLimit(wire == Wire::kHttp ? kHttpPage : Pick(1, 5));
    for (int64_t id = 1; id <= kWarehouses; ++id) world().AddWarehouse(id);
    for (int64_t id = 1; id <= kChannels; ++id) {
      world().AddChannel(id, absl::StrCat("Channel ", id));
    }
    for (int64_t id = 1; id <= kProducts; ++id) ChangeProduct(id);
    const int64_t rows = wire == Wire::kHttp ? 60 : 20;
    for (int64_t i = 0; i < rows; ++i) ChangeStock();
    for (int i = 0; i < 12; ++i) ChangeListing();
    ChangeCarts();
    if (Chance(2)) bench_.SetMode(InventorySyncMode::kPerWarehouse);
  }

  void Round() {
    for (int i = 0; i < kMutationsOfRound; ++i) Mutate();
    Chance(2) ? PullFully() : Pull();
    Read();
    if (!Chance(2)) return;
    PullWhenDue();
    Read();
  }

 private:
  MemoryWorld& world() { return bench_.world(); }
  int64_t Pick(int64_t from, int64_t to) {
    return std::uniform_int_distribution<int64_t>(from, to)(random_);
  }
  bool Chance(int64_t one_in) { return Pick(1, one_in) == 1; }

  // ---- What happens in the world ------------------------------------------

  // Something happens in the world, to the settings, or to the connector.
  void Mutate() {
    switch (Pick(0, 14)) {
      case 0:
        return ChangeListing();
      case 1:
        return ChangeProduct(Pick(1, kProducts));
      case 2:
        return RemoveSomething();
      case 3:
        return Flip(&world().warehouses[Pick(0, kWarehouses - 1)].active);
      case 4:
        return Flip(&world().channels[Pick(0, kChannels - 1)].active);
      case 5:
        return ChangeSettings();
      case 6:
        return ChangeCarts();
      case 7:
        return GarbleARow();
      case 8:
        return bench_.Restart();
      case 9:
        return bench_.Advance(absl::Hours(Pick(1, 30)));
      case 10:
        return Pull();
      case 11:
        return PullWhileRowsMoveAway();
      case 12:
        return SetTheClock();
      default:
        return ChangeStock();
    }
  }

  // The Order Manager's clock is its own, and goes as time goes.
  absl::Time OrderManagerNow() { return bench_.now() + ahead_; }
  // Somebody sets ours, three days ahead or back, or a little.
  void SetTheClock() {
    const absl::Duration by =
        Chance(2) ? absl::Hours(72) : absl::Minutes(Pick(1, 90));
    const absl::Duration jump = Chance(2) ? by : -by;
    bench_.clock().Jump(jump);
    ahead_ -= jump;
  }

  static void Flip(bool* flag) { *flag = !*flag; }
  void GarbleARow() {
    if (world().stock.empty()) return;
    auto row = world().stock.begin();
    std::advance(row, Pick(0, world().stock.size() - 1));
    Flip(&row->second.garbled);
  }
  // Few names, in both cases, so that they collide.
  std::string Sku(const std::string& prefix, int64_t number) {
    const std::string sku = absl::StrCat(prefix, number);
    return Chance(3) ? absl::AsciiStrToLower(sku) : sku;
  }
  void ChangeProduct(int64_t id) {
    world().AddProduct(id, MasterSku(id), !Chance(4), OrderManagerNow());
  }
  // Two products in six share a SKU.
  std::string MasterSku(int64_t product) {
    const auto found = skus_.find(product);
    if (found != skus_.end()) return found->second;
    return skus_[product] = Sku("SKU-", Chance(3) ? Pick(1, 3) : product);
  }
  void ChangeStock() {
    const int64_t product = Pick(1, kProducts);
    if (Chance(10)) skus_.erase(product);  // it is renamed, everywhere at once
    const std::string sku = MasterSku(product);
    std::optional<int64_t> locked;
    if (!Chance(6)) locked = Pick(0, 4);
    world().AddStock(Pick(1, kWarehouses), product, sku, Pick(-1, 9), locked);
    for (auto& [key, row] : world().stock) {
      if (key.second == product) row.row.master_sku = sku;
    }
    for (auto& [id, row] : world().listings) {
      if (row.row.product_id != product || row.row.master_sku == sku) continue;
      row.row.master_sku = sku;
      row.modified = OrderManagerNow();
    }
    auto found = world().products.find(product);
    if (found != world().products.end() &&
        found->second.row.master_sku != sku) {
      found->second.row.master_sku = sku;
      found->second.modified = OrderManagerNow();
    }
  }
  void ChangeListing() {
    const int64_t id = Pick(1, 15);
    const auto found = world().listings.find(id);
    const int64_t channel = found == world().listings.end()
                                ? Pick(1, kChannels)
                                : found->second.row.sales_channel_id;
    const int64_t product = Pick(1, kProducts);
    world().AddListing(id, channel, product, Sku("L-", Pick(1, 12)),
                       MasterSku(product), OrderManagerNow());
    world().listings[id].row.active = !Chance(4);
    world().listings[id].row.push_inventory = !Chance(6);
    if (!Chance(5)) world().SetNumber(id, Pick(-1, 9));
  }
  void RemoveSomething() {
    if (!world().stock.empty() && Chance(2)) {
      auto row = world().stock.begin();
      std::advance(row, Pick(0, world().stock.size() - 1));
      world().stock.erase(row);
    } else if (!world().products.empty()) {
      world().products.erase(Pick(1, kProducts));
    }
  }
  void ChangeSettings() {
    bench_.ChangeSettings([&](model::Settings& s) {
      s.inventory_sync_mode = Chance(2) ? InventorySyncMode::kPerWarehouse
                                        : InventorySyncMode::kPerSalesChannel;
      s.subtract_locked_quantity = Chance(2);
      s.ignore_inactive_products = Chance(2);
      s.download_products_data = Chance(2);
    });
  }
  void ChangeCarts() {
    std::vector<model::Cart> carts;
    for (int64_t i = 1; i <= Pick(0, 3); ++i) {
      model::Cart cart;
      cart.cart_id = absl::StrCat("cart-", i);
      cart.sales_channel = Chance(8) ? "Nowhere" : absl::StrCat("channel ", i);
      cart.sku_source =
          Chance(2) ? SkuSource::kMasterSku : SkuSource::kListingSku;
      for (int64_t w = 1; w <= kWarehouses; ++w) {
        if (Chance(3)) cart.warehouse_ids.push_back(w);
      }
      carts.push_back(cart);
    }
    model_.SetCarts(carts);
    // A cart that is made anew is a new client.
    for (auto it = positions_.begin(); it != positions_.end();) {
      const bool there =
          it->first.empty() || model_.FindCart(it->first) != nullptr;
      if (!there) clients_.erase(it->first);
      it = there ? std::next(it) : positions_.erase(it);
    }
    carts_ = carts;
    bench_.SetCarts(std::move(carts));
  }

  // ---- Pulls, with trouble on the way -------------------------------------

  // Pulls until it goes well.
  void Pull() { PullUntil(/*complete=*/false); }
  // Until a full pull ran through in one go, so that everything gone is known
  // to be.
  void PullFully() { PullUntil(/*complete=*/true); }

  // Rows move to pages that were read already; what is missed so is read by
  // the pull that follows.
  void PullWhileRowsMoveAway() {
    bench_.order_manager().ShiftPages(1);
    std::optional<int64_t> fault;
    if (mirror_ != nullptr) {
      fault = mirror_->fake().faults().Add(MakeFault(FaultKind::kShiftingRows));
    }
    Chance(2) ? PullFully() : Pull();
    bench_.order_manager().ShiftPages(0);
    if (fault.has_value()) mirror_->fake().faults().Release(*fault);
    PullFully();
  }

  void PullUntil(bool complete) {
    ArmTrouble();
    SyncRequest request = bench_.Now();
    request.kind = complete ? SyncKind::kFull : SyncKind::kIncremental;
    std::string why;  // the last one was not it
    for (int i = 0;; ++i) {
      ASSERT_LT(i, kTries) << why;
      bench_.Advance(kTick);
      const absl::Time before = bench_.now();
      const absl::StatusOr<SyncPage> page = bench_.Sync(request);
      why = !page.ok() ? page.status().ToString()
                       : absl::StrCat(model::NameOf(page->run->state), " ",
                                      page->run->error.ToString());
      if (page.ok() && page->run->state == SyncState::kSucceeded) {
        store_faults_.Clear();  // what follows asks the store for the test
        const bool whole = WasComplete(*page->run, before);
        model_.Pulled(Settings(), whole);
        if (whole || !complete) break;
      } else if (Chance(3)) {
        store_faults_.Clear();  // a server that cannot start is no server
        bench_.Restart();
      }
      bench_.Advance(absl::Minutes(1));
    }
    Disarm();
  }

  // Whatever the clock was before: a pull an interval after the last one, and
  // none before that.
  void PullWhenDue() {
    if (::testing::Test::HasFailure()) return;
    bench_.Advance(absl::Minutes(16));
    SyncRequest request = bench_.Now();
    request.max_staleness.reset();
    const absl::Time before = bench_.now();
    const absl::StatusOr<SyncPage> page = bench_.Sync(request);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->run->state, SyncState::kSucceeded) << page->run->error;
    EXPECT_GT(page->pull.last_success_time, before - kTick);
    model_.Pulled(Settings(), WasComplete(*page->run, before));
    const absl::StatusOr<SyncPage> again = bench_.Sync(request);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->run->run_id, page->run->run_id);
  }

  // Requests fail, are refused for a while, or find rows on later pages once
  // more.
  void ArmTrouble() {
    if (bench_.order_manager().shift() == 0 && Chance(4)) {
      bench_.order_manager().ShiftPages(-1);
    }
    // One call to the database, in the pull or after it. Per sales channel it
    // may lose what was acknowledged, which is not what is tested here.
    if (Settings().inventory_sync_mode == InventorySyncMode::kPerWarehouse &&
        Chance(3)) {
      store_faults_.FailCall(
          Pick(1, 200), Chance(2) ? model::StoreFull() : model::Internal("no"),
          /*loses_transaction=*/Chance(2));
    }
    if (mirror_ != nullptr) return ArmHttpTrouble();
    auto left = std::make_shared<int>(Pick(0, 3));
    bench_.order_manager().SetHook(
        [this, left](const MemoryOrderManager::Request& request) {
          if (*left == 0 || !Chance(6)) return absl::OkStatus();
          --*left;
          if (Chance(2)) {
            return order_manager::QuotaExhausted(absl::Seconds(45));
          }
          // What an acknowledge that fails loses is not what is tested here.
          if (request.endpoint == "acknowledge") return absl::OkStatus();
          return absl::UnavailableError("trouble");
        });
  }
  void ArmHttpTrouble() {
    static constexpr FaultKind kKinds[] = {
        FaultKind::kQuota, FaultKind::kStatus, FaultKind::kTruncatedJson,
        FaultKind::kCloseConnection, FaultKind::kHtmlBody};
    static constexpr const char* kEndpoints[] = {"productstocks/total",
                                                 "listings", "products"};
    for (int64_t i = Pick(0, 2); i > 0; --i) {
      // Up to as many as end a request for good.
      Fault fault =
          MakeFault(kKinds[Pick(0, std::size(kKinds) - 1)],
                    kEndpoints[Pick(0, std::size(kEndpoints) - 1)], Pick(1, 6));
      fault.from_request = Pick(1, 4);
      fault.status = 503;
      fault.retry_after = absl::Seconds(Pick(0, 1) * 44 + 1);
      faults_.push_back(mirror_->fake().faults().Add(fault));
    }
  }
  void Disarm() {
    store_faults_.Clear();
    bench_.order_manager().SetHook(nullptr);
    if (bench_.order_manager().shift() < 0) {
      bench_.order_manager().ShiftPages(0);
    }
    for (const int64_t id : faults_) mirror_->fake().faults().Release(id);
    faults_.clear();
  }
  bool WasComplete(const model::SyncRun& run, absl::Time before) {
    absl::Time last = absl::InfinitePast();
    EXPECT_TRUE(bench_.store()
                    .Read({},
                          [&](storage::ReadTransaction& txn) -> absl::Status {
                            const auto state =
                                txn.inventory().GetState(kBenchConnection);
                            last =
                                state->last_complete_full_time.value_or(last);
                            return state.status();
                          })
                    .ok());
    // The clock may have been ahead when an earlier one was. Stored times are
    // cut off to microseconds.
    return run.kind == SyncKind::kFull && last > before - kTick &&
           last <= bench_.now();
  }
  model::Settings Settings() {
    model::Settings settings;
    EXPECT_TRUE(bench_.store()
                    .Read({},
                          [&](storage::ReadTransaction& txn) -> absl::Status {
                            const auto stored =
                                txn.connections().GetSettings(kBenchConnection);
                            settings = stored->values;
                            return stored.status();
                          })
                    .ok());
    return settings;
  }

  // ---- What clients know --------------------------------------------------

  // Each cart's client reads on from where it was.
  void Read() {
    if (::testing::Test::HasFailure()) return;
    std::set<std::string> carts = {""};
    for (const model::Cart& cart : carts_) carts.insert(cart.cart_id);
    const model::Settings settings = Settings();
    for (const std::string& cart : carts) {
      SyncRequest request = bench_.Now();
      request.cart = cart;
      request.max_staleness = absl::InfiniteDuration();
      request.max_results = Pick(1, 7);
      const absl::StatusOr<SyncPage> page =
          bench_.Drain(request, &positions_[cart], &clients_[cart]);
      if (model_.IsUnserved(cart, settings)) {
        EXPECT_FALSE(page.ok());
        continue;
      }
      ASSERT_TRUE(page.ok()) << page.status();
      EXPECT_TRUE(page->caught_up);
      EXPECT_EQ(Told(cart), model_.Expected(cart, settings))
          << "cart '" << cart << "' of " << StockText();
    }
  }
  // "1/2 SKU-2: 6, " for 6 of product 2 in warehouse 1.
  std::string StockText() {
    std::string text;
    for (const auto& [where, stored] : world().stock) {
      absl::StrAppend(&text, where.first, "/", where.second, " ",
                      stored.row.master_sku, ": ", stored.row.on_hand,
                      stored.garbled ? " garbled, " : ", ");
    }
    return text;
  }

  // What the client of a cart has been told, in the model's terms.
  Published Told(const std::string& cart) {
    std::map<PublishedKey, model::InventoryLevel> newest;
    for (const auto& [key, level] : clients_[cart]) {
      model::InventoryLevel& kept =
          newest[{absl::AsciiStrToLower(level.sku), level.location.kind,
                  level.location.id}];
      if (level.revision > kept.revision) kept = level;
    }
    Published published;
    for (const auto& [key, level] : newest) {
      if (level.available.has_value()) published[key] = Brief(level);
    }
    return published;
  }

  std::mt19937_64 random_;
  storage::FaultPlan store_faults_;
  InventoryBench bench_{TestStoreOptions{nullptr, &store_faults_}};
  InventoryModel model_;
  HttpMirror* mirror_ = nullptr;         // unset = in memory
  std::vector<int64_t> faults_;          // of the mirror's fake, in force
  absl::Duration ahead_;                 // the Order Manager's clock, of ours
  std::map<int64_t, std::string> skus_;  // of products
  std::vector<model::Cart> carts_;
  std::map<std::string, int64_t> positions_;  // of each cart's client
  std::map<std::string, LevelMap> clients_;
};

bool IsSoak() { return std::getenv("OMS_SOAK") != nullptr; }

void RunWorlds(Wire wire, uint64_t worlds, int rounds) {
  uint64_t first = 1;
  const char* seed = std::getenv("OMS_SEED");
  if (seed != nullptr && absl::SimpleAtoi(seed, &first)) worlds = first;
  std::cout << "seeds " << first << " to " << worlds << ", " << rounds
            << " rounds each\n";
  for (uint64_t number = first; number <= worlds; ++number) {
    SCOPED_TRACE(absl::StrCat("seed ", number));
    RandomWorld world(number, wire);
    for (int round = 0; round < rounds; ++round) {
      SCOPED_TRACE(absl::StrCat("round ", round));
      world.Round();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(InventoryRandom, AClientOfTheFeedKnowsWhatTheWorldHolds) {
  IsSoak() ? RunWorlds(Wire::kMemory, 200, 50)
           : RunWorlds(Wire::kMemory, 20, 10);
}

TEST(InventoryRandom, SoItDoesOverRealHttp) {
  IsSoak() ? RunWorlds(Wire::kHttp, 10, 20) : RunWorlds(Wire::kHttp, 3, 5);
}

}  // namespace
}  // namespace oms_connector::testing_support
