// What to think of rows that a complete full pull has not seen. Paging is no
// snapshot: a row can move to a page that was read already. So a missing row
// is first asked for by its SKU; those beyond a run's share wait for a second
// full pull that misses them too (domain.md, Inventory, rule 1).
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_ABSENCE_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_ABSENCE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "domain/feeds/pull_session.h"
#include "domain/inventory/pull_kind.h"
#include "domain/inventory/replica_writer.h"
#include "domain/inventory/seen_rows.h"
#include "model/inventory.h"
#include "order_manager/order_manager.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// How many missing rows one run asks for.
inline constexpr int kAskedPerRun = 200;

// Those that are not among `told`, which they are from then on. Where very many
// were, it is full, and nothing is new.
template <typename Finding>
std::vector<Finding> NewFindings(const std::vector<Finding>& findings,
                                 std::set<std::string>* told) {
  constexpr size_t kMaxTold = 10'000;
  std::vector<Finding> left;
  for (const Finding& finding : findings) {
    if (told->size() >= kMaxTold) break;
    const bool is_new =
        told->insert(absl::StrCat(finding.endpoint, " ", finding.identifier))
            .second;
    if (is_new) left.push_back(finding);
  }
  return left;
}

// What a full pull has read.
struct PulledSources {
  bool products = false;
  std::set<int64_t> channels;    // their listings
  std::set<int64_t> warehouses;  // their stock
  // By source (inventory_view.h), what of it was seen.
  std::map<std::string, SeenRows> seen;
  // Sources with rows that could not be read: a row that they miss may be one
  // of those.
  std::set<std::string> unreadable;
  // What lists have set aside: a row that is asked for after that is not told
  // again.
  std::set<std::string> told;
  bool stock_by_location = false;  // stock cannot be asked for by SKU
  std::map<std::string, SeenChanges> changes;  // by source

  template <typename Row>
  void NoteTold(const order_manager::Page<Row>& page) {
    NewFindings(page.rejected, &told);
    NewFindings(page.notes, &told);
  }
};

class AbsenceCheck {
 public:
  // Not owned.
  AbsenceCheck(feeds::PullSession& session,
               order_manager::OrderManager& order_manager,
               storage::Store& store, PulledSources& sources)
      : session_(session),
        order_manager_(order_manager),
        store_(store),
        sources_(sources) {}

  // Looks for rows that were not seen, a page at a time, and asks for them;
  // sends requests, stores nothing.
  absl::Status Ask();
  // Within the pull's last transaction: stores what was found after all, and
  // concludes what is gone.
  absl::Status Conclude(ReplicaWriter& writer) const;

 private:
  // kRefused: it cannot be asked for; as if it was not.
  enum class Answer { kFound, kGone, kUnreadable, kRefused };
  // Rows that one source misses: ascending ids.
  struct Missing {
    std::vector<int64_t> ids;
    std::map<int64_t, std::string> skus;  // to ask for, by id
    std::map<int64_t, Answer> answers;
    std::set<int64_t> missed_before;
  };
  using ListIds = absl::FunctionRef<absl::StatusOr<std::vector<int64_t>>(
      storage::InventoryReader&, int64_t after)>;

  absl::Status FindMissing(const std::string& source, ListIds list);
  // Chooses rows to ask for, of those that are left of the run's share. Whether
  // one was missed before is noted of all.
  template <typename Stored, typename Find>
  absl::Status ChooseSkus(const std::vector<int64_t>& ids, Find find,
                          int64_t Stored::*id, Missing* missing);
  // What of a source was not seen is asked for; `found` null: it cannot be.
  template <typename Row, typename Stored, typename Find, typename Fetch>
  absl::Status AskMissing(const std::string& source, ListIds list, Find find,
                          int64_t Stored::*stored_id, Fetch fetch,
                          int64_t Row::*row_id, std::vector<Row>* found);
  absl::Status AskStock(int64_t warehouse_id);
  absl::Status AskProducts();
  absl::Status AskListings(int64_t sales_channel_id);
  template <typename Row, typename Fetch, typename Matches>
  absl::StatusOr<Answer> AskFor(Fetch fetch, Matches matches,
                                std::vector<Row>* found);
  void NoteRefusal(const absl::Status& refusal);
  MissedRows Verdicts(const std::string& source) const;

  feeds::PullSession& session_;
  order_manager::OrderManager& order_manager_;
  storage::Store& store_;
  PulledSources& sources_;
  int asked_ = 0;
  std::map<std::string, Missing> missing_;
  std::map<int64_t, std::vector<model::StockRow>> found_stock_;
  std::vector<model::Product> found_products_;
  std::map<int64_t, std::vector<model::Listing>> found_listings_;
};

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_ABSENCE_H_
