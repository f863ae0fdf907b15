// Notices that bytes come too slowly, over a sliding window. The wait for the
// first byte is not its matter: the Order Manager may think for minutes before
// it answers, but an answer that has begun must keep coming.
//
//   SpeedWatch watch(1024, absl::Seconds(30));
//   if (watch.IsTooSlow(elapsed, bytes_so_far)) Abort();
#ifndef OMS_CONNECTOR_ORDER_MANAGER_SPEED_WATCH_H_
#define OMS_CONNECTOR_ORDER_MANAGER_SPEED_WATCH_H_

#include <cstdint>
#include <deque>

#include "absl/time/time.h"

namespace oms_connector::order_manager {

// Not thread-safe.
class SpeedWatch {
 public:
  SpeedWatch(int64_t min_bytes_per_second, absl::Duration window);

  // To be asked every now and then, with a time that does not go back, from
  // when the answer has begun. True when fewer bytes than the minimum came in
  // the last whole window; never before one has passed.
  bool IsTooSlow(absl::Duration now, int64_t bytes);

 private:
  struct Sample {
    absl::Duration time;
    int64_t bytes;
  };

  const double min_bytes_;  // in a window
  const absl::Duration window_;
  std::deque<Sample> samples_;  // the first is the window's start
};

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_SPEED_WATCH_H_
