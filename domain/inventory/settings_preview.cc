#include "domain/inventory/settings_preview.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "base/status_macros.h"
#include "base/text_fold.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_writer.h"
#include "domain/inventory/told_level.h"

namespace oms_connector::inventory {
namespace {

// Keys looked at within one transaction: bounds the memory and how long the
// store keeps a snapshot open.
constexpr int kKeysAtOnce = 1000;

// One level before and after; unset = there is none.
struct LevelPair {
  std::optional<ToldLevel> before;
  std::optional<ToldLevel> after;
};
using LevelPairs = std::map<LevelKey, LevelPair>;

// The levels of `keys` under both views.
absl::StatusOr<LevelPairs> PairLevels(storage::InventoryReader& reader,
                                      const InventoryContext& context,
                                      const View& before, const View& after,
                                      const std::vector<int64_t>& keys,
                                      absl::Time now) {
  LevelScope scope;
  scope.keys = keys;
  scope.all_kinds = true;
  OMS_ASSIGN_OR_RETURN(const LevelOutcomes outcomes_before,
                       ComputeKeys(reader, context, before, scope, now));
  OMS_ASSIGN_OR_RETURN(const LevelOutcomes outcomes_after,
                       ComputeKeys(reader, context, after, scope, now));
  LevelPairs pairs;
  for (const LevelOutcome& outcome : outcomes_before.levels) {
    pairs[outcome.key].before = LevelUnder(before, outcome);
  }
  for (const LevelOutcome& outcome : outcomes_after.levels) {
    LevelPair& pair = pairs[outcome.key];
    pair.after = LevelUnder(after, outcome);
    // What an earlier mode has left behind is not computed any more.
    if (!pair.before.has_value() && outcome.stored.has_value()) {
      pair.before = TellLevel(before, outcome.stored->level);
    }
  }
  return pairs;
}

bool SameLevel(const model::StoredLevel& a, const model::StoredLevel& b) {
  return a.value.reason == b.value.reason && a.sku == b.sku &&
         a.value.available == b.value.available &&
         a.value.clamped_at_zero == b.value.clamped_at_zero;
}

bool Differs(const LevelPair& pair) {
  return !pair.before.has_value() || !pair.after.has_value() ||
         !SameLevel(pair.before->stored, pair.after->stored);
}

bool IsPublished(const std::optional<ToldLevel>& told) {
  return told.has_value() &&
         told->stored.value.reason == model::WithheldReason::kNone;
}

// Goes through all levels of a view and keeps the page's share of those that
// differ.
class Comparison {
 public:
  explicit Comparison(const PreviewRequest& request) : request_(&request) {}

  // Counts `pairs`, in the order of `keys`; those of the page come back.
  std::vector<LevelPair> Add(const std::vector<int64_t>& keys,
                             const LevelPairs& pairs) {
    std::vector<LevelPair> shown;
    for (const int64_t key : keys) {
      const LevelKey first = {key, model::LocationKind::kSalesChannel,
                              std::numeric_limits<int64_t>::min()};
      for (auto it = pairs.lower_bound(first);
           it != pairs.end() && it->first.sku_key == key; ++it) {
        AddPair(it->second, &shown);
      }
    }
    return shown;
  }
  void Show(PreviewRow row) { page_.rows.push_back(std::move(row)); }

  PreviewPage Take() {
    const int64_t end =
        request_->offset + static_cast<int64_t>(page_.rows.size());
    if (end < page_.changed) page_.next_offset = end;
    return std::move(page_);
  }

 private:
  void AddPair(const LevelPair& pair, std::vector<LevelPair>* shown) {
    if (pair.after.has_value()) ++page_.levels;
    if (!Differs(pair)) return;
    const bool was_published = IsPublished(pair.before);
    const bool is_published = IsPublished(pair.after);
    if (is_published && !was_published) ++page_.newly_published;
    if (was_published && !is_published) ++page_.newly_withheld;
    const int64_t index = page_.changed++;
    if (index < request_->offset || shown_ >= request_->page_size) return;
    ++shown_;
    shown->push_back(pair);
  }

