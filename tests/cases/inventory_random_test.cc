// Random worlds, random changes, random trouble: after each pull that went
// well, what a client has put together from the feed alone equals what an
// independent, brute-force reading of the world says it should be.
//
// The seed of each world is printed; OMS_SOAK=1 runs many more of them.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;
using inventory::SyncRequest;
using model::InventorySyncMode;
using model::LocationKind;
using model::SkuSource;
using model::SyncKind;
using model::SyncState;

// SKU in lower case, kind, location: what is published there.
using Key = std::tuple<std::string, LocationKind, int64_t>;
using Published = std::map<Key, std::string>;

constexpr int64_t kWarehouses = 3;
constexpr int64_t kChannels = 3;
constexpr int64_t kProducts = 12;

class RandomWorld {
 public:
  explicit RandomWorld(uint64_t seed) : random_(seed) {
    bench_.SetPageLimit(Pick(1, 5));
    for (int64_t id = 1; id <= kWarehouses; ++id) world().AddWarehouse(id);
    for (int64_t id = 1; id <= kChannels; ++id) {
      world().AddChannel(id, absl::StrCat("Channel ", id));
    }
    for (int64_t id = 1; id <= kProducts; ++id) ChangeProduct(id);
    for (int i = 0; i < 20; ++i) ChangeStock();
    for (int i = 0; i < 12; ++i) ChangeListing();
    ChangeCarts();
    if (Chance(2)) bench_.SetMode(InventorySyncMode::kPerWarehouse);
  }

  // Something happens in the world or to the settings.
  void Mutate() {
    switch (Pick(0, 11)) {
      case 0:
        return ChangeListing();
      case 1:
        return ChangeProduct(Pick(1, kProducts));
      case 2:
        return RemoveSomething();
      case 3: {
        model::Warehouse& w = world().warehouses[Pick(0, kWarehouses - 1)];
        w.active = !w.active;
        return;
      }
      case 4: {
        model::SalesChannel& c = world().channels[Pick(0, kChannels - 1)];
        c.active = !c.active;
        return;
      }
      case 5:
        return ChangeSettings();
      case 6:
        return ChangeCarts();
      case 7:
        if (!world().stock.empty()) {
          auto row = world().stock.begin();
          std::advance(row, Pick(0, world().stock.size() - 1));
          row->second.garbled = !row->second.garbled;
        }
        return;
      case 8:
        bench_.Restart();
        return;
      case 9:
        bench_.Advance(absl::Hours(Pick(1, 30)));
        return;
      default:
        return ChangeStock();
    }
  }

  // Pulls until it goes well, with trouble on the way.
  void Pull() {
    ArmTrouble();
    for (int i = 0; i < 20; ++i) {
      SyncRequest request = bench_.Now();
      request.kind = force_full_ ? SyncKind::kFull : SyncKind::kIncremental;
      const absl::StatusOr<SyncPage> page = bench_.Sync(request);
      const bool done = page.ok() &&
                        page->run->state == SyncState::kSucceeded &&
                        (!force_full_ || CompleteSince(page->run->start_time));
      if (done) break;
      bench_.Advance(absl::Minutes(1));
      ASSERT_LT(i, 19) << page.status();
    }
    bench_.order_manager().SetHook(nullptr);
  }
  // A complete full pull, so that everything gone is known to be.
  void PullFully() {
    force_full_ = true;
    Pull();
    force_full_ = false;
  }

  // Each cart's client reads on from where it was.
  void Read() {
    std::set<std::string> carts = {""};
    for (const model::Cart& cart : carts_) carts.insert(cart.cart_id);
    for (const std::string& cart : carts) {
      SyncRequest request = bench_.Now();
      request.cart = cart;
      request.max_staleness = absl::InfiniteDuration();
      request.max_results = Pick(1, 7);
      const absl::StatusOr<SyncPage> page =
          bench_.Drain(request, &positions_[cart], &clients_[cart]);
      if (IsUnserved(cart)) {
        EXPECT_FALSE(page.ok());
        continue;
      }
      ASSERT_TRUE(page.ok()) << page.status();
      EXPECT_TRUE(page->caught_up);
      EXPECT_EQ(Told(cart), Expected(cart)) << "cart '" << cart << "'";
    }
  }

 private:
  MemoryWorld& world() { return bench_.world(); }
  int64_t Pick(int64_t from, int64_t to) {
    return std::uniform_int_distribution<int64_t>(from, to)(random_);
  }
  bool Chance(int64_t one_in) { return Pick(1, one_in) == 1; }
  // Few names, in both cases, so that they collide.
  std::string Sku(const std::string& prefix, int64_t number) {
    const std::string sku = absl::StrCat(prefix, number);
    return Chance(3) ? absl::AsciiStrToLower(sku) : sku;
  }

