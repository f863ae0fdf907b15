#include "domain/shipments/cart_directory.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text_fold.h"
#include "model/cart_channel.h"

namespace oms_connector::shipments {
namespace {

bool IsChannelOf(const model::Cart& cart, int64_t id, const std::string& name) {
  const absl::string_view wanted = base::Trim(cart.sales_channel);
  if (wanted.empty()) return false;
  return wanted == absl::StrCat(id) ||
         (!name.empty() && base::FoldCase(wanted) == base::FoldCase(name));
}

// A rule that does not compile was refused when the cart was stored; should
// one be there all the same, ids relate its orders.
FamilyKey KeyOf(const model::FamilyRule& rule) {
  absl::StatusOr<FamilyKey> key = FamilyKey::Compile(rule);
  return key.ok() ? *std::move(key) : *FamilyKey::Compile({});
}

}  // namespace

CartDirectory::CartDirectory(model::Connection connection,
                             const model::ReferenceNames& names)
    : connection_(std::move(connection)),
      channels_read_(names.channels_read || !names.sales_channels.empty()) {
  for (const model::ReferenceName& name : names.sales_channels) {
    channels_[name.id] = name.name;
  }
  for (const model::ReferenceName& name : names.warehouses) {
    warehouses_[name.id] = name.name;
  }
  for (const model::ReferenceName& name : names.services) {
    services_[{name.parent_id, name.id}] = name.name;
  }
  for (const model::Cart& cart : connection_.carts) {
    family_keys_.emplace(cart.cart_id, KeyOf(cart.family_rule));
  }
}

const model::Cart* CartDirectory::CartOfChannel(
    int64_t sales_channel_id) const {
  if (sales_channel_id == 0) return nullptr;
  const auto channel = channels_.find(sales_channel_id);
  const std::string name = channel == channels_.end() ? "" : channel->second;
  for (const model::Cart& cart : connection_.carts) {
    if (IsChannelOf(cart, sales_channel_id, name)) return &cart;
  }
  return nullptr;
}

const model::Cart* CartDirectory::FindCart(absl::string_view cart_id) const {
  for (const model::Cart& cart : connection_.carts) {
    if (cart.cart_id == cart_id) return &cart;
  }
  return nullptr;
}

void CartDirectory::File(model::StoredOrder& order) const {
  const model::Cart* cart = CartOfChannel(order.order.sales_channel_id);
  order.cart_id = cart == nullptr ? "" : cart->cart_id;
  order.family_key =
      cart == nullptr ? "" : family_keys_.at(cart->cart_id).KeyOf(order.order);
}

FamilyOrder CartDirectory::FamilyOrderOf(
    const model::StoredOrder& order) const {
  const auto key = family_keys_.find(order.cart_id);
  if (key != family_keys_.end()) {
    return key->second.Read(order.order, order.cart_id);
  }
  FamilyOrder family_order;
  family_order.order_id = order.order.order_id;
  family_order.related_order_ids = order.order.related_order_ids;
  family_order.cart_id = order.cart_id;
  return family_order;
}

std::string CartDirectory::WarehouseName(int64_t warehouse_id) const {
  const auto found = warehouses_.find(warehouse_id);
  return found == warehouses_.end() ? "" : found->second;
}

std::string CartDirectory::ServiceName(int64_t provider_id,
                                       int64_t service_id) const {
  const auto found = services_.find({provider_id, service_id});
  return found == services_.end() ? "" : found->second;
}

absl::Status CartDirectory::StatusOf(const model::Cart& cart) const {
  if (!channels_read_ || base::Trim(cart.sales_channel).empty()) {
    return absl::OkStatus();
  }
  std::vector<model::ChannelName> channels;
  for (const auto& [id, name] : channels_) channels.push_back({id, name});
  return model::MatchChannel(cart, channels).status();
}

std::vector<model::CartError> CartDirectory::CartErrors() const {
  std::vector<model::CartError> errors;
  for (const model::Cart& cart : connection_.carts) {
    const absl::Status status = StatusOf(cart);
    if (!status.ok()) errors.push_back({cart.cart_id, status});
  }
  return errors;
}

}  // namespace oms_connector::shipments
