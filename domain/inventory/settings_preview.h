// What would be published after a change of settings, against now. Computed
// from stored stock; stores nothing and calls nobody.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_SETTINGS_PREVIEW_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_SETTINGS_PREVIEW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "model/inventory.h"
#include "model/settings.h"
#include "storage/store.h"

namespace oms_connector::inventory {

struct PreviewRequest {
  std::string connection;
  std::string cart;          // empty = all locations, master SKUs
  model::Settings settings;  // as they would be
  int page_size = 100;       // > 0; rows of one answer
  // How many of the differing levels to pass over: the sum of the rows given
  // before.
  int64_t offset = 0;
};

// Levels before and after, each with its whole derivation as the feed tells it;
// unset = there is none. A level that would be left behind is shown as it would
// be withheld.
struct PreviewRow {
  std::optional<model::InventoryLevel> before;
  std::optional<model::InventoryLevel> after;
};

struct PreviewPage {
  int64_t levels = 0;   // all that there would be
  int64_t changed = 0;  // of those, the ones that differ from now
  int64_t newly_published = 0;
  int64_t newly_withheld = 0;
  std::vector<PreviewRow> rows;        // those that differ, by SKU
  std::optional<int64_t> next_offset;  // unset = the last page
};

// CONNECTION_NOT_FOUND, CART_NOT_FOUND, the store's. Counts are of all levels,
// whatever the page.
absl::StatusOr<PreviewPage> PreviewSettings(storage::Store& store,
                                            const base::CallContext& context,
                                            const PreviewRequest& request,
                                            absl::Time now);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_SETTINGS_PREVIEW_H_
