#include "domain/inventory/absence.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/inventory/inventory_view.h"

namespace oms_connector::inventory {
namespace {

// Ids that are looked through within one transaction.
constexpr int kIdsAtOnce = 5000;

// An answer by SKU is fuzzy, so the row may stand on any of its pages. A list
// that goes on longer than this is none of one SKU: nobody can tell.
constexpr int64_t kPagesOfAnswer = 50;

// The texts of the SKUs of rows, by the rows' ids.
template <typename Identity>
absl::Status NameSkus(storage::InventoryReader& reader,
                      const std::string& connection,
                      const std::map<int64_t, int64_t>& numbers,
                      std::map<int64_t, Identity>* identities) {
  std::vector<int64_t> asked;
  for (const auto& [id, number] : numbers) asked.push_back(number);
  OMS_ASSIGN_OR_RETURN(std::vector<std::string> texts,
                       reader.GetSkuTexts(connection, asked));
  auto text = texts.begin();
  for (const auto& [id, number] : numbers) {
    (*identities)[id].sku = std::move(*text++);
  }
  return absl::OkStatus();
}

}  // namespace

// ---- Looking for what was not seen -----------------------------------------

absl::Status AbsenceCheck::FindMissing(const std::string& source,
                                       ListIds list) {
  Missing& missing = missing_[source];
  const auto seen = sources_.seen.find(source);
  int64_t after = std::numeric_limits<int64_t>::min();
  for (bool done = false; !done;) {
    OMS_RETURN_IF_ERROR(session_.CheckGoesOn());
    std::vector<int64_t> ids;
    OMS_RETURN_IF_ERROR(
        store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
          OMS_ASSIGN_OR_RETURN(ids, list(txn.inventory(), after));
          return absl::OkStatus();
        }));
    done = ids.empty();
    if (!done) after = ids.back();
    for (const int64_t id : ids) {
      if (seen == sources_.seen.end() || !seen->second.Contains(id)) {
        missing.ids.push_back(id);
      }
    }
  }
  return absl::OkStatus();
}

// Of those that are left of the run's share. Whether a row was missed before
// is noted of all.
absl::StatusOr<std::map<int64_t, std::string>> AbsenceCheck::SkusToAsk(
    const std::string& source, Identify identify) {
  Missing& missing = missing_[source];
  std::map<int64_t, std::string> skus;
  for (size_t begin = 0; begin < missing.ids.size(); begin += kIdsAtOnce) {
    const size_t end = std::min(missing.ids.size(), begin + kIdsAtOnce);
    const std::vector<int64_t> some(missing.ids.begin() + begin,
                                    missing.ids.begin() + end);
    std::map<int64_t, Identity> identities;
    OMS_RETURN_IF_ERROR(
        store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
          OMS_ASSIGN_OR_RETURN(identities, identify(txn.inventory(), some));
          return absl::OkStatus();
        }));
    for (auto& [id, identity] : identities) {
      if (identity.missed) missing.missed_before.insert(id);
      if (asked_ + static_cast<int>(skus.size()) < kAskedPerRun) {
        skus[id] = std::move(identity.sku);
      }
    }
  }
  return skus;
}

// ---- Asking ----------------------------------------------------------------

void AbsenceCheck::NoteRefusal(const absl::Status& refusal) {
  session_.AddNotes({{"", 0, "sku",
                      absl::StrCat("the Order Manager refuses this filter, so "
                                   "a row that was not seen waits for a second "
                                   "full pull: ",
                                   refusal.message())}});
}

