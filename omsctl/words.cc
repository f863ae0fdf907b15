#include "omsctl/words.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

namespace oms_connector::omsctl {

namespace {

std::string Utc(const char* format, const google::protobuf::Timestamp& time) {
  return absl::FormatTime(format, FromProto(time), absl::UTCTimeZone());
}

}  // namespace

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) +
         absl::Nanoseconds(time.nanos());
}

absl::Duration FromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

google::protobuf::Duration ToProto(absl::Duration duration) {
  const timespec parts = absl::ToTimespec(duration);
  google::protobuf::Duration result;
  result.set_seconds(parts.tv_sec);
  result.set_nanos(static_cast<int32_t>(parts.tv_nsec));
  return result;
}

std::string Minute(const google::protobuf::Timestamp& time) {
  return Utc("%Y-%m-%d %H:%MZ", time);
}

std::string Second(const google::protobuf::Timestamp& time) {
  return Utc("%Y-%m-%d %H:%M:%SZ", time);
}

std::string Roughly(absl::Duration duration) {
  if (duration >= absl::Hours(48)) {
    return absl::StrCat(absl::ToInt64Hours(duration) / 24, " days");
  }
  if (duration >= absl::Hours(1)) {
    return absl::StrCat(absl::ToInt64Hours(duration), " h");
  }
  if (duration >= absl::Minutes(1)) {
    return absl::StrCat(absl::ToInt64Minutes(duration), " min");
  }
  if (duration >= absl::Seconds(1)) {
    return absl::StrCat(absl::ToInt64Seconds(duration), " s");
  }
  return absl::StrCat(absl::ToInt64Milliseconds(duration), " ms");
}

std::string Ago(const google::protobuf::Timestamp& time, absl::Time now) {
  const absl::Duration age = now - FromProto(time);
  return age < absl::Seconds(1) ? "now" : absl::StrCat(Roughly(age), " ago");
}

std::string Counted(int64_t count, absl::string_view one,
                    absl::string_view many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

std::string Counted(int64_t count, absl::string_view one) {
  return Counted(count, one, absl::StrCat(one, "s"));
}

std::string IdOf(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == absl::string_view::npos ? name
                                                      : name.substr(slash + 1));
}

std::string Spoken(absl::string_view value, absl::string_view prefix) {
  absl::ConsumePrefix(&value, prefix);
  return absl::StrReplaceAll(absl::AsciiStrToLower(value), {{"_", "-"}});
}

absl::StatusOr<absl::Duration> ParseSpan(absl::string_view text) {
  absl::Duration span;
  absl::string_view days = text;
  int32_t count = 0;
  if (absl::ConsumeSuffix(&days, "d") && absl::SimpleAtoi(days, &count)) {
    span = absl::Hours(24) * count;
  } else if (!absl::ParseDuration(text, &span)) {
    return UsageError(absl::StrCat(
        "\"", text, "\" is no span of time: write 90s, 15m, 2h30m or 7d"));
  }
  if (span < absl::ZeroDuration() || span == absl::InfiniteDuration()) {
    return UsageError(
        absl::StrCat("\"", text, "\" must be zero or more, and have an end"));
  }
  return span;
}

namespace {

constexpr char kConnections[] = "connections/";

std::string ChildName(absl::string_view connection, absl::string_view kind,
                      absl::string_view child) {
  if (absl::StartsWith(child, kConnections)) return std::string(child);
  return absl::StrCat(ConnectionName(connection), "/", kind, "/", child);
}

}  // namespace

std::string ConnectionName(absl::string_view connection) {
  if (absl::StartsWith(connection, kConnections)) {
    return std::string(connection);
  }
  return absl::StrCat(kConnections, connection);
}

std::string SettingsName(absl::string_view connection) {
  return absl::StrCat(ConnectionName(connection), "/settings");
}

std::string ShipmentName(absl::string_view connection,
                         absl::string_view shipment) {
  return ChildName(connection, "shipments", shipment);
}

std::string RunName(absl::string_view connection, absl::string_view run) {
  return ChildName(connection, "syncRuns", run);
}

namespace {

constexpr char kMark[] = "oms-connector/usage-error";

}  // namespace

absl::Status UsageError(absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kMark, absl::Cord());
  return status;
}

bool IsUsageError(const absl::Status& status) {
  return status.GetPayload(kMark).has_value();
}

}  // namespace oms_connector::omsctl
