#include "server/convert/connection_convert.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/secret_string.h"
#include "model/errors.h"
#include "server/convert/sync_run_convert.h"
#include "server/convert/time_convert.h"
#include "server/convert/to_grpc_status.h"

namespace oms_connector::server {
namespace {

constexpr char kNamePrefix[] = "connections/";

v1::Cart::SkuSource SkuSourceToProto(model::SkuSource source) {
  switch (source) {
    case model::SkuSource::kMasterSku:
      return v1::Cart::SKU_SOURCE_MASTER_SKU;
    case model::SkuSource::kListingSku:
      return v1::Cart::SKU_SOURCE_LISTING_SKU;
  }
  return v1::Cart::SKU_SOURCE_UNSPECIFIED;
}

v1::FamilyRule::Kind KindToProto(model::FamilyRuleKind kind) {
  switch (kind) {
    case model::FamilyRuleKind::kRelatedIds:
      return v1::FamilyRule::KIND_RELATED_IDS;
    case model::FamilyRuleKind::kOrderNumberPrefix:
      return v1::FamilyRule::KIND_ORDER_NUMBER_PREFIX;
    case model::FamilyRuleKind::kCustomField:
      return v1::FamilyRule::KIND_CUSTOM_FIELD;
  }
  return v1::FamilyRule::KIND_UNSPECIFIED;
}

v1::Cart CartToProto(const model::Cart& cart) {
  v1::Cart proto;
  proto.set_id(cart.cart_id);
  proto.set_display_name(cart.display_name);
  proto.set_sales_channel(cart.sales_channel);
  proto.set_sku_source(SkuSourceToProto(cart.sku_source));
  *proto.mutable_warehouse_ids() = {cart.warehouse_ids.begin(),
                                    cart.warehouse_ids.end()};
  proto.set_carrier_custom_field(cart.carrier_custom_field);
  *proto.mutable_carrier_candidates() = {cart.carrier_candidates.begin(),
                                         cart.carrier_candidates.end()};
  v1::FamilyRule& rule = *proto.mutable_family_rule();
  rule.set_kind(KindToProto(cart.family_rule.kind));
  rule.set_order_number_pattern(cart.family_rule.order_number_pattern);
  rule.set_custom_field(cart.family_rule.custom_field);
  if (cart.max_hold.has_value()) {
    *proto.mutable_max_hold() = ToProto(*cart.max_hold);
  }
  return proto;
}

absl::StatusOr<model::SkuSource> SkuSourceFromProto(v1::Cart::SkuSource source,
                                                    const std::string& field) {
  switch (source) {
    case v1::Cart::SKU_SOURCE_UNSPECIFIED:
    case v1::Cart::SKU_SOURCE_MASTER_SKU:
      return model::SkuSource::kMasterSku;
    case v1::Cart::SKU_SOURCE_LISTING_SKU:
      return model::SkuSource::kListingSku;
    default:
      return model::InvalidField(field, "is no known SKU source");
  }
}

absl::StatusOr<model::FamilyRuleKind> KindFromProto(v1::FamilyRule::Kind kind,
                                                    const std::string& field) {
  switch (kind) {
    case v1::FamilyRule::KIND_UNSPECIFIED:
    case v1::FamilyRule::KIND_RELATED_IDS:
      return model::FamilyRuleKind::kRelatedIds;
    case v1::FamilyRule::KIND_ORDER_NUMBER_PREFIX:
      return model::FamilyRuleKind::kOrderNumberPrefix;
    case v1::FamilyRule::KIND_CUSTOM_FIELD:
      return model::FamilyRuleKind::kCustomField;
    default:
      return model::InvalidField(field, "is no known family rule");
  }
}

model::Cart ReadCart(const v1::Cart& proto, const std::string& field,
                     RequestReader& read) {
  model::Cart cart;
  cart.cart_id = proto.id();
  cart.display_name = proto.display_name();
  cart.sales_channel = proto.sales_channel();
  read.Take(SkuSourceFromProto(proto.sku_source(),
                               absl::StrCat(field, ".sku_source")),
            &cart.sku_source);
  cart.warehouse_ids = {proto.warehouse_ids().begin(),
                        proto.warehouse_ids().end()};
  cart.carrier_custom_field = proto.carrier_custom_field();
  cart.carrier_candidates = {proto.carrier_candidates().begin(),
                             proto.carrier_candidates().end()};
  const v1::FamilyRule& rule = proto.family_rule();
  read.Take(
      KindFromProto(rule.kind(), absl::StrCat(field, ".family_rule.kind")),
      &cart.family_rule.kind);
  cart.family_rule.order_number_pattern = rule.order_number_pattern();
  cart.family_rule.custom_field = rule.custom_field();
  if (proto.has_max_hold()) {
    read.Take(
        DurationFromProto(proto.max_hold(), absl::StrCat(field, ".max_hold")),
        &cart.max_hold);
  }
  return cart;
}

void ReadTimes(const v1::Connection& connection,
               connections::ConnectionDraft* draft, RequestReader& read) {
  if (connection.has_inventory_interval()) {
    read.Take(DurationFromProto(connection.inventory_interval(),
                                "connection.inventory_interval"),
              &draft->inventory_interval);
  }
  if (connection.has_shipment_interval()) {
    read.Take(DurationFromProto(connection.shipment_interval(),
                                "connection.shipment_interval"),
              &draft->shipment_interval);
  }
  if (connection.has_earliest_shipment_time()) {
    read.Take(TimeFromProto(connection.earliest_shipment_time(),
                            "connection.earliest_shipment_time"),
              &draft->earliest_shipment_time);
  }
}

}  // namespace

v1::Connection ToProto(const model::Connection& connection) {
  v1::Connection proto;
  proto.set_name(absl::StrCat(kNamePrefix, connection.id));
  proto.set_display_name(connection.display_name);
  v1::OrderManagerAccount& account = *proto.mutable_order_manager();
  account.set_base_url(connection.order_manager.base_url);
  account.set_path_prefix(connection.order_manager.path_prefix);
  account.set_access_token_set(
      !connection.order_manager.token_fingerprint.empty());
  account.set_access_token_fingerprint(
      connection.order_manager.token_fingerprint);
  for (const model::Cart& cart : connection.carts) {
    *proto.add_carts() = CartToProto(cart);
  }
  *proto.mutable_inventory_interval() = ToProto(connection.inventory_interval);
  *proto.mutable_shipment_interval() = ToProto(connection.shipment_interval);
  *proto.mutable_earliest_shipment_time() =
      ToProto(connection.earliest_shipment_time);
  proto.set_etag(connection.etag);
  *proto.mutable_create_time() = ToProto(connection.create_time);
  *proto.mutable_update_time() = ToProto(connection.update_time);
  return proto;
}

v1::PullStatus ToProto(const model::PullStatus& status) {
  v1::PullStatus proto;
  if (status.last_success_time.has_value()) {
    *proto.mutable_last_success_time() = ToProto(*status.last_success_time);
  }
  if (status.last_full_success_time.has_value()) {
    *proto.mutable_last_full_success_time() =
        ToProto(*status.last_full_success_time);
  }
  if (!status.last_error.ok()) {
    *proto.mutable_last_error() = ToRpcStatus(status.last_error);
  }
  return proto;
}

v1::ConnectionHealth ToProto(const connections::ConnectionHealth& health) {
  v1::ConnectionHealth proto;
  *proto.mutable_inventory() = ToProto(health.inventory);
  *proto.mutable_shipments() = ToProto(health.shipments);
  proto.set_held_orders(health.held_orders);
  proto.set_unconfirmed_shipments(health.unconfirmed_shipments);
  if (health.oldest_hold.has_value()) {
    *proto.mutable_oldest_hold() = ToProto(*health.oldest_hold);
  }
  if (health.oldest_unconfirmed.has_value()) {
    *proto.mutable_oldest_unconfirmed() = ToProto(*health.oldest_unconfirmed);
  }
  proto.set_delta_gap_suspected(health.delta_gap_suspected);
  proto.set_rejected_rows(health.rejected_rows);
  proto.set_levels_without_number(health.levels_without_number);
  if (health.clock_difference.has_value()) {
    *proto.mutable_clock_difference() = ToProto(*health.clock_difference);
  }
  for (const model::CartError& error : health.cart_errors) {
    *proto.add_cart_errors() = ToProto(error);
  }
  return proto;
}

v1::TestConnectionResponse ToProto(const connections::ConnectionTest& test) {
  v1::TestConnectionResponse proto;
  for (const model::SalesChannel& channel : test.sales_channels) {
    v1::SalesChannel& row = *proto.add_sales_channels();
    row.set_id(channel.id);
    row.set_name(channel.name);
    row.set_active(channel.active);
  }
  for (const model::Warehouse& warehouse : test.warehouses) {
    v1::Warehouse& row = *proto.add_warehouses();
    row.set_id(warehouse.id);
    row.set_name(warehouse.name);
    row.set_active(warehouse.active);
  }
  for (const connections::CartChannel& found : test.cart_channels) {
    v1::CartSalesChannel& row = *proto.add_cart_sales_channels();
    row.set_cart(found.cart_id);
    row.mutable_sales_channel()->set_id(found.sales_channel.id);
    row.mutable_sales_channel()->set_name(found.sales_channel.name);
    row.mutable_sales_channel()->set_active(found.sales_channel.active);
  }
  for (const model::CartError& error : test.cart_errors) {
    *proto.add_cart_errors() = ToProto(error);
  }
  *proto.mutable_latency() = ToProto(test.latency);
  if (!test.error.ok()) *proto.mutable_error() = ToRpcStatus(test.error);
  return proto;
}

connections::ConnectionDraft ReadDraft(const v1::Connection& connection,
                                       RequestReader& read) {
  connections::ConnectionDraft draft;
  const v1::OrderManagerAccount& account = connection.order_manager();
  if (!connection.display_name().empty()) {
    draft.display_name = connection.display_name();
  }
  if (!account.base_url().empty()) draft.base_url = account.base_url();
  if (!account.path_prefix().empty()) {
    draft.path_prefix = account.path_prefix();
  }
  if (account.has_access_token()) {
    draft.access_token = base::SecretString(account.access_token());
  }
  if (!connection.carts().empty()) {
    std::vector<model::Cart>& carts = draft.carts.emplace();
    for (int i = 0; i < connection.carts_size(); ++i) {
      carts.push_back(ReadCart(connection.carts(i),
                               absl::StrCat("connection.carts[", i, "]"),
                               read));
    }
  }
  ReadTimes(connection, &draft, read);
  return draft;
}

}  // namespace oms_connector::server
