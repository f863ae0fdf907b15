#include "server/ops/library_logs.h"

#include <string>

#include "absl/strings/string_view.h"
#include "base/log.h"
#include "google/protobuf/stubs/logging.h"
#include "grpc/support/log.h"

namespace oms_connector::server {
namespace {

// The libraries' hooks are functions without a state of their own.
base::Clock* process_clock = nullptr;

void Write(absl::string_view library, bool is_error, absl::string_view file,
           int line, absl::string_view message) {
  static auto& limit = *new LineLimit(kLibraryLinesPerSecond);
  int64_t dropped = 0;
  if (!limit.Admit(process_clock->Now(), &dropped)) return;
  const auto log = is_error ? base::LogError : base::LogInfo;
  log("a library says", {{"library", library},
                         {"text", message},
                         {"file", file.substr(file.rfind('/') + 1)},
                         {"line", line},
                         {"dropped_before", dropped}});
}

void WriteGrpc(gpr_log_func_args* args) {
  Write("grpc", args->severity == GPR_LOG_SEVERITY_ERROR, args->file,
        args->line, args->message);
}

void WriteProtobuf(google::protobuf::LogLevel level, const char* file, int line,
                   const std::string& message) {
  Write("protobuf", level >= google::protobuf::LOGLEVEL_ERROR, file, line,
        message);
}

}  // namespace

bool LineLimit::Admit(absl::Time now, int64_t* dropped) {
  const int64_t second = absl::ToUnixSeconds(now);
  absl::MutexLock lock(&mutex_);
  if (second != second_) {
    second_ = second;
    written_ = 0;
  }
  if (written_ >= limit_) {
    ++dropped_;
    return false;
  }
  ++written_;
  *dropped = dropped_;
  dropped_ = 0;
  return true;
}

void CaptureLibraryLogs(base::Clock* clock) {
  process_clock = clock;
  gpr_set_log_function(WriteGrpc);
  gpr_log_verbosity_init();  // what GRPC_VERBOSITY says, errors by default
  google::protobuf::SetLogHandler(WriteProtobuf);
}

}  // namespace oms_connector::server
