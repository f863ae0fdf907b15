#include "order_manager/speed_watch.h"

namespace oms_connector::order_manager {
namespace {

// The window slides in steps of this part of it.
constexpr int kSteps = 30;

}  // namespace

SpeedWatch::SpeedWatch(int64_t min_bytes_per_second, absl::Duration window)
    : min_bytes_(static_cast<double>(min_bytes_per_second) *
                 absl::ToDoubleSeconds(window)),
      window_(window) {}

bool SpeedWatch::IsTooSlow(absl::Duration now, int64_t bytes) {
  if (samples_.empty() || now - samples_.back().time >= window_ / kSteps) {
    samples_.push_back({now, bytes});
  }
  while (samples_.size() > 1 && now - samples_[1].time >= window_) {
    samples_.pop_front();
  }
  const Sample& start = samples_.front();
  return now - start.time >= window_ &&
         static_cast<double>(bytes - start.bytes) < min_bytes_;
}

}  // namespace oms_connector::order_manager
