#include "domain/inventory/absence.h"

#include <limits>
#include <optional>

#include "base/status_macros.h"
#include "domain/inventory/inventory_view.h"

namespace oms_connector::inventory {
namespace {

constexpr int64_t kFirstId = std::numeric_limits<int64_t>::min();

}  // namespace

bool AbsenceCheck::ShareIsUsedUp() const {
  return answers_.size() >= static_cast<size_t>(kAskedPerRun);
}

template <typename Row, typename Matches>
absl::StatusOr<AbsenceCheck::Answer> AbsenceCheck::Digest(
    absl::StatusOr<order_manager::Page<Row>> page, Matches matches,
    std::vector<Row>* found) {
  OMS_RETURN_IF_ERROR(page.status());
  bool there = false;
  for (const Row& row : page->rows) {
    if (!matches(row)) continue;
    there = true;
    found->push_back(row);
  }
  if (there) return Answer::kFound;
  return page->rejected.empty() ? Answer::kGone : Answer::kUnreadable;
}

absl::Status AbsenceCheck::AskStock(int64_t warehouse_id, int64_t pass) {
  std::vector<storage::StoredStock> unseen;
  OMS_RETURN_IF_ERROR(
      store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(unseen, txn.inventory().ListUnseenStock(
                                         session_.connection().id, warehouse_id,
                                         pass, kFirstId, kAskedPerRun));
        return absl::OkStatus();
      }));
  const std::string source = StockSource(warehouse_id);
  for (const storage::StoredStock& row : unseen) {
    if (ShareIsUsedUp()) break;
    const int64_t id = row.row.product_id;
    OMS_ASSIGN_OR_RETURN(
        (answers_[{source, id}]),
        Digest(
            order_manager_.ListStock(session_.call(), warehouse_id,
                                     row.row.master_sku, {}),
            [&](const model::StockRow& r) { return r.product_id == id; },
            &found_stock_[warehouse_id]));
  }
  return absl::OkStatus();
}

absl::Status AbsenceCheck::AskProducts(int64_t pass) {
  std::vector<storage::StoredProduct> unseen;
  OMS_RETURN_IF_ERROR(
      store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(unseen, txn.inventory().ListUnseenProducts(
                                         session_.connection().id, pass,
                                         kFirstId, kAskedPerRun));
        return absl::OkStatus();
      }));
  for (const storage::StoredProduct& row : unseen) {
    if (ShareIsUsedUp()) break;
    const int64_t id = row.product.product_id;
    OMS_ASSIGN_OR_RETURN(
        (answers_[{ProductsSource(), id}]),
        Digest(
            order_manager_.ListProducts(session_.call(), std::nullopt,
                                        row.product.master_sku, {}),
            [&](const model::Product& r) { return r.product_id == id; },
            &found_products_));
  }
  return absl::OkStatus();
}

absl::Status AbsenceCheck::AskListings(int64_t sales_channel_id, int64_t pass) {
  std::vector<storage::StoredListing> unseen;
  OMS_RETURN_IF_ERROR(
      store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(
            unseen, txn.inventory().ListUnseenListings(session_.connection().id,
                                                       sales_channel_id, pass,
                                                       kFirstId, kAskedPerRun));
        return absl::OkStatus();
      }));
  const std::string source = ListingsSource(sales_channel_id);
  for (const storage::StoredListing& row : unseen) {
    if (ShareIsUsedUp()) break;
    const int64_t id = row.listing.listing_id;
    OMS_ASSIGN_OR_RETURN(
        (answers_[{source, id}]),
        Digest(
            order_manager_.ListListings(session_.call(), sales_channel_id,
                                        std::nullopt, row.listing.listing_sku,
                                        {}),
            [&](const model::Listing& r) { return r.listing_id == id; },
            &found_listings_[sales_channel_id]));
  }
  return absl::OkStatus();
}

absl::Status AbsenceCheck::Ask() {
  int64_t pass = 0;
  OMS_RETURN_IF_ERROR(
      store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(
            const storage::InventoryState state,
            txn.inventory().GetState(session_.connection().id));
        pass = state.full_pass;
        return absl::OkStatus();
      }));
  if (!sources_.stock_by_location) {
    for (const int64_t id : sources_.warehouses) {
      OMS_RETURN_IF_ERROR(AskStock(id, pass));
    }
  }
  for (const int64_t id : sources_.channels) {
    OMS_RETURN_IF_ERROR(AskListings(id, pass));
  }
  return sources_.products ? AskProducts(pass) : absl::OkStatus();
}

Verdict AbsenceCheck::Judge(const std::string& source, int64_t id,
                            bool missed) const {
  const auto asked = answers_.find({source, id});
  if (asked != answers_.end()) {
    return asked->second == Answer::kGone ? Verdict::kGone : Verdict::kKeep;
  }
  if (sources_.unreadable.count(source) > 0) return Verdict::kKeep;
  return missed ? Verdict::kGone : Verdict::kMissed;
}

absl::Status AbsenceCheck::Conclude(MirrorWriter& writer) const {
  for (const auto& [id, rows] : found_stock_) {
    OMS_RETURN_IF_ERROR(writer.PutStock(id, rows));
  }
  for (const auto& [id, rows] : found_listings_) {
    OMS_RETURN_IF_ERROR(writer.PutListings(id, rows).status());
  }
  OMS_RETURN_IF_ERROR(writer.PutProducts(found_products_));
  for (const int64_t id : sources_.warehouses) {
    const std::string source = StockSource(id);
    OMS_RETURN_IF_ERROR(
        writer.JudgeUnseenStock(id, [&](const storage::StoredStock& row) {
          return Judge(source, row.row.product_id, row.presence.missed);
        }));
  }
  for (const int64_t id : sources_.channels) {
    const std::string source = ListingsSource(id);
    OMS_RETURN_IF_ERROR(
        writer.JudgeUnseenListings(id, [&](const storage::StoredListing& row) {
          return Judge(source, row.listing.listing_id, row.presence.missed);
        }));
  }
  if (!sources_.products) return absl::OkStatus();
  return writer.JudgeUnseenProducts([&](const storage::StoredProduct& row) {
    return Judge(ProductsSource(), row.product.product_id, row.presence.missed);
  });
}

}  // namespace oms_connector::inventory
