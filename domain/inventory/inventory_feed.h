// One page of the inventory feed: the levels of a view, and products, whose
// revision is newer than a position. Reads only, within one transaction, so a
// page never skips anything.
//
// A cart with master SKUs has no levels of its own. It is told the
// connection's, at its locations; and at the revision at which it gained or
// lost a location, all levels of that location in the order of their rows: as
// they stand, or as withheld. Those that were revised since are told at their
// own revision, so that each is told once.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_FEED_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_FEED_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "domain/inventory/inventory_view.h"
#include "model/inventory.h"
#include "storage/store.h"

namespace oms_connector::inventory {

// How far a reader has come. It belongs to the connection: read with another
// cart, `inside` means nothing and does no harm.
struct FeedPosition {
  int64_t revision = 0;  // all up to this one
  // And of a location that is told at the next revision, all up to here.
  std::optional<model::LocationPlace> inside;
};

struct FeedPage {
  std::vector<model::InventoryLevel> levels;
  std::vector<model::Product> products;
  FeedPosition next;
  bool exhausted = false;  // nothing newer is stored
};

struct FeedRequest {
  std::string cart;  // empty = the connection's own view
  FeedPosition position;
  // The newest revision of the connection's inventory: where a page that shows
  // everything ends, and one from there on reads nothing.
  int64_t head = 0;
  int limit = 0;         // > 0: of levels and products together
  size_t max_bytes = 0;  // about so many, as size_estimate.h counts
};

// The oldest revisions first; at least one where there is any, except that a
// cart that sees few of the connection's levels may get an empty page that has
// only moved on. Products only while their data is downloaded.
absl::StatusOr<FeedPage> ReadFeedPage(storage::InventoryReader& reader,
                                      const InventoryContext& context,
                                      const FeedRequest& request);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_INVENTORY_FEED_H_
