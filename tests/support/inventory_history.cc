#include "tests/support/inventory_history.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "model/cart_channel.h"
#include "model/errors.h"

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
constexpr int64_t kListings = 15;
constexpr int kMutationsOfRound = 4;
constexpr int kTries = 20;
// Between pulls, so that their times differ.
constexpr absl::Duration kTick = absl::Microseconds(2);

// Of the other two servers' clocks.
constexpr absl::Duration kSkew = absl::Seconds(70);

}  // namespace

InventoryHistory::InventoryHistory(uint64_t seed, Door door)
    : random_(seed),
      store_faults_(own_faults_),
      bench_(TestStoreOptions{nullptr, &own_faults_}, door),
      model_(&world()) {
  Begin();
}

InventoryHistory::InventoryHistory(uint64_t seed, storage::Store* store,
                                   base::ManualClock* clock,
                                   storage::FaultPlan* faults)
    : random_(seed),
      store_faults_(*faults),
      bench_(store, clock),
      model_(&world()) {
  Begin();
}

void InventoryHistory::Begin() {
  bench_.AddServers({-kSkew, kSkew});
  ahead_ = absl::Hours(Pick(-80, 80));
  bench_.SetClock([this] { return OrderManagerNow(); });
  const int limit = Pick(1, 5);
  bench_.SetPageLimit(limit);
  bench_.SetRowsOfACommit(static_cast<size_t>(limit));
  for (int64_t id = 1; id <= kWarehouses; ++id) bench_.AddWarehouse(id);
  for (int64_t id = 1; id <= kChannels; ++id) {
    bench_.AddChannel(id, absl::StrCat("Channel ", id));
  }
  for (int64_t id = 1; id <= kProducts; ++id) ChangeProduct(id);
  for (int i = 0; i < 20; ++i) ChangeStock();
  for (int i = 0; i < 12; ++i) ChangeListing();
  // Not all of them are of today: most changed long before the first pull.
  for (auto& [id, row] : world().products) row.modified -= Long();
  for (auto& [id, row] : world().listings) row.last_modified -= Long();
  ChangeCarts();
  if (Chance(2)) bench_.SetMode(InventorySyncMode::kPerWarehouse);
}

void InventoryHistory::Round() {
  for (int i = 0; i < kMutationsOfRound; ++i) Mutate();
  Chance(2) ? PullFully() : Pull();
  Read();
  if (!Chance(2)) return;
  PullWhenDue();
  Read();
}

absl::Duration InventoryHistory::Long() { return absl::Hours(Pick(0, 1000)); }

int64_t InventoryHistory::Pick(int64_t from, int64_t to) {
  return std::uniform_int_distribution<int64_t>(from, to)(random_);
}

void InventoryHistory::Mutate() {
  bench_.SwitchServer(static_cast<size_t>(Pick(0, 2)));
  switch (Pick(0, 15)) {
    case 0:
      return ChangeListing();
    case 1:
      return ChangeProduct(Pick(1, kProducts));
    case 2:
      return RemoveSomething();
    case 3:
      return Flip(&world().warehouses.at(Pick(1, kWarehouses)).active);
    case 4:
      return Flip(&world().sales_channels.at(Pick(1, kChannels)).active);
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
      return PullWhileRowsMove();
    case 12:
      return SetTheClock();
    case 13:
      return HideTheChannels();
    default:
      return ChangeStock();
  }
}

void InventoryHistory::SetTheClock() {
  const absl::Duration by =
      Chance(2) ? absl::Hours(72) : absl::Minutes(Pick(1, 90));
  const absl::Duration jump = Chance(2) ? by : -by;
  bench_.clock().Jump(jump);
}

void InventoryHistory::GarbleARow() {
  if (world().stock.empty()) return;
  auto row = world().stock.begin();
  std::advance(row, Pick(0, world().stock.size() - 1));
  row->second.raw = row->second.raw.empty() ? Garbled() : RawFields();
}

std::string InventoryHistory::Sku(const std::string& prefix, int64_t number) {
  const std::string sku = absl::StrCat(prefix, number);
  return Chance(3) ? absl::AsciiStrToLower(sku) : sku;
}

