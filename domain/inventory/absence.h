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

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "domain/feeds/pull_session.h"
#include "domain/inventory/mirror_writer.h"
#include "model/inventory.h"
#include "order_manager/order_manager.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// How many missing rows one run asks for.
inline constexpr int kAskedPerRun = 200;

// What a full pull has read.
struct PulledSources {
  bool products = false;
  std::set<int64_t> channels;    // their listings
  std::set<int64_t> warehouses;  // their stock
  // Sources (inventory_view.h) with rows that could not be read: a row that
  // they miss may be one of those.
  std::set<std::string> unreadable;
  bool stock_by_location = false;  // stock cannot be asked for by SKU
};

class AbsenceCheck {
 public:
  // Not owned; the sources are copied.
  AbsenceCheck(feeds::PullSession& session,
               order_manager::OrderManager& order_manager,
               storage::Store& store, PulledSources sources)
      : session_(session),
        order_manager_(order_manager),
        store_(store),
        sources_(std::move(sources)) {}

  // Asks for missing rows; sends requests, stores nothing.
  absl::Status Ask();
  // Within the pull's last transaction: stores what was found after all, and
  // concludes what is gone.
  absl::Status Conclude(MirrorWriter& writer) const;

 private:
  enum class Answer { kFound, kGone, kUnreadable };
  using Key = std::pair<std::string, int64_t>;  // source, id

  absl::Status AskStock(int64_t warehouse_id, int64_t pass);
  absl::Status AskProducts(int64_t pass);
  absl::Status AskListings(int64_t sales_channel_id, int64_t pass);
  bool ShareIsUsedUp() const;
  template <typename Row, typename Matches>
  absl::StatusOr<Answer> Digest(absl::StatusOr<order_manager::Page<Row>> page,
                                Matches matches, std::vector<Row>* found);
  Verdict Judge(const std::string& source, int64_t id, bool missed) const;

  feeds::PullSession& session_;
  order_manager::OrderManager& order_manager_;
  storage::Store& store_;
  const PulledSources sources_;
  std::map<Key, Answer> answers_;
  std::map<int64_t, std::vector<model::StockRow>> found_stock_;
  std::vector<model::Product> found_products_;
  std::map<int64_t, std::vector<model::Listing>> found_listings_;
};

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_ABSENCE_H_
