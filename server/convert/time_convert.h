// Times and durations on the wire, and back.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_TIME_CONVERT_H_
#define OMS_CONNECTOR_SERVER_CONVERT_TIME_CONVERT_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace oms_connector::server {

// To the microsecond, which is what the store keeps. Times outside of what a
// Timestamp can hold (years 1 to 9999) are moved to its ends.
google::protobuf::Timestamp ToProto(absl::Time time);
google::protobuf::Duration ToProto(absl::Duration duration);

// INVALID_REQUEST naming `field` where the message breaks the rules of its own
// type: out of range, or parts of different sign.
absl::StatusOr<absl::Time> TimeFromProto(
    const google::protobuf::Timestamp& time, absl::string_view field);
absl::StatusOr<absl::Duration> DurationFromProto(
    const google::protobuf::Duration& duration, absl::string_view field);
// Also for a negative one.
absl::StatusOr<absl::Duration> NonNegativeDurationFromProto(
    const google::protobuf::Duration& duration, absl::string_view field);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_TIME_CONVERT_H_