void InventoryHistory::ChangeProduct(int64_t id) {
  bench_.AddProduct(id, MasterSku(id), !Chance(4), OrderManagerNow());
}

std::string InventoryHistory::MasterSku(int64_t product) {
  const auto found = skus_.find(product);
  if (found != skus_.end()) return found->second;
  return skus_[product] = Sku("SKU-", Chance(3) ? Pick(1, 3) : product);
}

void InventoryHistory::ChangeStock() {
  const int64_t product = Pick(1, kProducts);
  if (Chance(10)) skus_.erase(product);  // it is renamed, everywhere at once
  const std::string sku = MasterSku(product);
  std::optional<int64_t> locked;
  if (!Chance(6)) locked = Pick(0, 4);
  bench_.AddStock(Pick(1, kWarehouses), product, sku, Pick(-1, 9), locked);
  for (auto& [key, row] : world().stock) {
    if (key.second == product) row.master_sku = sku;
  }
  for (auto& [id, row] : world().listings) {
    if (row.product_id != product || row.master_sku == sku) continue;
    row.master_sku = sku;
    row.last_modified = OrderManagerNow();
  }
  auto found = world().products.find(product);
  if (found != world().products.end() && found->second.master_sku != sku) {
    found->second.master_sku = sku;
    found->second.modified = OrderManagerNow();
  }
}

void InventoryHistory::ChangeListing() {
  const int64_t id = Pick(1, kListings);
  const auto found = world().listings.find(id);
  const int64_t channel = found == world().listings.end()
                              ? Pick(1, kChannels)
                              : found->second.sales_channel_id;
  const int64_t product = Pick(1, kProducts);
  bench_.AddListing(id, channel, product, Sku("L-", Pick(1, 12)),
                    MasterSku(product), OrderManagerNow());
  world().listings[id].active = !Chance(4);
  world().listings[id].push_inventory = !Chance(6);
  if (!Chance(5)) bench_.SetNumber(id, Pick(-1, 9));
}

void InventoryHistory::RemoveSomething() {
  if (!world().stock.empty() && Chance(2)) {
    auto row = world().stock.begin();
    std::advance(row, Pick(0, world().stock.size() - 1));
    world().stock.erase(row);
  } else if (!world().products.empty()) {
    world().products.erase(Pick(1, kProducts));
  }
}

void InventoryHistory::ChangeSettings() {
  bench_.ChangeSettings([&](model::Settings& s) {
    s.inventory_sync_mode = Chance(2) ? InventorySyncMode::kPerWarehouse
                                      : InventorySyncMode::kPerSalesChannel;
    s.subtract_locked_quantity = Chance(2);
    s.ignore_inactive_products = Chance(2);
    s.download_products_data = Chance(2);
  });
}

void InventoryHistory::ChangeCarts() {
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
  bench_.ChangeConnection([&](model::Connection& connection) {
    std::vector<model::Cart> all;
    for (model::Cart& there : connection.carts) {
      if (absl::StartsWith(there.cart_id, "cart-")) continue;
      all.push_back(there);
      // Its channel is of the other feed's world.
      carts.push_back(there);
      carts.back().sales_channel = "Nowhere";
    }
    all.insert(all.end(), carts.begin(), carts.end() - all.size());
    connection.carts = std::move(all);
    ++connection.view_generation;
  });
  model_.SetCarts(carts);
  // A cart that is made anew is a new client.
  for (auto it = positions_.begin(); it != positions_.end();) {
    const bool there =
        it->first.empty() || model_.FindCart(it->first) != nullptr;
    if (!there) clients_.erase(it->first);
    it = there ? std::next(it) : positions_.erase(it);
  }
  carts_ = std::move(carts);
}

