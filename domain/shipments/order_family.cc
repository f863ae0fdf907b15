#include "domain/shipments/order_family.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "domain/shipments/custom_field.h"
#include "model/errors.h"

namespace oms_connector::shipments {
namespace {

// Joins ids into sets (union by size, paths halved).
class DisjointSets {
 public:
  void Join(int64_t a, int64_t b) {
    size_t root_a = Root(IndexOf(a));
    size_t root_b = Root(IndexOf(b));
    if (root_a == root_b) return;
    if (sizes_[root_a] < sizes_[root_b]) std::swap(root_a, root_b);
    parents_[root_b] = root_a;
    sizes_[root_a] += sizes_[root_b];
  }

  // Every id by the root of its set.
  absl::flat_hash_map<size_t, std::vector<int64_t>> Sets() {
    absl::flat_hash_map<size_t, std::vector<int64_t>> sets;
    for (const auto& [id, index] : index_) sets[Root(index)].push_back(id);
    return sets;
  }

 private:
  // A set of its own where it is new.
  size_t IndexOf(int64_t id) {
    const auto [entry, is_new] = index_.try_emplace(id, parents_.size());
    if (is_new) {
      parents_.push_back(parents_.size());
      sizes_.push_back(1);
    }
    return entry->second;
  }

  size_t Root(size_t index) {
    while (parents_[index] != index) {
      parents_[index] = parents_[parents_[index]];
      index = parents_[index];
    }
    return index;
  }

  absl::flat_hash_map<int64_t, size_t> index_;
  std::vector<size_t> parents_;
  std::vector<size_t> sizes_;
};

// Who names nobody and is named by nobody is in none.
DisjointSets JoinRelated(absl::Span<const FamilyOrder> orders) {
  DisjointSets related;
  for (const FamilyOrder& order : orders) {
    for (const int64_t id : order.related_order_ids) {
      // 0 stands for "none" where it appears, and would join strangers.
      if (id > 0) related.Join(order.order_id, id);
    }
  }
  return related;
}

}  // namespace

absl::StatusOr<FamilyKey> FamilyKey::Compile(const model::FamilyRule& rule) {
  FamilyKey key(rule);
  if (rule.kind == model::FamilyRuleKind::kOrderNumberPrefix) {
    absl::StatusOr<std::shared_ptr<const base::Pattern>> pattern =
        base::Pattern::Compile(rule.order_number_pattern);
    if (!pattern.ok()) {
      return model::InvalidField("family_rule.order_number_pattern",
                                 pattern.status().message());
    }
    key.pattern_ = *std::move(pattern);
  }
  if (rule.kind == model::FamilyRuleKind::kCustomField &&
      !IsCustomField(rule.custom_field)) {
    return model::InvalidField(
        "family_rule.custom_field",
        "is none of customField1, customField2 and customField3");
  }
  return key;
}

std::string FamilyKey::KeyOf(const model::Order& order) const {
  switch (rule_.kind) {
    case model::FamilyRuleKind::kRelatedIds:
      return "";
    case model::FamilyRuleKind::kOrderNumberPrefix:
      return std::string(
          absl::StripAsciiWhitespace(pattern_->FirstGroup(order.order_number)));
    case model::FamilyRuleKind::kCustomField:
      return std::string(CustomFieldText(order, rule_.custom_field));
  }
  return "";
}

FamilyOrder FamilyKey::Read(const model::Order& order,
                            absl::string_view cart_id) const {
  FamilyOrder read;
  read.order_id = order.order_id;
  read.related_order_ids = order.related_order_ids;
  read.by_related_ids = rule_.kind == model::FamilyRuleKind::kRelatedIds;
  read.cart_id = std::string(cart_id);
  read.key = KeyOf(order);
  return read;
}

OrderFamilies::OrderFamilies(absl::Span<const FamilyOrder> orders) {
  for (auto& [root, ids] : JoinRelated(orders).Sets()) {
    for (const int64_t id : ids) family_index_[id] = families_.size();
    families_.push_back(std::make_shared<std::vector<int64_t>>(std::move(ids)));
  }

  absl::flat_hash_map<std::pair<absl::string_view, absl::string_view>, size_t>
      by_key;
  absl::flat_hash_map<int64_t, bool> seen;
  for (const FamilyOrder& order : orders) {
    if (!seen.try_emplace(order.order_id, true).second) continue;
    if (order.by_related_ids) continue;
    size_t family = families_.size();
    if (!absl::StripAsciiWhitespace(order.key).empty()) {
      family =
          by_key.try_emplace({order.cart_id, order.key}, family).first->second;
    }
    if (family == families_.size()) {
      families_.push_back(std::make_shared<std::vector<int64_t>>());
    }
    families_[family]->push_back(order.order_id);
    family_index_[order.order_id] = family;
  }
  for (const auto& family : families_) {
    std::sort(family->begin(), family->end());
  }
}

std::shared_ptr<const std::vector<int64_t>> OrderFamilies::FamilyOf(
    int64_t order_id) const {
  const auto found = family_index_.find(order_id);
  if (found != family_index_.end()) return families_[found->second];
  return std::make_shared<const std::vector<int64_t>>(1, order_id);
}

LoadedOrder& LoadedOrders::Add(int64_t order_id) {
  const auto [entry, is_new] = index_.try_emplace(order_id, nullptr);
  if (is_new) {
    LoadedOrder& missing = orders_.emplace_back();
    missing.order.order.order_id = order_id;
    missing.order.known = false;
    missing.order.readable = false;
    entry->second = &missing;
  }
  return *entry->second;
}

}  // namespace oms_connector::shipments