  void ChangeProduct(int64_t id) {
    world().AddProduct(id, MasterSku(id), !Chance(4), bench_.now());
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
      row.modified = bench_.now();
    }
    auto found = world().products.find(product);
    if (found != world().products.end() &&
        found->second.row.master_sku != sku) {
      found->second.row.master_sku = sku;
      found->second.modified = bench_.now();
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
                       MasterSku(product), bench_.now());
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
    carts_.clear();
    for (int64_t i = 1; i <= Pick(0, 3); ++i) {
      model::Cart cart;
      cart.cart_id = absl::StrCat("cart-", i);
      cart.sales_channel = Chance(8) ? "Nowhere" : absl::StrCat("channel ", i);
      cart.sku_source =
          Chance(2) ? SkuSource::kMasterSku : SkuSource::kListingSku;
      for (int64_t w = 1; w <= kWarehouses; ++w) {
        if (Chance(3)) cart.warehouse_ids.push_back(w);
      }
      carts_.push_back(cart);
    }
    // A cart that is made anew is a new client.
    for (auto it = positions_.begin(); it != positions_.end();) {
      const bool there = it->first.empty() || FindCart(it->first) != nullptr;
      if (!there) clients_.erase(it->first);
      it = there ? std::next(it) : positions_.erase(it);
    }
    bench_.SetCarts(carts_);
  }

  // Requests fail, are refused for a while, or find rows on other pages.
  void ArmTrouble() {
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
  bool CompleteSince(absl::Time start) {
    bool complete = false;
    EXPECT_TRUE(bench_.store()
                    .Read({},
                          [&](storage::ReadTransaction& txn) -> absl::Status {
                            const auto state =
                                txn.inventory().GetState(kBenchConnection);
                            complete = state->last_complete_full_time.value_or(
                                           absl::InfinitePast()) >=
                                       start - absl::Seconds(1);
                            return state.status();
                          })
                    .ok());
    return complete;
  }

  // ---- What should be published, straight from the world ------------------

  const model::Cart* FindCart(const std::string& id) const {
    for (const model::Cart& cart : carts_) {
      if (cart.cart_id == id) return &cart;
    }
    return nullptr;
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
  bool NeedsChannel(const model::Cart& cart) {
    return Settings().inventory_sync_mode ==
               InventorySyncMode::kPerSalesChannel ||
           cart.sku_source == SkuSource::kListingSku;
  }
  bool IsUnserved(const std::string& id) {
    const model::Cart* cart = FindCart(id);
    return cart != nullptr && cart->sales_channel == "Nowhere" &&
           NeedsChannel(*cart);
  }
  static int64_t ChannelOf(const model::Cart& cart) {
    return cart.sales_channel == "Nowhere" ? 0
                                           : cart.sales_channel.back() - '0';
  }
  bool ProductIsActive(int64_t id, const model::Settings& settings) {
    const auto found = world().products.find(id);
    return !settings.ignore_inactive_products ||
           found == world().products.end() || found->second.row.active;
  }

  struct Candidate {
    bool without_listing = false;
    std::string value;  // empty = withheld
  };
  using Candidates = std::map<Key, std::vector<Candidate>>;

  // A garbled row keeps what was read last, so those are left out of both
  // sides of the comparison.
  Published Expected(const std::string& cart_id) {
    const model::Settings settings = Settings();
    const model::Cart* cart = FindCart(cart_id);
    Candidates candidates;
    if (settings.inventory_sync_mode == InventorySyncMode::kPerWarehouse) {
      AddStockCandidates(settings, cart, &candidates);
    } else {
      AddListingCandidates(settings, cart, &candidates);
    }
    Published published;
    for (auto& [key, list] : candidates) {
      const auto listed = std::stable_partition(
          list.begin(), list.end(),
          [](const Candidate& c) { return !c.without_listing; });
      if (listed != list.begin()) list.erase(listed, list.end());
      if (list.size() == 1 && !list[0].value.empty() &&
          Garbled().count(key) == 0) {
        published[key] = list[0].value;
      }
    }
    return published;
  }

  bool WarehouseIsPulled(int64_t id) {
    if (!world().warehouses[id - 1].active) return false;
    bool all = carts_.empty();
    bool named = false;
    for (const model::Cart& cart : carts_) {
      all = all || cart.warehouse_ids.empty();
      named = named || Has(cart.warehouse_ids, id);
    }
    return all || named;
  }
  static bool Has(const std::vector<int64_t>& list, int64_t id) {
    return std::find(list.begin(), list.end(), id) != list.end();
  }

  void AddStockCandidates(const model::Settings& settings,
                          const model::Cart* cart, Candidates* candidates) {
    for (const auto& [where, stored] : world().stock) {
      const model::StockRow& row = stored.row;
      if (!WarehouseIsPulled(row.warehouse_id)) continue;
      if (cart != nullptr && !cart->warehouse_ids.empty() &&
          !Has(cart->warehouse_ids, row.warehouse_id)) {
        continue;
      }
      if (cart != nullptr && cart->sku_source == SkuSource::kListingSku &&
          !world().channels[ChannelOf(*cart) - 1].active) {
        continue;
      }
      const bool known = !settings.subtract_locked_quantity || row.locked;
      int64_t number = row.on_hand;
      if (settings.subtract_locked_quantity && row.locked) {
        number -= *row.locked;
      }
      const std::string value =
          known ? absl::StrCat(std::max<int64_t>(number, 0)) : "";
      const bool active = ProductIsActive(row.product_id, settings);
      const auto add = [&](const std::string& sku, Candidate candidate) {
        if (active) {
          (*candidates)[{absl::AsciiStrToLower(sku), LocationKind::kWarehouse,
                         row.warehouse_id}]
              .push_back(candidate);
        }
      };
      if (cart == nullptr || cart->sku_source == SkuSource::kMasterSku) {
        add(row.master_sku, {false, value});
        continue;
      }
      bool listed = false;
      for (const auto& [id, listing] : world().listings) {
        if (listing.row.sales_channel_id != ChannelOf(*cart) ||
            listing.row.product_id != row.product_id) {
          continue;
        }
        listed = true;
        if (!listing.row.active) continue;
        add(listing.row.listing_sku,
            {false, listing.row.push_inventory ? value : ""});
      }
      if (!listed) add(row.master_sku, {true, ""});
    }
  }

  void AddListingCandidates(const model::Settings& settings,
                            const model::Cart* cart, Candidates* candidates) {
    std::set<int64_t> channels;
    for (const model::Cart& each : carts_) {
      if (cart == nullptr || each.cart_id == cart->cart_id) {
        channels.insert(ChannelOf(each));
      }
    }
    for (const auto& [id, listing] : world().listings) {
      const int64_t channel = listing.row.sales_channel_id;
      if (channels.count(channel) == 0 ||
          !world().channels[channel - 1].active || !listing.row.active ||
          !ProductIsActive(listing.row.product_id, settings)) {
        continue;
      }
      const bool by_listing =
          cart != nullptr && cart->sku_source == SkuSource::kListingSku;
      const auto number = world().numbers.find(id);
      std::string value;
      if (listing.row.push_inventory && number != world().numbers.end()) {
        value = absl::StrCat(std::max<int64_t>(number->second, 0));
      }
      (*candidates)[{absl::AsciiStrToLower(by_listing ? listing.row.listing_sku
                                                      : listing.row.master_sku),
                     LocationKind::kSalesChannel, channel}]
          .push_back({false, value});
    }
  }

  // Keys whose stock, or that of the product behind them, cannot be read now.
  std::set<Key> Garbled() {
    std::set<Key> keys;
    for (const auto& [where, stored] : world().stock) {
      if (!stored.garbled) continue;
      for (int64_t w = 1; w <= kWarehouses; ++w) {
        for (const auto& [product, sku] : skus_) {
          keys.insert(
              {absl::AsciiStrToLower(sku), LocationKind::kWarehouse, w});
        }
        for (int64_t i = 1; i <= 12; ++i) {
          keys.insert({absl::StrCat("l-", i), LocationKind::kWarehouse, w});
        }
      }
    }
    return keys;
  }

  // What the client of a cart has been told, in the same terms.
  Published Told(const std::string& cart) {
    std::map<Key, model::InventoryLevel> newest;
    for (const auto& [key, level] : clients_[cart]) {
      model::InventoryLevel& kept =
          newest[{absl::AsciiStrToLower(level.sku), level.location.kind,
                  level.location.id}];
      if (level.revision > kept.revision) kept = level;
    }
    Published published;
    for (const auto& [key, level] : newest) {
      if (level.available.has_value() && Garbled().count(key) == 0) {
        published[key] = Brief(level);
      }
    }
    return published;
  }

  std::mt19937_64 random_;
  InventoryBench bench_;
  std::map<int64_t, std::string> skus_;  // of products
  std::vector<model::Cart> carts_;
  std::map<std::string, int64_t> positions_;  // of each cart's client
  std::map<std::string, LevelMap> clients_;
  bool force_full_ = false;
};

TEST(InventoryRandom, AClientOfTheFeedKnowsWhatTheWorldHolds) {
  const bool soak = std::getenv("OMS_SOAK") != nullptr;
  const uint64_t worlds = soak ? 200 : 20;
  const int rounds = soak ? 50 : 10;
  for (uint64_t seed = 1; seed <= worlds; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomWorld world(seed);
    for (int round = 0; round < rounds; ++round) {
      SCOPED_TRACE(absl::StrCat("round ", round));
      for (int i = 0; i < 4; ++i) world.Mutate();
      world.PullFully();
      world.Read();
      if (::testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace oms_connector::testing_support