void InventoryHistory::PullWhileRowsMove() {
  std::optional<int64_t> fault;
  if (Chance(2)) {
    Fault moves = MakeFault(FaultKind::kShiftingRows);
    moves.rows = Pick(1, 2);
    moves.to_the_end = Chance(2);
    fault = bench_.fake().faults().Add(moves);
  } else {
    for (int64_t id = 1; id <= kProducts; ++id) {
      if (Chance(3)) world().hidden.products.insert(id);
    }
    for (int64_t id = 1; id <= kListings; ++id) {
      if (Chance(3)) world().hidden.listings.insert(id);
    }
  }
  rows_move_ = true;
  Pull();
  rows_move_ = false;
  world().hidden = {};
  if (fault.has_value()) bench_.fake().faults().Release(*fault);
  Chance(2) ? PullFully() : Pull();
  Read();
}

void InventoryHistory::HideTheChannels() {
  PullFully();
  if (::testing::Test::HasFailure()) return;
  Fault none = MakeFault(FaultKind::kBody, "saleschannels");
  none.json = "[]";
  const int64_t fault = bench_.fake().faults().Add(none);
  const model::Settings settings = bench_.Settings();
  for (const bool believed : {false, true}) {
    bench_.Advance(kTick);
    bench_.SwitchServer(static_cast<size_t>(Pick(0, 2)));
    const absl::Time before = bench_.now();
    SyncRequest request = bench_.Now();
    const absl::StatusOr<SyncPage> page = bench_.Sync(request);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->run->state, SyncState::kSucceeded) << page->run->error;
    model_.Pulled(settings, WasComplete(*page->run, before));
    request.max_staleness = absl::InfiniteDuration();
    size_t unserved = 0;
    for (const model::Cart& cart : carts_) {
      const bool is_unserved =
          (believed && model::NeedsChannel(cart, settings)) ||
          model_.IsUnserved(cart.cart_id, settings);
      request.cart = cart.cart_id;
      EXPECT_EQ(bench_.Sync(request).ok(), !is_unserved) << cart.cart_id;
      if (is_unserved) ++unserved;
    }
    EXPECT_EQ(page->run->cart_errors.size(), unserved);
  }
  bench_.fake().faults().Release(fault);
  PullFully();
}

void InventoryHistory::PullUntil(bool complete) {
  SyncRequest request = bench_.Now();
  request.kind = complete ? SyncKind::kFull : SyncKind::kIncremental;
  if (MayKill() && Chance(6)) KillInPull(request.kind);
  ArmTrouble();
  std::string why;  // the last one was not it
  for (int i = 0;; ++i) {
    ASSERT_LT(i, kTries) << why;
    bench_.Advance(kTick);
    bench_.SwitchServer(static_cast<size_t>(Pick(0, 2)));
    const absl::Time before = bench_.now();
    const absl::StatusOr<SyncPage> page = bench_.Sync(request);
    why = !page.ok() ? page.status().ToString()
                     : absl::StrCat(model::NameOf(page->run->state), " ",
                                    page->run->error.ToString());
    store_faults_.Clear();  // what follows asks the store for the test
    if (page.ok() && page->run->state == SyncState::kSucceeded) {
      const bool whole = WasComplete(*page->run, before);
      model_.Pulled(bench_.Settings(), whole);
      if (whole || !complete) break;
    } else {
      // Its end alone may have failed, after all was concluded.
      if (HasConcludedSince(before)) model_.Pulled(bench_.Settings(), true);
      if (Chance(3)) bench_.Restart();
    }
    bench_.Advance(absl::Minutes(1));
  }
  Disarm();
}

bool InventoryHistory::MayKill() { return !rows_move_ && LosesNothing(); }

bool InventoryHistory::LosesNothing() {
  return bench_.Settings().inventory_sync_mode ==
         InventorySyncMode::kPerWarehouse;
}

void InventoryHistory::KillInPull(SyncKind kind) {
  bench_.Advance(kTick);
  const absl::Time before = bench_.now();
  const std::optional<model::SyncRun> ended = bench_.KillInPull(
      kind, static_cast<int>(Pick(1, 12)), Chance(2), store_faults_);
  if (ended.has_value() && ended->state == SyncState::kSucceeded) {
    model_.Pulled(bench_.Settings(), WasComplete(*ended, before));
  }
  bench_.Advance(absl::Minutes(1));  // its lease has run out
}

