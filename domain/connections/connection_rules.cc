#include "domain/connections/connection_rules.h"

#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/pattern.h"
#include "base/text_fold.h"
#include "model/errors.h"
#include "model/limits.h"

namespace oms_connector::connections {
namespace {

using model::FieldViolation;
using Violations = std::vector<FieldViolation>;

// One lower-case letter, then letters, digits and dashes.
bool IsName(absl::string_view text, size_t min_size, size_t max_size) {
  if (text.size() < min_size || text.size() > max_size) return false;
  if (!absl::ascii_islower(text[0])) return false;
  for (const char c : text) {
    if (!absl::ascii_islower(c) && !absl::ascii_isdigit(c) && c != '-') {
      return false;
    }
  }
  return true;
}

void CheckText(const std::string& field, absl::string_view text,
               Violations* found) {
  if (text.size() > model::kMaxNameBytes) {
    found->push_back({field, absl::StrCat("must be at most ",
                                          model::kMaxNameBytes, " bytes")});
  } else if (!base::IsValidUtf8(text)) {
    found->push_back({field, "must be UTF-8"});
  }
}

void CheckInterval(const std::string& field, absl::Duration interval,
                   Violations* found) {
  if (interval < kShortestInterval || interval > kLongestInterval) {
    found->push_back({field, "must be between 100 milliseconds and 366 days"});
  }
}

void CheckCustomField(const std::string& field, absl::string_view name,
                      Violations* found) {
  if (name != "customField1" && name != "customField2" &&
      name != "customField3") {
    found->push_back(
        {field, "must be customField1, customField2 or customField3"});
  }
}

void CheckPattern(const std::string& field, const std::string& pattern,
                  Violations* found) {
  if (pattern.empty() || pattern.size() > model::kMaxPatternBytes) {
    found->push_back({field, absl::StrCat("must have 1 to ",
                                          model::kMaxPatternBytes, " bytes")});
    return;
  }
  const absl::Status compiled = base::Pattern::Compile(pattern).status();
  if (!compiled.ok()) {
    found->push_back({field, std::string(compiled.message())});
  }
}

void CheckFamilyRule(const std::string& field, const model::FamilyRule& rule,
                     Violations* found) {
  switch (rule.kind) {
    case model::FamilyRuleKind::kRelatedIds:
      break;
    case model::FamilyRuleKind::kOrderNumberPrefix:
      CheckPattern(absl::StrCat(field, ".order_number_pattern"),
                   rule.order_number_pattern, found);
      break;
    case model::FamilyRuleKind::kCustomField:
      CheckCustomField(absl::StrCat(field, ".custom_field"), rule.custom_field,
                       found);
      break;
  }
}

void CheckWarehouses(const std::string& field, const std::vector<int64_t>& ids,
                     Violations* found) {
  if (ids.size() > model::kMaxWarehousesOfACart) {
    found->push_back(
        {field, absl::StrCat("must name at most ", model::kMaxWarehousesOfACart,
                             " warehouses")});
  }
  const std::set<int64_t> distinct(ids.begin(), ids.end());
  if (distinct.size() != ids.size()) {
    found->push_back({field, "names a warehouse twice"});
  }
  if (!distinct.empty() && *distinct.begin() <= 0) {
    found->push_back({field, "ids of warehouses are positive"});
  }
}

void CheckCandidates(
    const std::string& field, const std::vector<std::string>& candidates,
    const std::function<bool(absl::string_view)>& is_known_carrier,
    Violations* found) {
  if (candidates.size() > model::kMaxCarrierCandidates) {
    found->push_back(
        {field, absl::StrCat("must name at most ", model::kMaxCarrierCandidates,
                             " carriers")});
    return;
  }
  for (const std::string& name : candidates) {
    if (is_known_carrier(name)) continue;
    found->push_back(
        {field, absl::StrCat("\"", name, "\" is no carrier known here")});
  }
}

void CheckCart(const std::string& field, const model::Cart& cart,
               const std::function<bool(absl::string_view)>& is_known_carrier,
               Violations* found) {
  if (!IsName(cart.cart_id, 1, 63)) {
    found->push_back(
        {absl::StrCat(field, ".id"), "must match [a-z][a-z0-9-]{0,62}"});
  }
  CheckText(absl::StrCat(field, ".display_name"), cart.display_name, found);
  CheckText(absl::StrCat(field, ".sales_channel"), cart.sales_channel, found);
  if (!cart.sales_channel.empty() && base::Trim(cart.sales_channel).empty()) {
    found->push_back({absl::StrCat(field, ".sales_channel"),
                      "must name a sales channel, or be left out"});
  }
  CheckWarehouses(absl::StrCat(field, ".warehouse_ids"), cart.warehouse_ids,
                  found);
  if (!cart.carrier_custom_field.empty()) {
    CheckCustomField(absl::StrCat(field, ".carrier_custom_field"),
                     cart.carrier_custom_field, found);
  }
  CheckCandidates(absl::StrCat(field, ".carrier_candidates"),
                  cart.carrier_candidates, is_known_carrier, found);
  CheckFamilyRule(absl::StrCat(field, ".family_rule"), cart.family_rule, found);
  if (cart.max_hold.has_value() && *cart.max_hold <= absl::ZeroDuration()) {
    found->push_back({absl::StrCat(field, ".max_hold"), "must be positive"});
  }
}

// Two carts of one name, or of one sales channel, cannot be told apart.
void CheckTwins(const std::vector<model::Cart>& carts, Violations* found) {
  std::map<std::string, size_t> by_id;
  std::map<std::string, size_t> by_channel;
  for (size_t i = 0; i < carts.size(); ++i) {
    const std::string field = absl::StrCat("connection.carts[", i, "]");
    if (!by_id.emplace(carts[i].cart_id, i).second) {
      found->push_back({absl::StrCat(field, ".id"), "is used by two carts"});
    }
    const std::string channel =
        base::FoldCase(base::Trim(carts[i].sales_channel));
    if (!channel.empty() && !by_channel.emplace(channel, i).second) {
      found->push_back(
          {absl::StrCat(field, ".sales_channel"), "is used by two carts"});
    }
  }
}

}  // namespace

absl::Status CheckConnectionId(absl::string_view id) {
  if (IsName(id, 3, 63)) return absl::OkStatus();
  return model::InvalidField("connection_id",
                             "must match [a-z][a-z0-9-]{2,62}");
}

absl::Status CheckConnection(
    const model::Connection& connection,
    const std::function<bool(absl::string_view)>& is_known_carrier) {
  Violations found;
  CheckText("connection.display_name", connection.display_name, &found);
  CheckInterval("connection.inventory_interval", connection.inventory_interval,
                &found);
  CheckInterval("connection.shipment_interval", connection.shipment_interval,
                &found);
  if (connection.carts.size() > model::kMaxCarts) {
    found.push_back(
        {"connection.carts",
         absl::StrCat("must hold at most ", model::kMaxCarts, " carts")});
    return model::InvalidFields(std::move(found));
  }
  for (size_t i = 0; i < connection.carts.size(); ++i) {
    CheckCart(absl::StrCat("connection.carts[", i, "]"), connection.carts[i],
              is_known_carrier, &found);
  }
  CheckTwins(connection.carts, &found);
  if (found.empty()) return absl::OkStatus();
  return model::InvalidFields(std::move(found));
}

bool SameViews(const std::vector<model::Cart>& a,
               const std::vector<model::Cart>& b) {
  using View =
      std::pair<std::string, std::pair<model::SkuSource, std::set<int64_t>>>;
  const auto views = [](const std::vector<model::Cart>& carts) {
    std::map<std::string, View> result;
    for (const model::Cart& cart : carts) {
      result[cart.cart_id] = {
          cart.sales_channel,
          {cart.sku_source,
           {cart.warehouse_ids.begin(), cart.warehouse_ids.end()}}};
    }
    return result;
  };
  return views(a) == views(b);
}

}  // namespace oms_connector::connections
