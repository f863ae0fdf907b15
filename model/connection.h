// A connection: one Order Manager account and the carts that it feeds.
#ifndef OMS_CONNECTOR_MODEL_CONNECTION_H_
#define OMS_CONNECTOR_MODEL_CONNECTION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

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

  friend bool operator==(const FamilyRule& a, const FamilyRule& b) {
    return a.kind == b.kind &&
           a.order_number_pattern == b.order_number_pattern &&
           a.custom_field == b.custom_field;
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

  friend bool operator==(const Cart& a, const Cart& b) {
    return a.cart_id == b.cart_id && a.display_name == b.display_name &&
           a.sales_channel == b.sales_channel && a.sku_source == b.sku_source &&
           a.warehouse_ids == b.warehouse_ids &&
           a.carrier_custom_field == b.carrier_custom_field &&
           a.carrier_candidates == b.carrier_candidates &&
           a.family_rule == b.family_rule && a.max_hold == b.max_hold;
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
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_CONNECTION_H_
