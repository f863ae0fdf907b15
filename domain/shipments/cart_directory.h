// Which cart an order belongs to, and what the Order Manager's ids are called:
// a connection's carts put together with the names that were read last. Pure.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_CART_DIRECTORY_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_CART_DIRECTORY_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "domain/shipments/order_family.h"
#include "model/connection.h"
#include "model/order.h"
#include "model/shipment.h"
#include "model/sync_run.h"

namespace oms_connector::shipments {

// Immutable once made; thread-safe.
class CartDirectory {
 public:
  CartDirectory(model::Connection connection,
                const model::ReferenceNames& names);

  const model::Connection& connection() const { return connection_; }

  // The cart that sells through this channel, by its id or its name without
  // regard to case; nullptr if none. A name that several channels have means
  // each of them; the first cart of the list wins where two would match.
  const model::Cart* CartOfChannel(int64_t sales_channel_id) const;
  // nullptr if there is none (any more).
  const model::Cart* FindCart(absl::string_view cart_id) const;

  // Sets the order's cart and family key.
  void File(model::StoredOrder& order) const;
  // What families are made of, by the rule of the order's cart; RELATED_IDS
  // where no cart has it.
  FamilyOrder FamilyOrderOf(const model::StoredOrder& order) const;

  // Empty where the name is not known.
  std::string WarehouseName(int64_t warehouse_id) const;
  std::string ServiceName(int64_t provider_id, int64_t service_id) const;

  // Why the cart cannot be told anything: its sales channel is none, or one of
  // several, of those that were read. OK for a cart that names no channel, and
  // while they were never read.
  absl::Status StatusOf(const model::Cart& cart) const;
  // The carts that have such a status.
  std::vector<model::CartError> CartErrors() const;

 private:
  model::Connection connection_;
  std::map<std::pair<int64_t, int64_t>, std::string> services_;
  std::map<int64_t, std::string> warehouses_;
  std::map<int64_t, std::string> channels_;
  bool channels_read_ = false;
  absl::flat_hash_map<std::string, FamilyKey> family_keys_;  // by cart
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_CART_DIRECTORY_H_
