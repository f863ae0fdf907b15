// How far a pull of inventory has come, and the document of it that is kept as
// the checkpoint. Pure.
#ifndef OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_POSITION_H_
#define OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_POSITION_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/settings.h"

namespace oms_connector::inventory {

// The order in which a pull reads. Flags come before what they withhold, and
// numbers before the listings they are for, so that no level is published that
// the same pull would take back. The numbers are stored.
enum class PullStep {
  kProducts = 1,
  kNumbers = 2,
  kListings = 3,  // per channel
  kStock = 4,     // per warehouse
  kConclusion = 5,
};

// The next thing to read.
struct PullPosition {
  model::InventorySyncMode mode = model::InventorySyncMode::kPerSalesChannel;
  PullStep step = PullStep::kProducts;
  int64_t id = 0;         // of the channel or warehouse; 0 where there is none
  int64_t page = 1;       // 1-based
  bool finished = false;  // this step and id are done
  // Of stock: `page` is one of /v1/inventory, not of productstocks/total.
  bool by_location = false;
  absl::Time begin_time;  // when the reading of this step and id began

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "mode", &PullPosition::mode);
    visit(2, "step", &PullPosition::step);
    visit(3, "id", &PullPosition::id);
    visit(4, "page", &PullPosition::page);
    visit(5, "finished", &PullPosition::finished);
    visit(6, "by_location", &PullPosition::by_location);
    visit(7, "begin_time", &PullPosition::begin_time);
  }
};

// Whether reading `step` of `id` is still to be done, and from which page.
// nullopt = it is done.
std::optional<int64_t> PageToRead(const PullPosition& position, PullStep step,
                                  int64_t id);
// The position of reading `step` of `id` from that page; what begins with its
// first page begins now.
std::optional<PullPosition> PositionOf(PullStep step, int64_t id,
                                       const PullPosition& reached,
                                       absl::Time now);

std::string EncodePosition(const PullPosition& position);
// nullopt for what is no such document, the empty one included.
std::optional<PullPosition> DecodePosition(absl::string_view checkpoint);

}  // namespace oms_connector::inventory

#endif  // OMS_CONNECTOR_DOMAIN_INVENTORY_PULL_POSITION_H_
