#include "omsctl/connection_text.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "omsctl/inventory_text.h"
#include "omsctl/table.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {

namespace {

std::string FamilyText(const v1::FamilyRule& rule) {
  switch (rule.kind()) {
    case v1::FamilyRule::KIND_ORDER_NUMBER_PREFIX:
      return absl::StrCat("order number ", rule.order_number_pattern());
    case v1::FamilyRule::KIND_CUSTOM_FIELD:
      return absl::StrCat("field ", rule.custom_field());
    default:
      return "related ids";
  }
}

std::string CartsText(const v1::Connection& connection, size_t width) {
  Table table({{"CART"},
               {"SALES CHANNEL"},
               {"SKU"},
               {"WAREHOUSES"},
               {"CARRIER FIELD"},
               {"CARRIERS"},
               {"FAMILY"},
               {"MAX HOLD", Column::kRight}});
  for (const v1::Cart& cart : connection.carts()) {
    table.Add({cart.id(), cart.sales_channel(),
               cart.sku_source() == v1::Cart::SKU_SOURCE_LISTING_SKU ? "listing"
                                                                     : "master",
               cart.warehouse_ids().empty()
                   ? "all"
                   : absl::StrJoin(cart.warehouse_ids(), ", "),
               cart.carrier_custom_field(),
               absl::StrJoin(cart.carrier_candidates(), ", "),
               FamilyText(cart.family_rule()),
               cart.has_max_hold() ? Roughly(FromProto(cart.max_hold())) : ""});
  }
  return table.Text(width);
}

std::string OldestText(bool present, const google::protobuf::Duration& oldest) {
  return present ? absl::StrCat(", the oldest for ", Roughly(FromProto(oldest)))
                 : "";
}

void Line(std::string& text, absl::string_view label, absl::string_view value) {
  if (value.empty()) return;
  absl::StrAppend(&text, PadRight(absl::StrCat(label, ":"), 14),
                  Printable(value), "\n");
}

std::string TokenText(const v1::OrderManagerAccount& account) {
  if (!account.access_token_set()) return "none stored";
  return absl::StrCat("stored, fingerprint ",
                      account.access_token_fingerprint());
}

// "shop is left out: FAILED_PRECONDITION SALES_CHANNEL_NOT_FOUND: …".
std::string CartErrorText(const v1::CartError& error) {
  return absl::StrCat(error.cart(),
                      " is left out: ", ErrorLine(error.status()));
}

std::string HealthText(const v1::ConnectionHealth& health, absl::Time now) {
  std::string text;
  Line(text, "inventory", FreshnessText(health.inventory(), now));
  Line(text, "shipments", FreshnessText(health.shipments(), now));
  if (!health.inventory().has_last_success_time() &&
      !health.shipments().has_last_success_time()) {
    return text;  // nothing can be held or unconfirmed yet
  }
  Line(
      text, "held",
      absl::StrCat(Counted(health.held_orders(), "order"),
                   OldestText(health.has_oldest_hold(), health.oldest_hold())));
  Line(text, "unconfirmed",
       absl::StrCat(Counted(health.unconfirmed_shipments(), "shipment"),
                    OldestText(health.has_oldest_unconfirmed(),
                               health.oldest_unconfirmed())));
  if (health.delta_gap_suspected()) {
    Line(text, "attention",
         "changes of channel quantities may be lost: touch the listings in the "
         "Order Manager, or go per warehouse");
  }
  for (const v1::CartError& error : health.cart_errors()) {
    Line(text, "attention", absl::StrCat("cart ", CartErrorText(error)));
  }
  if (health.levels_without_number() > 0) {
    Line(text, "unknown",
         absl::StrCat(Counted(health.levels_without_number(), "level"),
                      " without a quantity from the Order Manager"));
  }
  if (health.has_clock_difference()) {
    const absl::Duration difference = FromProto(health.clock_difference());
    Line(text, "clock",
         absl::StrCat("the Order Manager's is ",
                      Roughly(absl::AbsDuration(difference)),
                      difference > absl::ZeroDuration() ? " ahead" : " behind",
                      " of the server's"));
  }
  return text;
}

std::string ActiveText(bool known, bool active) {
  if (!known) return "";
  return active ? "yes" : "no";
}

// "shop, amazon (left out)"
std::string CartIdsText(const v1::Connection& connection) {
  const auto& errors = connection.health().cart_errors();
  return absl::StrJoin(
      connection.carts(), ", ", [&](std::string* out, const v1::Cart& cart) {
        const bool left_out = absl::c_any_of(errors, [&](const auto& error) {
          return error.cart() == cart.id();
        });
        absl::StrAppend(out, cart.id(), left_out ? " (left out)" : "");
      });
}

std::string PulledText(const v1::PullStatus& pull, absl::Time now) {
  std::string text = pull.has_last_success_time()
                         ? Ago(pull.last_success_time(), now)
                         : "never";
  if (pull.has_last_error()) absl::StrAppend(&text, ", failing");
  return text;
}

}  // namespace

