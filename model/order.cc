#include "model/order.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace oms_connector::model {

bool IsFinished(const Order& order) {
  const absl::string_view status = absl::StripAsciiWhitespace(order.status);
  return absl::EqualsIgnoreCase(status, "SHIPPED") ||
         absl::EqualsIgnoreCase(status, "CANCELLED") ||
         absl::EqualsIgnoreCase(status, "PROCESSED_OUTSIDE_OF_SKUBANA");
}

bool HasNothingToSend(const Order& order) {
  if (order.lines_form == OrderLinesForm::kEmpty) return true;
  return order.lines_form == OrderLinesForm::kWhole && !order.lines.empty() &&
         std::all_of(order.lines.begin(), order.lines.end(),
                     [](const OrderLine& line) { return line.digital; });
}

bool IsGone(const StoredOrder& order) {
  return order.known && order.times_missing >= 2;
}

bool IsOpen(const StoredOrder& order) {
  // Asked for so often in vain, an order stays away.
  constexpr int64_t kGoneForGood = 10;
  if (!order.known || order.released) return false;
  return order.readable ? !IsFinished(order.order)
                        : IsGone(order) && order.times_missing < kGoneForGood;
}

}  // namespace oms_connector::model