void InventoryHistory::PullWhenDue() {
  if (::testing::Test::HasFailure()) return;
  bench_.Advance(absl::Minutes(16));
  SyncRequest request = bench_.Now();
  request.max_staleness.reset();
  const absl::Time before = bench_.now();
  const absl::StatusOr<SyncPage> page = bench_.Sync(request);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->run->state, SyncState::kSucceeded) << page->run->error;
  EXPECT_GT(page->pull.last_success_time, before - kTick);
  model_.Pulled(bench_.Settings(), WasComplete(*page->run, before));
  bench_.SwitchServer(static_cast<size_t>(Pick(0, 2)));
  const absl::StatusOr<SyncPage> again = bench_.Sync(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->run->run_id, page->run->run_id);
}

void InventoryHistory::ArmTrouble() {
  if (!rows_move_ && Chance(4)) {
    Fault twice = MakeFault(FaultKind::kShiftingRows);
    twice.rows = -1;
    faults_.push_back(bench_.fake().faults().Add(twice));
  }
  // One call to the database, in the pull or after it.
  if (LosesNothing() && Chance(3)) {
    store_faults_.FailCall(
        Pick(1, 200), Chance(2) ? model::StoreFull() : model::Internal("no"),
        /*loses_transaction=*/Chance(2));
  }
  static constexpr FaultKind kKinds[] = {
      FaultKind::kStatus,       FaultKind::kTruncatedJson,
      FaultKind::kHtmlBody,     FaultKind::kCloseConnection,
      FaultKind::kEmptyBody,    FaultKind::kPartialBody,
      FaultKind::kByteOrderMark};
  // What an acknowledge that fails loses is not what is tested here.
  static constexpr const char* kEndpoints[] = {"productstocks/total",
                                               "listings", "products",
                                               "warehouses", "saleschannels"};
  for (int64_t i = Pick(0, 3); i > 0; --i) {
    // Up to as many as end a request for good.
    Fault fault =
        MakeFault(kKinds[Pick(0, std::size(kKinds) - 1)],
                  kEndpoints[Pick(0, std::size(kEndpoints) - 1)], Pick(1, 6));
    if (Chance(2)) fault = MakeFault(FaultKind::kQuota, "", Pick(1, 6));
    fault.from_request = Pick(1, 4);
    fault.status = 503;
    fault.retry_after = absl::Seconds(Pick(0, 1) * 44 + 1);
    faults_.push_back(bench_.fake().faults().Add(fault));
  }
}

void InventoryHistory::Disarm() {
  store_faults_.Clear();
  for (const int64_t id : faults_) bench_.fake().faults().Release(id);
  faults_.clear();
}

bool InventoryHistory::WasComplete(const model::SyncRun& run,
                                   absl::Time before) {
  return run.kind == SyncKind::kFull && HasConcludedSince(before);
}

bool InventoryHistory::HasConcludedSince(absl::Time before) {
  const absl::Time last =
      bench_.State().last_complete_full_time.value_or(absl::InfinitePast());
  // The clock may have been ahead when an earlier one was. Stored times are
  // cut off to microseconds.
  return last > before - kTick && last <= bench_.now();
}

void InventoryHistory::Read() {
  if (::testing::Test::HasFailure()) return;
  std::set<std::string> carts = {""};
  for (const model::Cart& cart : carts_) carts.insert(cart.cart_id);
  const model::Settings settings = bench_.Settings();
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
        << "cart '" << cart << "' of " << StockText() << " was told "
        << Brief(clients_[cart]);
  }
}

std::string InventoryHistory::StockText() {
  std::string text;
  for (const auto& [where, stored] : world().stock) {
    absl::StrAppend(&text, where.first, "/", where.second, " ",
                    stored.master_sku, ": ", stored.on_hand,
                    stored.raw.empty() ? ", " : " garbled, ");
  }
  return text;
}

Published InventoryHistory::Told(const std::string& cart) {
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

}  // namespace oms_connector::testing_support
