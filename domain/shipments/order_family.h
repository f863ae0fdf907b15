// Which orders one shopper's order was split into: the family.
//
//   OMS_ASSIGN_OR_RETURN(FamilyKey key, FamilyKey::Compile(cart.family_rule));
//   FamilyOrder order = key.Read(stored_order, cart.cart_id);
//   …
//   const OrderFamilies families(orders);
//   families.FamilyOf(order.order_id);  // {1001, 1002}
//
// All of it is pure.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_ORDER_FAMILY_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_ORDER_FAMILY_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/pattern.h"
#include "model/connection.h"
#include "model/order.h"
#include "model/shipment.h"

namespace oms_connector::shipments {

// What an order tells of its family.
struct FamilyOrder {
  int64_t order_id = 0;
  // Followed in both directions. The ids of orders not at hand count too.
  std::vector<int64_t> related_order_ids;
  // True: the order's family is told by related ids. False: by `key`, among
  // the orders of its cart that go by their keys.
  bool by_related_ids = true;
  std::string cart_id;
  std::string key;  // blank = a family of one
};

// Reads family keys by one cart's rule. Immutable, thread-safe, cheap to copy.
class FamilyKey {
 public:
  // INVALID_ARGUMENT, naming the field of the rule, if its pattern is
  // none that base::Pattern takes, or its custom field is none of the three.
  static absl::StatusOr<FamilyKey> Compile(const model::FamilyRule& rule);

  // The order's key without outer blanks, "" if it has none: what the first
  // group of the pattern captures where the pattern first matches the order
  // number, or the text of the custom field. Always "" under RELATED_IDS.
  std::string KeyOf(const model::Order& order) const;

  // What the families are made of. `cart_id` is the order's own.
  FamilyOrder Read(const model::Order& order, absl::string_view cart_id) const;

 private:
  explicit FamilyKey(model::FamilyRule rule) : rule_(std::move(rule)) {}

  model::FamilyRule rule_;
  std::shared_ptr<const base::Pattern> pattern_;  // only for kOrderNumberPrefix
};

// The families of a set of orders. Families by related ids may span carts;
// an order of a cart that goes by keys has a family by its key, and is still
// a member of the related family of an order that goes by ids.
class OrderFamilies {
 public:
  // Takes about linear time. An order id given twice counts as one order with
  // the links of both, and the key of the first.
  explicit OrderFamilies(absl::Span<const FamilyOrder> orders);

  // The order ids of the family that this order's own parcels wait for,
  // ascending, itself included. Of an order that was not given: its family by
  // related ids if any order names it, else itself alone.
  // All orders of one family get the same list.
  std::shared_ptr<const std::vector<int64_t>> FamilyOf(int64_t order_id) const;

 private:
  absl::flat_hash_map<int64_t, size_t> family_index_;
  std::vector<std::shared_ptr<std::vector<int64_t>>> families_;
};

// An order as it was read together with its family (family_loader.h).
struct LoadedOrder {
  // As stored; where the replica lacks it, an entry that is not `known`.
  model::StoredOrder order;
  bool stored = false;
  // Does not count as readable, because not all of its family was loaded.
  bool cut_off = false;
  // All that was ordered goes to the shopper without a parcel.
  bool nothing_to_send = false;
  std::vector<model::StoredShipment> shipments;  // ascending by id
  // The family that its own parcels wait for: ascending order ids. Shared by
  // all its orders.
  std::shared_ptr<const std::vector<int64_t>> family;

  bool readable() const { return order.readable && !cut_off; }
};

// Orders by their ids. References stay valid.
class LoadedOrders {
 public:
  // The entry of an id, made where there is none.
  LoadedOrder& Add(int64_t order_id);
  bool Contains(int64_t order_id) const { return index_.contains(order_id); }
  // For an id that is there.
  LoadedOrder& at(int64_t order_id) { return *index_.at(order_id); }

  size_t size() const { return orders_.size(); }
  // In the order in which they were added.
  auto begin() { return orders_.begin(); }
  auto end() { return orders_.end(); }

 private:
  std::deque<LoadedOrder> orders_;
  absl::flat_hash_map<int64_t, LoadedOrder*> index_;
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_ORDER_FAMILY_H_