std::string ConnectionText(const v1::Connection& connection, absl::Time now,
                           size_t width) {
  std::string text;
  Line(text, "connection", IdOf(connection.name()));
  Line(text, "name", connection.display_name());
  Line(text, "base URL",
       absl::StrCat(connection.order_manager().base_url(),
                    connection.order_manager().path_prefix()));
  Line(text, "token", TokenText(connection.order_manager()));
  Line(text, "pulls",
       absl::StrCat(
           "inventory every ",
           Roughly(FromProto(connection.inventory_interval())),
           ", shipments every ",
           Roughly(FromProto(connection.shipment_interval())),
           connection.has_earliest_shipment_time()
               ? absl::StrCat(", from ",
                              Minute(connection.earliest_shipment_time()))
               : ""));
  absl::StrAppend(&text, HealthText(connection.health(), now));
  Line(text, "etag", connection.etag());
  return absl::StrCat(text, CartsText(connection, width));
}

std::string ConnectionsText(const std::vector<v1::Connection>& connections,
                            absl::Time now, size_t width) {
  Table table({{"CONNECTION"},
               {"NAME"},
               {"BASE URL"},
               {"CARTS"},
               {"INVENTORY"},
               {"SHIPMENTS"},
               {"HELD", Column::kRight},
               {"UNCONFIRMED", Column::kRight}});
  for (const v1::Connection& connection : connections) {
    const v1::ConnectionHealth& health = connection.health();
    table.Add({IdOf(connection.name()), connection.display_name(),
               connection.order_manager().base_url(), CartIdsText(connection),
               PulledText(health.inventory(), now),
               PulledText(health.shipments(), now),
               absl::StrCat(health.held_orders()),
               absl::StrCat(health.unconfirmed_shipments())});
  }
  return table.Text(width);
}

std::string CartChannelsText(const v1::TestConnectionResponse& answer) {
  std::string text;
  for (const v1::CartSalesChannel& found : answer.cart_sales_channels()) {
    const v1::SalesChannel& channel = found.sales_channel();
    absl::StrAppend(
        &text, "Cart ", found.cart(), " is sales channel ",
        Printable(channel.name()), " (", channel.id(), ")",
        channel.has_active() && !channel.active() ? ", which is inactive" : "",
        ".\n");
  }
  for (const v1::CartError& error : answer.cart_errors()) {
    absl::StrAppend(&text, "Cart ", Printable(CartErrorText(error)), "\n");
  }
  return text;
}

std::string TestText(const v1::TestConnectionResponse& answer, size_t width) {
  if (answer.has_error()) {
    return absl::StrCat("The Order Manager could not be used: ",
                        ErrorLine(answer.error()), "\n");
  }
  Table channels({{"SALES CHANNEL"}, {"ID", Column::kRight}, {"ACTIVE"}});
  for (const v1::SalesChannel& channel : answer.sales_channels()) {
    channels.Add({channel.name(), absl::StrCat(channel.id()),
                  ActiveText(channel.has_active(), channel.active())});
  }
  Table warehouses({{"WAREHOUSE"}, {"ID", Column::kRight}, {"ACTIVE"}});
  for (const v1::Warehouse& warehouse : answer.warehouses()) {
    warehouses.Add({warehouse.name(), absl::StrCat(warehouse.id()),
                    ActiveText(warehouse.has_active(), warehouse.active())});
  }
  return absl::StrCat("The Order Manager answered in ",
                      Roughly(FromProto(answer.latency())), ".\n",
                      channels.Text(width), warehouses.Text(width),
                      CartChannelsText(answer));
}