template <typename Row, typename Fetch, typename Matches>
absl::StatusOr<AbsenceCheck::Answer> AbsenceCheck::AskFor(
    Fetch fetch, Matches matches, std::vector<Row>* found) {
  ++asked_;
  bool unreadable = false;
  std::optional<uint64_t> previous;
  for (int64_t number = 1; number <= kPagesOfAnswer; ++number) {
    const absl::StatusOr<order_manager::Page<Row>> fetched =
        fetch(order_manager::PageRequest{number});
    if (absl::IsUnimplemented(fetched.status())) {
      NoteRefusal(fetched.status());
      return Answer::kRefused;
    }
    OMS_RETURN_IF_ERROR(fetched.status());
    const order_manager::Page<Row>& page = *fetched;
    // A server that ignores `page` has given all it gives.
    if (page.row_count == 0 || previous == page.fingerprint) {
      return unreadable ? Answer::kUnreadable : Answer::kGone;
    }
    previous = page.fingerprint;
    unreadable = unreadable || !page.rejected.empty();
    session_.AddRejected(NewFindings(page.rejected, &sources_.told));
    session_.AddNotes(NewFindings(page.notes, &sources_.told));
    for (const Row& row : page.rows) {
      if (!matches(row)) continue;
      found->push_back(row);
      return Answer::kFound;
    }
  }
  return Answer::kUnreadable;
}

absl::Status AbsenceCheck::AskStock(int64_t warehouse_id) {
  const std::string source = StockSource(warehouse_id);
  const std::string& connection = session_.connection().id;
  OMS_RETURN_IF_ERROR(
      FindMissing(source, [&](storage::InventoryReader& reader, int64_t after) {
        return reader.ListStockIds(connection, warehouse_id, after, kIdsAtOnce);
      }));
  OMS_ASSIGN_OR_RETURN(
      const auto skus,
      SkusToAsk(
          source,
          [&](storage::InventoryReader& reader, const std::vector<int64_t>& ids)
              -> absl::StatusOr<std::map<int64_t, Identity>> {
            OMS_ASSIGN_OR_RETURN(
                const std::vector<model::StoredStock> rows,
                reader.FindStock(connection, warehouse_id, ids));
            std::map<int64_t, Identity> identities;
            for (const model::StoredStock& row : rows) {
              identities[row.product_id] = {row.master_sku, row.missed};
            }
            return identities;
          }));
  // Stock of another list cannot be asked for by SKU.
  if (sources_.stock_by_location) return absl::OkStatus();
  for (const auto& [id, sku] : skus) {
    OMS_ASSIGN_OR_RETURN(missing_[source].answers[id],
                         AskFor<model::StockRow>(
                             [&, &text = sku](order_manager::PageRequest page) {
                               return order_manager_.ListStock(
                                   session_.call(), warehouse_id, text, page);
                             },
                             [&, key = id](const model::StockRow& r) {
                               return r.product_id == key;
                             },
                             &found_stock_[warehouse_id]));
  }
  return absl::OkStatus();
}

absl::Status AbsenceCheck::AskProducts() {
  const std::string source = ProductsSource();
  const std::string& connection = session_.connection().id;
  OMS_RETURN_IF_ERROR(
      FindMissing(source, [&](storage::InventoryReader& reader, int64_t after) {
        return reader.ListProductIds(connection, after, kIdsAtOnce);
      }));
  OMS_ASSIGN_OR_RETURN(
      const auto skus,
      SkusToAsk(
          source,
          [&](storage::InventoryReader& reader, const std::vector<int64_t>& ids)
              -> absl::StatusOr<std::map<int64_t, Identity>> {
            OMS_ASSIGN_OR_RETURN(const std::vector<model::ProductFlags> rows,
                                 reader.FindProductFlags(connection, ids));
            std::map<int64_t, Identity> identities;
            std::map<int64_t, int64_t> numbers;
            for (const model::ProductFlags& row : rows) {
              identities[row.product_id].missed = row.missed;
              numbers[row.product_id] = row.sku.number;
            }
            OMS_RETURN_IF_ERROR(
                NameSkus(reader, connection, numbers, &identities));
            return identities;
          }));
  for (const auto& [id, sku] : skus) {
    OMS_ASSIGN_OR_RETURN(missing_[source].answers[id],
                         AskFor<model::Product>(
                             [&, &text = sku](order_manager::PageRequest page) {
                               return order_manager_.ListProducts(
                                   session_.call(), std::nullopt, text, page);
                             },
                             [&, key = id](const model::Product& r) {
                               return r.product_id == key;
                             },
                             &found_products_));
  }
  return absl::OkStatus();
}

