#include "base/backoff.h"

#include <cstdint>

#include "absl/time/time.h"

namespace oms_connector::base {

absl::Duration Backoff::Delay(int attempt, double random) const {
  absl::Duration ceiling = base;
  // Ends after a few steps: doubling reaches the cap, or never moves from zero.
  for (int i = 1; i < attempt && ceiling < cap; ++i) {
    if (ceiling <= absl::ZeroDuration()) break;
    ceiling *= 2;
  }
  if (ceiling > cap) ceiling = cap;
  return ceiling * ((1.0 + random) / 2.0);
}

double ToUnitInterval(uint64_t bits) {
  // A double holds 53 bits exactly; more would round up to 1.
  constexpr double kOneOver2To53 = 1.0 / 9007199254740992.0;
  return static_cast<double>(bits >> 11) * kOneOver2To53;
}

}  // namespace oms_connector::base
