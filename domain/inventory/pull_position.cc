#include "domain/inventory/pull_position.h"

#include <array>
#include <tuple>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace oms_connector::inventory {
namespace {

// The first number of the text; another one is of another program version.
constexpr int64_t kFormat = 2;
constexpr size_t kFields = 8;

}  // namespace

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
  const std::array<int64_t, kFields> fields = {
      kFormat,
      static_cast<int64_t>(position.mode),
      static_cast<int64_t>(position.step),
      position.id,
      position.page,
      position.finished ? 1 : 0,
      position.by_location ? 1 : 0,
      absl::ToUnixMicros(position.begin_time)};
  return absl::StrJoin(fields, " ");
}

std::optional<PullPosition> DecodePosition(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ' ');
  std::array<int64_t, kFields> fields;
  if (parts.size() != kFields) return std::nullopt;
  for (size_t i = 0; i < kFields; ++i) {
    if (!absl::SimpleAtoi(parts[i], &fields[i])) return std::nullopt;
  }
  const bool known = fields[0] == kFormat && fields[1] >= 1 && fields[1] <= 2 &&
                     fields[2] >= 1 && fields[2] <= 5 && fields[4] >= 1;
  if (!known) return std::nullopt;
  PullPosition position;
  position.mode = static_cast<model::InventorySyncMode>(fields[1]);
  position.step = static_cast<PullStep>(fields[2]);
  position.id = fields[3];
  position.page = fields[4];
  position.finished = fields[5] != 0;
  position.by_location = fields[6] != 0;
  position.begin_time = absl::FromUnixMicros(fields[7]);
  return position;
}

}  // namespace oms_connector::inventory
