// For tests of polls: those that wait, and what an answer tells.
#ifndef OMS_CONNECTOR_TESTS_SHIPMENTS_PENDING_POLL_H_
#define OMS_CONNECTOR_TESTS_SHIPMENTS_PENDING_POLL_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {

// As a staleness: whatever is held will do.
inline constexpr absl::Duration kLong = absl::Hours(24 * 365);

using model::ReasonOf;

inline std::vector<int64_t> Ids(const PollPage& page) {
  std::vector<int64_t> ids;
  for (const auto& event : page.events) {
    ids.push_back(event.shipment.shipment_id);
  }
  return ids;
}

// A poll that was made and is answered later.
class Pending {
 public:
  Pending(ShipmentWorld& world, PollRequest request,
          const base::CallContext& context = {}) {
    request.connection = kConnection;
    world.feed->Poll(context, request, [this](absl::StatusOr<PollPage> page) {
      answer_ = std::move(page);
      done_.Notify();
    });
  }

  bool answered() const { return done_.HasBeenNotified(); }
  const absl::StatusOr<PollPage>& Wait() {
    EXPECT_TRUE(done_.WaitForNotificationWithTimeout(absl::Seconds(60)));
    return answer_;
  }

 private:
  absl::Notification done_;
  absl::StatusOr<PollPage> answer_;
};

// Until there are so many; one that an event has just woken may still count.
inline void WaitForLongPolls(const ShipmentWorld& world, int count) {
  absl::Notification never;
  int found = world.feed->long_polls();
  for (int i = 0; i < 10'000 && found != count; ++i) {
    never.WaitForNotificationWithTimeout(absl::Milliseconds(1));
    found = world.feed->long_polls();
  }
  EXPECT_EQ(found, count);
}

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_TESTS_SHIPMENTS_PENDING_POLL_H_
