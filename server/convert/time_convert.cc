#include "server/convert/time_convert.h"

#include <algorithm>
#include <cstdint>

#include "base/status_macros.h"
#include "model/errors.h"

namespace oms_connector::server {
namespace {

// Bounds of google.protobuf.Timestamp and Duration, in seconds.
constexpr int64_t kFirstSecond = -62135596800;
constexpr int64_t kLastSecond = 253402300799;
constexpr int64_t kLongestSeconds = 315576000000;
constexpr int32_t kNanosPerSecond = 1000000000;
constexpr int64_t kMicrosPerSecond = 1000000;
constexpr int32_t kNanosPerMicro = 1000;

}  // namespace

google::protobuf::Timestamp ToProto(absl::Time time) {
  const absl::Time bounded =
      std::clamp(time, absl::FromUnixSeconds(kFirstSecond),
                 absl::FromUnixSeconds(kLastSecond));
  const int64_t seconds = absl::ToUnixSeconds(bounded);
  const absl::Duration rest = bounded - absl::FromUnixSeconds(seconds);
  google::protobuf::Timestamp proto;
  proto.set_seconds(seconds);
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Microseconds(rest)) *
                  kNanosPerMicro);
  return proto;
}

google::protobuf::Duration ToProto(absl::Duration duration) {
  const absl::Duration longest = absl::Seconds(kLongestSeconds);
  const int64_t micros =
      absl::ToInt64Microseconds(std::clamp(duration, -longest, longest));
  google::protobuf::Duration proto;
  proto.set_seconds(micros / kMicrosPerSecond);
  proto.set_nanos(static_cast<int32_t>(micros % kMicrosPerSecond) *
                  kNanosPerMicro);
  return proto;
}

absl::StatusOr<absl::Time> TimeFromProto(
    const google::protobuf::Timestamp& time, absl::string_view field) {
  if (time.seconds() < kFirstSecond || time.seconds() > kLastSecond ||
      time.nanos() < 0 || time.nanos() >= kNanosPerSecond) {
    return model::InvalidField(field, "is no valid timestamp");
  }
  return absl::FromUnixSeconds(time.seconds()) +
         absl::Nanoseconds(time.nanos());
}

absl::StatusOr<absl::Duration> DurationFromProto(
    const google::protobuf::Duration& duration, absl::string_view field) {
  const int64_t seconds = duration.seconds();
  const int32_t nanos = duration.nanos();
  if (seconds < -kLongestSeconds || seconds > kLongestSeconds ||
      nanos <= -kNanosPerSecond || nanos >= kNanosPerSecond ||
      (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0)) {
    return model::InvalidField(field, "is no valid duration");
  }
  return absl::Seconds(seconds) + absl::Nanoseconds(nanos);
}

absl::StatusOr<absl::Duration> NonNegativeDurationFromProto(
    const google::protobuf::Duration& duration, absl::string_view field) {
  OMS_ASSIGN_OR_RETURN(const absl::Duration result,
                       DurationFromProto(duration, field));
  if (result < absl::ZeroDuration()) {
    return model::InvalidField(field, "must not be negative");
  }
  return result;
}

}  // namespace oms_connector::server
