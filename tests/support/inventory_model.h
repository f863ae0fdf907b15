// What should be published, straight from an Order Manager's world: an
// independent, brute-force reading of the rules, which shares nothing with the
// code under test. It goes through all rows for each question.
//
// Of stock and of products it remembers what was last told, since a row that
// cannot be read, or that only a change pull misses, keeps what it said.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_INVENTORY_MODEL_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_INVENTORY_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fake_order_manager/world.h"
#include "model/connection.h"
#include "model/inventory.h"
#include "model/settings.h"

namespace oms_connector::testing_support {

// SKU in lower case, kind, location: what is published there.
using PublishedKey = std::tuple<std::string, model::LocationKind, int64_t>;
using Published = std::map<PublishedKey, std::string>;

class InventoryModel {
 public:
  // Not owned. Channels are numbered from 1 and named "Channel N"; warehouses
  // are numbered from 1; carts name channels so, or "Nowhere".
  explicit InventoryModel(const FakeWorld* world) : world_(world) {}

  void SetCarts(std::vector<model::Cart> carts) { carts_ = std::move(carts); }
  const model::Cart* FindCart(const std::string& id) const;

  // A pull under `settings` has SUCCEEDED; `complete`: a full one, in one go.
  void Pulled(const model::Settings& settings, bool complete);

  // Whether the cart cannot be served at all.
  bool IsUnserved(const std::string& cart,
                  const model::Settings& settings) const;
  // What a cart, or with "" a caller without one, should see published.
  Published Expected(const std::string& cart,
                     const model::Settings& settings) const;

 private:
  struct Candidate {
    bool without_listing = false;
    std::string value;  // empty = withheld
  };
  using Candidates = std::map<PublishedKey, std::vector<Candidate>>;

  static int64_t ChannelOf(const model::Cart& cart);
  bool WarehouseIsPulled(int64_t id) const;
  bool CartsWant(int64_t id) const;
  void ForgetThoseAway(const model::Settings& settings);
  bool SomebodyUnreadableIsCalled(int64_t warehouse,
                                  const std::string& sku) const;
  void StockPulled(int64_t warehouse, bool complete);
  bool ProductIsActive(int64_t id, const model::Settings& settings) const;
  bool Sees(const model::Cart* cart, int64_t warehouse) const;
  void AddStock(const model::Settings& settings, const model::Cart* cart,
                Candidates* candidates) const;
  void AddListings(const model::Settings& settings, const model::Cart* cart,
                   Candidates* candidates) const;

  const FakeWorld* const world_;
  std::vector<model::Cart> carts_;
  std::map<std::pair<int64_t, int64_t>, Stock> told_stock_;
  // Those of told_stock_ that were not read since their warehouse came back.
  std::set<std::pair<int64_t, int64_t>> unread_;
  std::map<int64_t, bool> told_products_;  // whether they are active
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_INVENTORY_MODEL_H_
