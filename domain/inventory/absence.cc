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

template <typename Stored, typename Find>
absl::Status AbsenceCheck::ChooseSkus(const std::vector<int64_t>& ids,
                                      Find find, int64_t Stored::*id,
                                      Missing* missing) {
  std::map<int64_t, std::string> chosen;
  OMS_RETURN_IF_ERROR(
      store_.Read(session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(const std::vector<Stored> rows,
                             find(txn.inventory(), ids));
        const size_t left = kAskedPerRun - asked_ - missing->skus.size();
        std::vector<int64_t> rows_asked_for;
        std::vector<int64_t> numbers;
        for (const Stored& row : rows) {
          if (row.missed) missing->missed_before.insert(row.*id);
          if (numbers.size() == left) continue;
          rows_asked_for.push_back(row.*id);
          numbers.push_back(row.sku.number);
        }
        OMS_ASSIGN_OR_RETURN(
            const std::vector<std::string> texts,
            txn.inventory().GetSkuTexts(session_.connection().id, numbers));
        chosen.clear();
        for (size_t i = 0; i < texts.size(); ++i) {
          chosen[rows_asked_for[i]] = texts[i];
        }
        return absl::OkStatus();
      }));
  missing->skus.merge(chosen);
  return absl::OkStatus();
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

template <typename Row, typename Stored, typename Find, typename Fetch>
absl::Status AbsenceCheck::AskMissing(const std::string& source, ListIds list,
                                      Find find, int64_t Stored::*stored_id,
                                      Fetch fetch, int64_t Row::*row_id,
                                      std::vector<Row>* found) {
  OMS_RETURN_IF_ERROR(FindMissing(source, list));
  Missing& missing = missing_[source];
  const std::vector<int64_t>& ids = missing.ids;
  for (size_t begin = 0; begin < ids.size(); begin += kIdsAtOnce) {
    const size_t end = std::min(ids.size(), begin + kIdsAtOnce);
    OMS_RETURN_IF_ERROR(ChooseSkus({ids.begin() + begin, ids.begin() + end},
                                   find, stored_id, &missing));
  }
  if (found == nullptr) return absl::OkStatus();
  for (const auto& [id, sku] : missing.skus) {
    OMS_ASSIGN_OR_RETURN(
        missing.answers[id],
        AskFor<Row>(
            [&, &text = sku](order_manager::PageRequest page) {
              return fetch(text, page);
            },
            [&, key = id](const Row& row) { return row.*row_id == key; },
            found));
  }
  return absl::OkStatus();
}

absl::Status AbsenceCheck::AskStock(int64_t warehouse_id) {
  const std::string& connection = session_.connection().id;
  return AskMissing<model::StockRow>(
      StockSource(warehouse_id),
      [&](storage::InventoryReader& reader, int64_t after) {
        return reader.ListStockIds(connection, warehouse_id, after, kIdsAtOnce);
      },
      [&](storage::InventoryReader& reader, const std::vector<int64_t>& ids) {
        return reader.FindStock(connection, warehouse_id, ids);
      },
      &model::StoredStock::product_id,
      [&](const std::string& sku, order_manager::PageRequest page) {
        return order_manager_.ListStock(session_.call(), warehouse_id, sku,
                                        page);
      },
      &model::StockRow::product_id,
      // That of another list cannot be asked for by SKU.
      sources_.stock_by_location ? nullptr : &found_stock_[warehouse_id]);
}

absl::Status AbsenceCheck::AskProducts() {
  const std::string& connection = session_.connection().id;
  return AskMissing(
      ProductsSource(),
      [&](storage::InventoryReader& reader, int64_t after) {
        return reader.ListProductIds(connection, after, kIdsAtOnce);
      },
      [&](storage::InventoryReader& reader, const std::vector<int64_t>& ids) {
        return reader.FindProductFlags(connection, ids);
      },
      &model::ProductFlags::product_id,
      [&](const std::string& sku, order_manager::PageRequest page) {
        return order_manager_.ListProducts(session_.call(), std::nullopt, sku,
                                           page);
      },
      &model::Product::product_id, &found_products_);
}

absl::Status AbsenceCheck::AskListings(int64_t sales_channel_id) {
  const std::string& connection = session_.connection().id;
  return AskMissing(
      ListingsSource(sales_channel_id),
      [&](storage::InventoryReader& reader, int64_t after) {
        return reader.ListListingIds(connection, sales_channel_id, after,
                                     kIdsAtOnce);
      },
      [&](storage::InventoryReader& reader, const std::vector<int64_t>& ids) {
        return reader.FindListings(connection, sales_channel_id, ids);
      },
      &model::StoredListing::listing_id,
      [&](const std::string& sku, order_manager::PageRequest page) {
        return order_manager_.ListListings(session_.call(), sales_channel_id,
                                           std::nullopt, sku, page);
      },
      &model::Listing::listing_id, &found_listings_[sales_channel_id]);
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
  KnownProducts known;
  for (const auto& [id, rows] : found_stock_) {
    OMS_RETURN_IF_ERROR(writer.PutStock(id, rows, &known));
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
