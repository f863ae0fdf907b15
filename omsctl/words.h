#ifndef OMS_CONNECTOR_OMSCTL_WORDS_H_
#define OMS_CONNECTOR_OMSCTL_WORDS_H_

// How omsctl writes times, durations, names and counts, and what it makes of
// those that people type. Pure functions.

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace oms_connector::omsctl {

absl::Time FromProto(const google::protobuf::Timestamp& time);
absl::Duration FromProto(const google::protobuf::Duration& duration);
google::protobuf::Duration ToProto(absl::Duration duration);

// "2026-08-17 10:00Z"; the seconds too where the exact moment matters.
std::string Minute(const google::protobuf::Timestamp& time);
std::string Second(const google::protobuf::Timestamp& time);

// "4 s", "12 min", "3 h", "8 days": the largest unit that fits, rounded down.
std::string Roughly(absl::Duration duration);

// "12 min ago"; "now" below a second and for what is still to come.
std::string Ago(const google::protobuf::Timestamp& time, absl::Time now);

// "1 order", "2 orders", "0 orders"; "1 family", "2 families" by giving both.
std::string Counted(int64_t count, absl::string_view one,
                    absl::string_view many);
std::string Counted(int64_t count, absl::string_view one);

// The last part of a resource name: "90001" of
// "connections/acme/shipments/90001".
std::string IdOf(absl::string_view name);

// An enum value as people say it: "STATE_RUNNING" without "STATE_" is
// "running", "IMMEDIATELY_SEND" is "immediately-send".
std::string Spoken(absl::string_view value, absl::string_view prefix);

// "15m", "2h30m", "90s", "7d". A usage error for anything else, and for
// negative ones.
absl::StatusOr<absl::Duration> ParseSpan(absl::string_view text);

// Resource names from what people type: the id, or the whole name. Whether they
// are well-formed, the server decides. "acme" or "connections/acme" ->
// "connections/acme".
std::string ConnectionName(absl::string_view connection);

// -> "connections/acme/settings".
std::string SettingsName(absl::string_view connection);

// "90001" -> "connections/acme/shipments/90001".
std::string ShipmentName(absl::string_view connection,
                         absl::string_view shipment);

// "r1" -> "connections/acme/syncRuns/r1".
std::string RunName(absl::string_view connection, absl::string_view run);

// An INVALID_ARGUMENT that the command line is to blame for: nothing was sent,
// and omsctl ends with 2 instead of 1.
absl::Status UsageError(absl::string_view message);
bool IsUsageError(const absl::Status& status);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_WORDS_H_
