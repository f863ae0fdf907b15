#include "omsctl/cart_argument.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "omsctl/usage_error.h"
#include "omsctl/wording.h"

namespace oms_connector::omsctl {
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
