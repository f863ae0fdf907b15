#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unicode/utf8.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"

namespace oms_connector::base {
namespace {

constexpr char kTextPattern[] = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr char kJsonPattern[] =
    R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

// What a stranger may have written is cut here, lest it flood the log.
constexpr size_t kLongestText = 4096;

// One sink per format, so that a line is never half of each; both write whole
// lines under spdlog's one lock for standard error.
struct ProcessLog {
  spdlog::logger text = MakeLogger(kTextPattern);
  spdlog::logger json = MakeLogger(kJsonPattern);
  std::atomic<LogFormat> format = LogFormat::kText;
  std::atomic<LogLevel> level = LogLevel::kInfo;

  static spdlog::logger MakeLogger(const char* pattern) {
    spdlog::logger logger("",
                          std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger.set_formatter(std::make_unique<spdlog::pattern_formatter>(
        pattern, spdlog::pattern_time_type::utc));
    logger.set_level(spdlog::level::trace);
    logger.flush_on(spdlog::level::trace);
    return logger;
  }
};

// Never destroyed: threads may log while the process ends.
ProcessLog& Process() {
  static auto* const process = new ProcessLog();
  return *process;
}

void AppendEscapedCharacter(UChar32 character, std::string* out) {
  if (character == '"' || character == '\\') {
    absl::StrAppend(out, "\\", std::string(1, static_cast<char>(character)));
  } else if (character == '\n') {
    absl::StrAppend(out, "\\n");
  } else {
    absl::StrAppendFormat(out, "\\u%04x", static_cast<uint32_t>(character));
  }
}

// Whether a character may stand in a line as it is: no quotes, no C0 and C1
// controls, none of Unicode's line and paragraph separators.
bool IsPlain(UChar32 character) {
  return character >= 0x20 && character != '"' && character != '\\' &&
         !(character >= 0x7F && character <= 0x9F) && character != 0x2028 &&
         character != 0x2029;
}

std::string Escaped(absl::string_view text) {
  constexpr UChar32 kReplacement = 0xFFFD;
  const bool cut = text.size() > kLongestText;
  text = text.substr(0, kLongestText);
  std::string out;
  const auto size = static_cast<int32_t>(text.size());
  int32_t position = 0;
  while (position < size) {
    const int32_t start = position;
    UChar32 character = 0;
    U8_NEXT(text.data(), position, size, character);
    if (character < 0) {
      AppendEscapedCharacter(kReplacement, &out);
    } else if (IsPlain(character)) {
      absl::StrAppend(&out, text.substr(start, position - start));
    } else {
      AppendEscapedCharacter(character, &out);
    }
  }
  return cut ? absl::StrCat(out, "...") : out;
}

std::string TextValue(const LogField& field) {
  std::string escaped = Escaped(field.value());
  const bool plain = !escaped.empty() && absl::c_all_of(escaped, [](char c) {
    return !absl::ascii_isspace(static_cast<unsigned char>(c)) && c != '=' &&
           c != '\\';
  });
  return plain ? escaped : absl::StrCat("\"", escaped, "\"");
}

std::string TextLine(absl::string_view message, LogFields fields) {
  std::string line = Escaped(message);
  for (const LogField& field : fields) {
    absl::StrAppend(&line, " ", field.key(), "=", TextValue(field));
  }
  return line;
}

std::string JsonLine(absl::string_view message, LogFields fields) {
  std::string line = absl::StrCat("\"message\":\"", Escaped(message), "\"");
  for (const LogField& field : fields) {
    const absl::string_view quote = field.quoted() ? "\"" : "";
    absl::StrAppend(&line, ",\"", Escaped(field.key()), "\":", quote,
                    Escaped(field.value()), quote);
  }
  return line;
}

void Write(LogLevel level, spdlog::level::level_enum spdlog_level,
           absl::string_view message, LogFields fields) {
  ProcessLog& process = Process();
  if (level < process.level.load(std::memory_order_relaxed)) return;
  if (process.format.load(std::memory_order_relaxed) == LogFormat::kJson) {
    const std::string line = JsonLine(message, fields);
    process.json.log(spdlog_level, spdlog::string_view_t(line));
  } else {
    const std::string line = TextLine(message, fields);
    process.text.log(spdlog_level, spdlog::string_view_t(line));
  }
}

}  // namespace

LogField::LogField(absl::string_view key, const absl::Status& value)
    : LogField(key, value.ok()
                        ? std::string("OK")
                        : absl::StrCat(absl::StatusCodeToString(value.code()),
                                       ": ", value.message())) {}

void SetLogLevel(LogLevel level) { Process().level = level; }

void SetLogFormat(LogFormat format) { Process().format = format; }

bool ParseLogLevel(absl::string_view text, LogLevel* level) {
  struct Name {
    absl::string_view text;
    LogLevel level;
  };
  constexpr Name kNames[] = {{"debug", LogLevel::kDebug},
                             {"info", LogLevel::kInfo},
                             {"warning", LogLevel::kWarning},
                             {"error", LogLevel::kError},
                             {"off", LogLevel::kOff}};
  for (const Name& name : kNames) {
    if (text != name.text) continue;
    *level = name.level;
    return true;
  }
  return false;
}

bool ParseLogFormat(absl::string_view text, LogFormat* format) {
  if (text != "text" && text != "json") return false;
  *format = text == "json" ? LogFormat::kJson : LogFormat::kText;
  return true;
}

void LogDebug(absl::string_view message, LogFields fields) {
  Write(LogLevel::kDebug, spdlog::level::debug, message, fields);
}

void LogInfo(absl::string_view message, LogFields fields) {
  Write(LogLevel::kInfo, spdlog::level::info, message, fields);
}

void LogWarning(absl::string_view message, LogFields fields) {
  Write(LogLevel::kWarning, spdlog::level::warn, message, fields);
}

void LogError(absl::string_view message, LogFields fields) {
  Write(LogLevel::kError, spdlog::level::err, message, fields);
}

}  // namespace oms_connector::base
