// oms_connector_server: reads the flags, starts the server, waits for the
// signal to end. Everything that the rest of the program is told comes from
// here.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/log.h"
#include "server/command_line.h"
#include "server/options.h"
#include "server/server.h"
#include "server/version.h"

using oms_connector::server::Server;

ABSL_FLAG(std::string, listen, Server::Options().listen,
          "HOST:PORT or unix:PATH for gRPC; port 0 picks one");
ABSL_FLAG(std::string, admin_listen, Server::Options().admin_listen,
          "HOST:PORT for /metrics, /healthz, /readyz and, on loopback, "
          "/statusz; empty = none");
ABSL_FLAG(std::string, store, Server::Options().store,
          "sqlite:PATH or postgres://…");
ABSL_FLAG(std::string, secret_key_file, "",
          "the key that seals access tokens; empty = beside the SQLite file, "
          "created when missing");
ABSL_FLAG(std::string, principals_file, "",
          "who may do what (textproto); empty = everybody is `local`, which "
          "only a listener on this machine allows");
ABSL_FLAG(std::string, tls_cert_file, "", "certificate chain (PEM)");
ABSL_FLAG(std::string, tls_key_file, "", "its private key (PEM)");
ABSL_FLAG(std::string, tls_client_ca_file, "",
          "authorities of client certificates (PEM); given = mutual TLS");
ABSL_FLAG(std::string, order_manager_hosts,
          Server::Options().order_manager_hosts,
          "hosts that a connection's base_url may name, comma-separated; "
          "*.example.com stands for its sub-domains");
ABSL_FLAG(bool, allow_loopback_order_manager, false,
          "also http://127.0.0.1:PORT and http://localhost:PORT: for tests "
          "and the demo");
ABSL_FLAG(bool, background_sync, true,
          "pull each connection on its intervals without being asked");
ABSL_FLAG(double, order_manager_requests_per_second,
          Server::Options().order_manager_requests_per_second,
          "requests sent per account and second; 0 = no limit, for loopback "
          "Order Managers only");
ABSL_FLAG(int, max_in_flight, Server::Options().max_in_flight,
          "calls at once before OVERLOADED");
ABSL_FLAG(std::string, sqlite_synchronous, "full", "full or normal");
ABSL_FLAG(absl::Duration, event_retention, Server::Options().event_retention,
          "feed events, runs and history older than this are pruned");
ABSL_FLAG(absl::Duration, drain_delay, Server::Options().drain_delay,
          "from SIGTERM to the first refused call");
ABSL_FLAG(absl::Duration, drain_timeout, Server::Options().drain_timeout,
          "from there to the end of calls that still run");
ABSL_FLAG(std::string, log_format, "text", "text or json");
ABSL_FLAG(std::string, log_level, "info", "debug, info, warning or error");
ABSL_FLAG(std::string, backup_to, "",
          "write a copy of the SQLite store into this new file and exit; also "
          "beside a running server");
ABSL_FLAG(std::string, copy_store_to, "",
          "copy the SQLite store into the empty database of this postgres:// "
          "URL and exit");
ABSL_FLAG(bool, mark_restored, false,
          "say that the store was put back by other means than a file of "
          "--backup_to, so that no cursor from before counts, and exit");
ABSL_FLAG(bool, check_config, false, "check the flags and exit");

namespace {

// The end of a process that could not reach its own listener any more; other
// failures end with 1.
constexpr int kListenerLostExitCode = 3;

std::atomic<bool> listener_lost{false};

// All flags, for the environment variables that set them.
const std::vector<std::string>& FlagNames() {
  static const auto& names =
      *new std::vector<std::string>{"listen",
                                    "admin_listen",
                                    "store",
                                    "secret_key_file",
                                    "principals_file",
                                    "tls_cert_file",
                                    "tls_key_file",
                                    "tls_client_ca_file",
                                    "order_manager_hosts",
                                    "allow_loopback_order_manager",
                                    "background_sync",
                                    "order_manager_requests_per_second",
                                    "max_in_flight",
                                    "sqlite_synchronous",
                                    "event_retention",
                                    "drain_delay",
                                    "drain_timeout",
                                    "log_format",
                                    "log_level",
                                    "backup_to",
                                    "copy_store_to",
                                    "mark_restored",
                                    "check_config"};
  return names;
}

void ParseFlags(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "serves stock levels and shipping confirmations of Order Managers over "
      "gRPC");
  absl::FlagsUsageConfig usage;
  usage.version_string = [] {
    return absl::StrCat(oms_connector::server::kVersion, "\n");
  };
  absl::SetFlagsUsageConfig(usage);
  const std::vector<std::string> ordered =
      oms_connector::server::OrderArguments(
          std::vector<std::string>(argv, argv + argc), FlagNames(),
          [](const std::string& name) -> std::optional<std::string> {
            const char* value = std::getenv(name.c_str());
            if (value == nullptr) return std::nullopt;
            return value;
          });
  // Abseil keeps pointers into its arguments, so they live as long as it does.
  static auto& kept = *new std::vector<std::string>(ordered);
  std::vector<char*> pointers;
  for (std::string& argument : kept) pointers.push_back(argument.data());
  const std::vector<char*> rest = absl::ParseCommandLine(
      static_cast<int>(pointers.size()), pointers.data());
  if (rest.size() > 1) {
    std::fprintf(stderr, "unexpected argument: %s\n", rest[1]);
    std::exit(2);
  }
}