namespace {

absl::Status SetSkuSource(absl::string_view value, v1::Cart& cart) {
  if (value == "master") {
    cart.set_sku_source(v1::Cart::SKU_SOURCE_MASTER_SKU);
  } else if (value == "listing") {
    cart.set_sku_source(v1::Cart::SKU_SOURCE_LISTING_SKU);
  } else {
    return UsageError(
        absl::StrCat("sku is master or listing, not \"", value, "\""));
  }
  return absl::OkStatus();
}

absl::Status SetWarehouses(absl::string_view value, v1::Cart& cart) {
  for (const absl::string_view part : absl::StrSplit(value, ';')) {
    int64_t id = 0;
    if (!absl::SimpleAtoi(part, &id)) {
      return UsageError(
          absl::StrCat("warehouses are ids like 1;2, not \"", value, "\""));
    }
    cart.add_warehouse_ids(id);
  }
  return absl::OkStatus();
}

absl::Status SetCarriers(absl::string_view value, v1::Cart& cart) {
  for (const absl::string_view part : absl::StrSplit(value, ';')) {
    cart.add_carrier_candidates(std::string(part));
  }
  return absl::OkStatus();
}

absl::Status SetFamily(absl::string_view value, v1::Cart& cart) {
  v1::FamilyRule& rule = *cart.mutable_family_rule();
  if (value == "related") {
    rule.set_kind(v1::FamilyRule::KIND_RELATED_IDS);
  } else if (absl::ConsumePrefix(&value, "prefix:")) {
    rule.set_kind(v1::FamilyRule::KIND_ORDER_NUMBER_PREFIX);
    rule.set_order_number_pattern(std::string(value));
  } else if (absl::ConsumePrefix(&value, "field:")) {
    rule.set_kind(v1::FamilyRule::KIND_CUSTOM_FIELD);
    rule.set_custom_field(std::string(value));
  } else {
    return UsageError(
        absl::StrCat("family is related, prefix:PATTERN or field:FIELD, not \"",
                     value, "\""));
  }
  return absl::OkStatus();
}

absl::Status SetMaxHold(absl::string_view value, v1::Cart& cart) {
  OMS_ASSIGN_OR_RETURN(const absl::Duration hold, ParseSpan(value));
  *cart.mutable_max_hold() = ToProto(hold);
  return absl::OkStatus();
}

absl::Status Set(absl::string_view key, absl::string_view value,
                 v1::Cart& cart) {
  if (key == "sku") return SetSkuSource(value, cart);
  if (key == "warehouses") return SetWarehouses(value, cart);
  if (key == "carriers") return SetCarriers(value, cart);
  if (key == "family") return SetFamily(value, cart);
  if (key == "max-hold") return SetMaxHold(value, cart);
  if (key == "id") {
    cart.set_id(std::string(value));
  } else if (key == "name") {
    cart.set_display_name(std::string(value));
  } else if (key == "channel") {
    cart.set_sales_channel(std::string(value));
  } else if (key == "custom-field") {
    cart.set_carrier_custom_field(std::string(value));
  } else {
    return UsageError(
        absl::StrCat("a cart has no \"", key, "\"; write it as ", kCartSyntax));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Cart> ParseCart(absl::string_view text) {
  v1::Cart cart;
  std::set<std::string> keys;
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    if (!keys.emplace(pair.first).second) {
      return UsageError(
          absl::StrCat("\"", pair.first, "\" is given twice for one cart"));
    }
    OMS_RETURN_IF_ERROR(Set(pair.first, pair.second, cart));
  }
  if (cart.id().empty()) return UsageError("a cart needs an id: id=shop,…");
  return cart;
}

}  // namespace oms_connector::omsctl
