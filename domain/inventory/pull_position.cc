#include "domain/inventory/pull_position.h"

#include <tuple>

#include "storage/run_tables.h"

namespace oms_connector::inventory {

std::optional<int64_t> PageToRead(const PullPosition& position, PullStep step,
                                  int64_t id) {
  const auto asked = std::make_tuple(step, id);
  const auto reached = std::make_tuple(position.step, position.id);
  if (asked < reached) return std::nullopt;
  if (asked > reached) return 1;
  if (position.finished) return std::nullopt;
  return position.page;
}

std::optional<PullPosition> PositionOf(PullStep step, int64_t id,
                                       const PullPosition& reached,
                                       absl::Time now) {
  const std::optional<int64_t> page = PageToRead(reached, step, id);
  if (!page.has_value()) return std::nullopt;
  PullPosition position = reached;
  if (*page == 1) position.begin_time = now;
  position.step = step;
  position.id = id;
  position.page = *page;
  position.finished = false;
  return position;
}

std::string EncodePosition(const PullPosition& position) {
  return storage::CheckpointOf(position);
}

std::optional<PullPosition> DecodePosition(absl::string_view checkpoint) {
  PullPosition position;
  const bool known = storage::ReadCheckpoint(checkpoint, &position) &&
                     position.step >= PullStep::kProducts &&
                     position.step <= PullStep::kConclusion &&
                     position.page >= 1;
  if (!known) return std::nullopt;
  return position;
}

}  // namespace oms_connector::inventory