  const PreviewRequest* request_;
  PreviewPage page_;
  int shown_ = 0;
};

absl::StatusOr<PreviewRow> RowOf(storage::InventoryReader& reader,
                                 const InventoryContext& context,
                                 const std::string& view,
                                 const LevelPair& pair) {
  PreviewRow row;
  if (pair.before.has_value()) {
    OMS_ASSIGN_OR_RETURN(row.before,
                         DescribeLevel(reader, context, view, *pair.before));
  }
  if (pair.after.has_value()) {
    OMS_ASSIGN_OR_RETURN(row.after,
                         DescribeLevel(reader, context, view, *pair.after));
  }
  return row;
}

// All keys by their text without regard to case: the order in which people
// look for a SKU. Ascending numbers are the order in which they first came.
absl::StatusOr<std::vector<int64_t>> KeysBySku(storage::Store& store,
                                               const base::CallContext& context,
                                               const std::string& connection) {
  std::vector<std::pair<std::string, int64_t>> named;
  int64_t after = 0;
  for (bool done = false; !done;) {
    std::vector<int64_t> keys;
    std::vector<std::string> texts;
    OMS_RETURN_IF_ERROR(store.Read(context, [&](storage::ReadTransaction& txn) {
      storage::InventoryReader& reader = txn.inventory();
      OMS_ASSIGN_OR_RETURN(keys,
                           reader.ListSkuKeys(connection, after, kKeysAtOnce));
      OMS_ASSIGN_OR_RETURN(texts, reader.GetSkuTexts(connection, keys));
      return absl::OkStatus();
    }));
    done = keys.empty();
    if (!done) after = keys.back();
    for (size_t i = 0; i < keys.size(); ++i) {
      named.emplace_back(base::FoldCase(texts[i]), keys[i]);
    }
  }
  std::sort(named.begin(), named.end());
  std::vector<int64_t> sorted;
  for (const auto& [text, key] : named) sorted.push_back(key);
  return sorted;
}

}  // namespace

absl::StatusOr<PreviewPage> PreviewSettings(storage::Store& store,
                                            const base::CallContext& context,
                                            const PreviewRequest& request,
                                            absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> all,
                       KeysBySku(store, context, request.connection));
  Comparison comparison(request);
  size_t begin = 0;
  do {  // at least once: the connection and the cart may not exist
    const size_t end = std::min(all.size(), begin + kKeysAtOnce);
    const std::vector<int64_t> keys(all.begin() + begin, all.begin() + end);
    // The function may run again, so it works on a copy.
    Comparison next = comparison;
    OMS_RETURN_IF_ERROR(store.Read(context, [&](storage::ReadTransaction& txn) {
      next = comparison;
      OMS_ASSIGN_OR_RETURN(const InventoryContext stored,
                           ReadContext(txn, request.connection));
      OMS_ASSIGN_OR_RETURN(const View view_before,
                           ViewUnder(stored, stored.settings, request.cart));
      OMS_ASSIGN_OR_RETURN(const View view_after,
                           ViewUnder(stored, request.settings, request.cart));
      storage::InventoryReader& reader = txn.inventory();
      OMS_ASSIGN_OR_RETURN(
          LevelPairs pairs,
          PairLevels(reader, stored, view_before, view_after, keys, now));
      for (const LevelPair& pair : next.Add(keys, pairs)) {
        OMS_ASSIGN_OR_RETURN(PreviewRow row,
                             RowOf(reader, stored, request.cart, pair));
        next.Show(std::move(row));
      }
      return absl::OkStatus();
    }));
    comparison = std::move(next);
    begin = end;
  } while (begin < all.size());
  return comparison.Take();
}

}  // namespace oms_connector::inventory
