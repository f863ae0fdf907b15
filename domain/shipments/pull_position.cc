#include "domain/shipments/pull_position.h"

#include <array>
#include <cstddef>
#include <tuple>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace oms_connector::shipments {
namespace {

// In front, so that another version's text is not mistaken for ours.
constexpr absl::string_view kVersion = "shipments-3";
constexpr size_t kNumbers = 10;

std::array<int64_t, kNumbers> NumbersOf(const PullPosition& position) {
  return {static_cast<int64_t>(position.phase),
          position.page,
          position.after,
          absl::ToUnixMicros(position.start_time),
          absl::ToUnixMicros(position.orders_from),
          absl::ToUnixMicros(position.shipments_from),
          absl::ToUnixMicros(position.orders_seen),
          absl::ToUnixMicros(position.shipments_to),
          absl::ToUnixMicros(position.window_from),
          absl::ToUnixMicros(position.orders_again_from)};
}

}  // namespace

bool operator==(const PullPosition& a, const PullPosition& b) {
  return NumbersOf(a) == NumbersOf(b);
}

std::string FormatPosition(const PullPosition& position) {
  return absl::StrCat(kVersion, " ", absl::StrJoin(NumbersOf(position), " "));
}

std::optional<PullPosition> ParsePosition(absl::string_view text) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  if (words.size() != kNumbers + 1 || words[0] != kVersion) return std::nullopt;
  std::array<int64_t, kNumbers> numbers{};
  for (size_t i = 0; i < kNumbers; ++i) {
    if (!absl::SimpleAtoi(words[i + 1], &numbers[i])) return std::nullopt;
  }
  if (numbers[0] < static_cast<int64_t>(PullPhase::kOrders) ||
      numbers[0] > static_cast<int64_t>(PullPhase::kDecide) || numbers[1] < 1) {
    return std::nullopt;
  }
  PullPosition position;
  position.phase = static_cast<PullPhase>(numbers[0]);
  position.page = numbers[1];
  position.after = numbers[2];
  position.start_time = absl::FromUnixMicros(numbers[3]);
  position.orders_from = absl::FromUnixMicros(numbers[4]);
  position.shipments_from = absl::FromUnixMicros(numbers[5]);
  position.orders_seen = absl::FromUnixMicros(numbers[6]);
  position.shipments_to = absl::FromUnixMicros(numbers[7]);
  position.window_from = absl::FromUnixMicros(numbers[8]);
  position.orders_again_from = absl::FromUnixMicros(numbers[9]);
  return position;
}

}  // namespace oms_connector::shipments