absl::Status SetUpLog() {
  oms_connector::base::LogLevel level;
  oms_connector::base::LogFormat format;
  if (!oms_connector::base::ParseLogLevel(absl::GetFlag(FLAGS_log_level),
                                          &level)) {
    return absl::InvalidArgumentError(
        "--log_level must be debug, info, warning or error");
  }
  if (!oms_connector::base::ParseLogFormat(absl::GetFlag(FLAGS_log_format),
                                           &format)) {
    return absl::InvalidArgumentError("--log_format must be text or json");
  }
  oms_connector::base::SetLogLevel(level);
  oms_connector::base::SetLogFormat(format);
  return absl::OkStatus();
}

absl::StatusOr<Server::Options> ReadOptions() {
  Server::Options options;
  options.listen = absl::GetFlag(FLAGS_listen);
  options.admin_listen = absl::GetFlag(FLAGS_admin_listen);
  options.store = absl::GetFlag(FLAGS_store);
  options.secret_key_file = absl::GetFlag(FLAGS_secret_key_file);
  options.principals_file = absl::GetFlag(FLAGS_principals_file);
  options.tls_cert_file = absl::GetFlag(FLAGS_tls_cert_file);
  options.tls_key_file = absl::GetFlag(FLAGS_tls_key_file);
  options.tls_client_ca_file = absl::GetFlag(FLAGS_tls_client_ca_file);
  options.order_manager_hosts = absl::GetFlag(FLAGS_order_manager_hosts);
  options.allow_loopback_order_manager =
      absl::GetFlag(FLAGS_allow_loopback_order_manager);
  options.background_sync = absl::GetFlag(FLAGS_background_sync);
  options.order_manager_requests_per_second =
      absl::GetFlag(FLAGS_order_manager_requests_per_second);
  options.max_in_flight = absl::GetFlag(FLAGS_max_in_flight);
  const std::string synchronous = absl::GetFlag(FLAGS_sqlite_synchronous);
  if (synchronous != "full" && synchronous != "normal") {
    return absl::InvalidArgumentError(
        "--sqlite_synchronous must be full or normal");
  }
  options.sqlite_synchronous_full = synchronous == "full";
  options.event_retention = absl::GetFlag(FLAGS_event_retention);
  options.drain_delay = absl::GetFlag(FLAGS_drain_delay);
  options.drain_timeout = absl::GetFlag(FLAGS_drain_timeout);
  options.on_listener_lost = [] {
    listener_lost = true;
    kill(getpid(), SIGTERM);
  };
  return options;
}

// Each connection takes one, so take as many as the system gives.
void RaiseFileLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Leaves even when a call does not end: no drain may take longer than it was
// promised to.
void ExitAfter(absl::Duration delay) {
  std::thread([delay] {
    absl::SleepFor(delay);
    std::fprintf(stderr, "calls did not end in time; exiting\n");
    std::_Exit(listener_lost ? kListenerLostExitCode : 1);
  }).detach();
}

// Reloads at each SIGHUP; the signal that ends the server.
int WaitForEnd(const sigset_t& signals, Server* server) {
  while (true) {
    int received = 0;
    sigwait(&signals, &received);
    if (received != SIGHUP) return received;
    const absl::Status status = server->Reload();
    if (status.ok()) {
      oms_connector::base::LogInfo("reloaded");
    } else {
      oms_connector::base::LogError("could not reload; nothing was changed",
                                    {{"error", status.message()}});
    }
  }
}

absl::Status Run() {
  absl::Status status = SetUpLog();
  if (!status.ok()) return status;
  const absl::StatusOr<Server::Options> options = ReadOptions();
  if (!options.ok()) return options.status();
  status = oms_connector::server::CheckOptions(*options);
  if (!status.ok()) return status;
  if (absl::GetFlag(FLAGS_check_config)) {
    std::puts("the configuration is good");
    return absl::OkStatus();
  }
  const std::string backup = absl::GetFlag(FLAGS_backup_to);
  if (!backup.empty()) return Server::BackUp(*options, backup);
  const std::string copy = absl::GetFlag(FLAGS_copy_store_to);
  if (!copy.empty()) return Server::CopyStoreTo(*options, copy);
  if (absl::GetFlag(FLAGS_mark_restored)) return Server::MarkRestored(*options);

  // Blocked before any thread starts, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  RaiseFileLimit();

  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(*options);
  if (!server.ok()) return server.status();
  std::printf("listening on %s\n", (*server)->address().c_str());
  if (!(*server)->admin_address().empty()) {
    std::printf("admin on %s\n", (*server)->admin_address().c_str());
  }
  std::fflush(stdout);
  const int received = WaitForEnd(signals, server->get());
  oms_connector::base::LogInfo("draining", {{"signal", received}});
  ExitAfter(options->drain_delay + options->drain_timeout + absl::Seconds(5));
  (*server)->Drain();
  server->reset();
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  ParseFlags(argc, argv);
  const absl::Status status = Run();
  if (listener_lost) return kListenerLostExitCode;
  if (status.ok()) return 0;
  std::fprintf(stderr, "oms_connector_server: %s\n",
               std::string(status.message()).c_str());
  return 1;
}
