// A connection: one Order Manager account and the carts that it feeds.
#ifndef OMS_CONNECTOR_MODEL_CONNECTION_H_
#define OMS_CONNECTOR_MODEL_CONNECTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "model/fields.h"

namespace oms_connector::model {

// By which SKU a cart knows a product. The numbers are stored.
enum class SkuSource { kMasterSku = 1, kListingSku = 2 };

// How the orders that one shopper's order was split into are found.
// The numbers are stored.
enum class FamilyRuleKind {
  kRelatedIds = 1,         // relatedOrderIds, followed in both directions
  kOrderNumberPrefix = 2,  // first group of a pattern over the order number
  kCustomField = 3,        // equal text in a custom field of the order
};

struct FamilyRule {
  FamilyRuleKind kind = FamilyRuleKind::kRelatedIds;
  std::string order_number_pattern;  // RE2; only for kOrderNumberPrefix
  std::string custom_field;          // "customField1".."customField3"

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "kind", &FamilyRule::kind);
    visit(2, "order_number_pattern", &FamilyRule::order_number_pattern);
    visit(3, "custom_field", &FamilyRule::custom_field);
  }
  friend bool operator==(const FamilyRule& a, const FamilyRule& b) {
    return SameFields(a, b);
  }
};

// A place where shoppers buy.
struct Cart {
  std::string cart_id;  // [a-z][a-z0-9-]{0,62}
  std::string display_name;
  std::string sales_channel;  // its name or id in the Order Manager
  SkuSource sku_source = SkuSource::kMasterSku;
  std::vector<int64_t> warehouse_ids;           // empty = all
  std::string carrier_custom_field;             // empty = none
  std::vector<std::string> carrier_candidates;  // empty = the default four
  FamilyRule family_rule;
  std::optional<absl::Duration> max_hold;  // unset = for ever

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "cart_id", &Cart::cart_id);
    visit(2, "display_name", &Cart::display_name);
    visit(3, "sales_channel", &Cart::sales_channel);
    visit(4, "sku_source", &Cart::sku_source);
    visit(5, "warehouse_ids", &Cart::warehouse_ids);
    visit(6, "carrier_custom_field", &Cart::carrier_custom_field);
    visit(7, "carrier_candidates", &Cart::carrier_candidates);
    visit(8, "family_rule", &Cart::family_rule);
    visit(9, "max_hold", &Cart::max_hold);
  }
  friend bool operator==(const Cart& a, const Cart& b) {
    return SameFields(a, b);
  }
};

// Where the Order Manager is and how we prove who we are. The token itself is
// only ever held sealed (base/secret_box.h), bound to the epoch of its time.
struct OrderManagerAccount {
  std::string base_url;      // "https://api.skubana.com"
  std::string path_prefix;   // "/service" or empty
  std::string sealed_token;  // opaque bytes
  // The epoch that the seal is bound to, where it is an earlier one than the
  // connection's; else empty.
  std::string sealed_under;
  std::string token_fingerprint;  // keyed hash, safe to show

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "base_url", &OrderManagerAccount::base_url);
    visit(2, "path_prefix", &OrderManagerAccount::path_prefix);
    visit(3, "sealed_token", &OrderManagerAccount::sealed_token);
    visit(4, "sealed_under", &OrderManagerAccount::sealed_under);
    visit(5, "token_fingerprint", &OrderManagerAccount::token_fingerprint);
  }
};

struct Connection {
  std::string id;  // [a-z][a-z0-9-]{2,62}
  // Drawn at random when the connection is created, and anew when its store is
  // restored from a copy. A cursor carries it, so one from a deleted connection
  // of the same id, or from before a restore, is not accepted.
  std::string epoch;
  std::string display_name;
  OrderManagerAccount order_manager;
  std::vector<Cart> carts;
  absl::Duration inventory_interval = absl::Minutes(15);
  absl::Duration shipment_interval = absl::Minutes(5);
  absl::Time earliest_shipment_time;  // default: 7 days before creation
  // Grows whenever stored levels must be computed anew because the inventory
  // settings or the carts have changed. Compare with
  // InventoryState::computed_generation.
  int64_t view_generation = 1;
  std::string etag;
  absl::Time create_time;
  absl::Time update_time;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "id", &Connection::id);
    visit(2, "epoch", &Connection::epoch);
    visit(3, "display_name", &Connection::display_name);
    visit(4, "order_manager", &Connection::order_manager);
    visit(5, "carts", &Connection::carts);
    visit(6, "inventory_interval", &Connection::inventory_interval);
    visit(7, "shipment_interval", &Connection::shipment_interval);
    visit(8, "earliest_shipment_time", &Connection::earliest_shipment_time);
    visit(9, "etag", &Connection::etag);
    visit(10, "create_time", &Connection::create_time);
    visit(11, "update_time", &Connection::update_time);
    visit(12, "view_generation", &Connection::view_generation);
  }
};

// The newest numbers that a connection has given away; 0 = none yet.
struct ConnectionHeads {
  int64_t last_revision = 0;
  int64_t last_sequence = 0;
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_CONNECTION_H_
