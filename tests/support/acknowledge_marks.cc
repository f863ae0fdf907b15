#include "tests/support/acknowledge_marks.h"

#include "tests/support/prepared_rows.h"
#include "tests/support/row_text.h"

namespace oms_connector::testing_support {

std::string AcknowledgeMarks::Tell(const FakeWorld& world,
                                   const std::string& account,
                                   const std::set<int64_t>& channels) {
  RowTable changed;
  for (const auto& [id, listing] : world.listings) {
    if (!listing.quantity.has_value() ||
        channels.count(listing.sales_channel_id) == 0) {
      continue;
    }
    const Told now{*listing.quantity, listing.quantity_modified};
    const auto [told, is_new] = told_.try_emplace({account, id}, now);
    if (!is_new && told->second == now) continue;
    told->second = now;
    changed.Add([&, &listing = listing](std::string* out) {
      AppendAcknowledged(world, listing, out);
    });
  }
  return changed.Page(0, changed.size());
}

}  // namespace oms_connector::testing_support