absl::Status AbsenceCheck::AskListings(int64_t sales_channel_id) {
  const std::string source = ListingsSource(sales_channel_id);
  const std::string& connection = session_.connection().id;
  OMS_RETURN_IF_ERROR(
      FindMissing(source, [&](storage::InventoryReader& reader, int64_t after) {
        return reader.ListListingIds(connection, sales_channel_id, after,
                                     kIdsAtOnce);
      }));
  OMS_ASSIGN_OR_RETURN(
      const auto skus,
      SkusToAsk(
          source,
          [&](storage::InventoryReader& reader, const std::vector<int64_t>& ids)
              -> absl::StatusOr<std::map<int64_t, Identity>> {
            OMS_ASSIGN_OR_RETURN(
                const std::vector<model::StoredListing> rows,
                reader.FindListings(connection, sales_channel_id, ids));
            std::map<int64_t, Identity> identities;
            std::map<int64_t, int64_t> numbers;
            for (const model::StoredListing& row : rows) {
              identities[row.listing_id].missed = row.missed;
              numbers[row.listing_id] = row.sku.number;
            }
            OMS_RETURN_IF_ERROR(
                NameSkus(reader, connection, numbers, &identities));
            return identities;
          }));
  for (const auto& [id, sku] : skus) {
    OMS_ASSIGN_OR_RETURN(missing_[source].answers[id],
                         AskFor<model::Listing>(
                             [&, &text = sku](order_manager::PageRequest page) {
                               return order_manager_.ListListings(
                                   session_.call(), sales_channel_id,
                                   std::nullopt, text, page);
                             },
                             [&, key = id](const model::Listing& r) {
                               return r.listing_id == key;
                             },
                             &found_listings_[sales_channel_id]));
  }
  return absl::OkStatus();
}

absl::Status AbsenceCheck::Ask() {
  for (const int64_t id : sources_.warehouses) {
    OMS_RETURN_IF_ERROR(AskStock(id));
  }
  for (const int64_t id : sources_.channels) {
    OMS_RETURN_IF_ERROR(AskListings(id));
  }
  return sources_.products ? AskProducts() : absl::OkStatus();
}

// ---- Concluding ------------------------------------------------------------

MissedRows AbsenceCheck::Verdicts(const std::string& source) const {
  MissedRows rows;
  const auto found = missing_.find(source);
  if (found == missing_.end()) return rows;
  const Missing& missing = found->second;
  const bool unreadable = sources_.unreadable.count(source) > 0;
  for (const int64_t id : missing.ids) {
    const auto answer = missing.answers.find(id);
    if (answer != missing.answers.end() && answer->second != Answer::kRefused) {
      if (answer->second == Answer::kGone) rows.gone.push_back(id);
    } else if (!unreadable) {
      const bool again = missing.missed_before.count(id) > 0;
      (again ? rows.gone : rows.missed).push_back(id);
    }
  }
  return rows;
}

absl::Status AbsenceCheck::Conclude(ReplicaWriter& writer) const {
  for (const auto& [id, rows] : found_stock_) {
    OMS_RETURN_IF_ERROR(writer.PutStock(id, rows));
  }
  for (const auto& [id, rows] : found_listings_) {
    OMS_RETURN_IF_ERROR(writer.PutListings(id, rows).status());
  }
  OMS_RETURN_IF_ERROR(writer.PutProducts(found_products_));
  for (const int64_t id : sources_.warehouses) {
    OMS_RETURN_IF_ERROR(writer.ConcludeStock(id, Verdicts(StockSource(id))));
  }
  for (const int64_t id : sources_.channels) {
    OMS_RETURN_IF_ERROR(
        writer.ConcludeListings(id, Verdicts(ListingsSource(id))));
  }
  return sources_.products ? writer.ConcludeProducts(Verdicts(ProductsSource()))
                           : absl::OkStatus();
}

}  // namespace oms_connector::inventory
