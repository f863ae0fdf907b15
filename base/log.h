#ifndef OMS_CONNECTOR_BASE_LOG_H_
#define OMS_CONNECTOR_BASE_LOG_H_

// Structured logging to standard error: a message that is the same each time,
// and fields for what differs.
//
//   LogInfo("pull ended", {{"connection", id}, {"rows", rows}, {"took",
//   took}});
//
//   2026-08-17T10:00:00.000Z info pull ended connection=acme rows=1200 took=3s
//   {"time":"2026-08-17T10:00:00.000Z","level":"info","message":"pull ended",
//    "connection":"acme","rows":1200,"took":"3s"}                    (one line)
//
// Whatever a text holds, one call makes one line: control characters, quotes
// and broken UTF-8 are escaped. Secrets print as "<secret>". Format and level
// are the process's, the one global state there is, because a line must be
// possible from everywhere; they may be set at any time. Thread-safe.

#include <cmath>
#include <initializer_list>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret_string.h"

namespace oms_connector::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };
enum class LogFormat { kText, kJson };

// Lines below this level are not written. Starts as kInfo.
void SetLogLevel(LogLevel level);

// Starts as kText.
void SetLogFormat(LogFormat format);

// The names that people write: "debug", "info", "warning", "error", "off"; and
// "text", "json". False, with the result untouched, for any other.
bool ParseLogLevel(absl::string_view text, LogLevel* level);
bool ParseLogFormat(absl::string_view text, LogFormat* format);

// A key (a lower_snake_case literal) and its value.
class LogField {
 public:
  LogField(absl::string_view key, absl::string_view value)
      : key_(key), value_(value), quoted_(true) {}
  LogField(absl::string_view key, const std::string& value)
      : LogField(key, absl::string_view(value)) {}
  LogField(absl::string_view key, const char* value)
      : LogField(key, absl::string_view(value)) {}
  LogField(absl::string_view key, bool value)
      : key_(key), value_(value ? "true" : "false"), quoted_(false) {}
  LogField(absl::string_view key, absl::Duration value)
      : LogField(key, absl::FormatDuration(value)) {}
  LogField(absl::string_view key, absl::Time value)
      : LogField(key, absl::FormatTime(value, absl::UTCTimeZone())) {}
  // Its code and message, without payloads.
  LogField(absl::string_view key, const absl::Status& value);
  LogField(absl::string_view key, const SecretString&)
      : LogField(key, SecretString::kShown) {}
  template <typename Number,
            std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>
  LogField(absl::string_view key, Number value)
      : key_(key), value_(absl::StrCat(value)), quoted_(!IsFinite(value)) {}

  absl::string_view key() const { return key_; }
  absl::string_view value() const { return value_; }
  bool quoted() const { return quoted_; }  // a text, in JSON

 private:
  // JSON has no numbers for infinity and the like.
  template <typename Number>
  static bool IsFinite(Number value) {
    if constexpr (std::is_floating_point_v<Number>) return std::isfinite(value);
    return true;
  }

  absl::string_view key_;
  std::string value_;
  bool quoted_;
};

using LogFields = std::initializer_list<LogField>;

void LogDebug(absl::string_view message, LogFields fields = {});
void LogInfo(absl::string_view message, LogFields fields = {});
void LogWarning(absl::string_view message, LogFields fields = {});
void LogError(absl::string_view message, LogFields fields = {});

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_LOG_H_
