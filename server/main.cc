// oms_connector_server: reads the flags, starts the server, waits for the
// signal to end. Everything that the rest of the program is told comes from
// here.
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "base/version.h"
#include "grpcpp/grpcpp.h"
#include "server/command_line.h"
#include "server/config_check.h"
#include "server/ops/library_logs.h"
#include "server/ops/service_manager.h"
#include "server/options.h"
#include "server/server.h"
#include "server/set_up.h"
#include "storage/databases/open_store.h"

using oms_connector::base::LogInfo;
using oms_connector::base::LogWarning;
using oms_connector::server::FlagText;
using oms_connector::server::HelpText;
using oms_connector::server::OrderArguments;
using oms_connector::server::Server;
using oms_connector::server::ServiceState;
using oms_connector::server::TellServiceManager;
using oms_connector::server::UnknownVariables;
using oms_connector::server::WithoutPassword;

ABSL_FLAG(std::string, listen, Server::Options().listen,
          "HOST:PORT or unix:PATH for gRPC; port 0 picks one");
ABSL_FLAG(std::string, admin_listen, Server::Options().admin_listen,
          "HOST:PORT for /metrics, /healthz, /readyz and, on loopback, "
          "/statusz; empty = none");
ABSL_FLAG(bool, allow_remote_admin, Server::Options().allow_remote_admin,
          "let --admin_listen reach beyond this machine; its pages ask for no "
          "credentials");
ABSL_FLAG(std::string, unix_socket_mode, "0600",
          "who may connect to a --listen of unix:PATH (octal)");
ABSL_FLAG(std::string, store, Server::Options().store,
          oms_connector::storage::kStoreUrls);
ABSL_FLAG(std::string, secret_key_file, "",
          "the key that seals access tokens; empty = beside the SQLite file, "
          "created when missing");
ABSL_FLAG(std::string, previous_secret_key_file, "",
          "the key that --secret_key_file takes the place of: tokens sealed "
          "with it are sealed anew; not needed once the log has said so");
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
ABSL_FLAG(std::string, sqlite_synchronous, "full",
          "full: a commit waits for the disk; normal: it does not, which is "
          "faster, and after a loss of power cursors given out are "
          "CURSOR_EXPIRED and gaps suspected, as after a restore");
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
ABSL_FLAG(std::string, restore_from, "",
          "put a copy of this file of --backup_to in the place of the SQLite "
          "store, set what is there aside, and exit; no server may run");
ABSL_FLAG(bool, mark_restored, false,
          "say that the store was put back by other means than a file of "
          "--backup_to, so that no cursor from before counts, and exit");
ABSL_FLAG(bool, check_config, false,
          "open everything that the flags name, tell what was found, and exit");
ABSL_FLAG(std::string, init, "",
          "make in this folder a key, a certificate, principals with a first "
          "admin, and a file of flags, for --listen and --store as given, and "
          "exit");
ABSL_FLAG(bool, new_token, false,
          "print a new token, its hash and an entry for the principals file, "
          "and exit");

namespace {

// The end of a process that could not reach its own listener any more; other
// failures end with 1.
constexpr int kListenerLostExitCode = 3;

// What --restore_from and --mark_restored mean for callers.
constexpr char kAfterRestore[] =
    "Cursors given out before are CURSOR_EXPIRED, so callers start again from "
    "the empty cursor, and each connection per sales channel is suspected of a "
    "gap until its listings have been told again. Start the server now.";

std::atomic<bool> listener_lost{false};

// The flags above, by name; Abseil has some of its own.
std::map<std::string, const absl::CommandLineFlag*> OwnFlags() {
  std::map<std::string, const absl::CommandLineFlag*> own;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (absl::EndsWith(flag->Filename(), "server/main.cc")) {
      own.emplace(name, flag);
    }
  }
  return own;
}

std::string Help() {
  std::vector<FlagText> texts;
  for (const auto& [name, flag] : OwnFlags()) {
    texts.push_back({name, flag->Help(), flag->DefaultValue(),
                     flag->DefaultValue() != "false"});
  }
  return HelpText(texts);
}

std::string Version() {
  return absl::StrCat("oms_connector_server ", oms_connector::base::kVersion,
                      "\nbuilt with gRPC ", grpc::Version(), " and g++ ",
                      __VERSION__, "\n");
}

std::vector<std::string> Environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

std::vector<std::string> FlagNames() {
  std::vector<std::string> names;
  for (const auto& [name, flag] : OwnFlags()) names.push_back(name);
  return names;
}

// Those that were given, without passwords: "--listen=… --store=…".
std::string FlagsInForce() {
  std::string text;
  for (const auto& [name, flag] : OwnFlags()) {
    if (flag->CurrentValue() == flag->DefaultValue()) continue;
    absl::StrAppend(&text, text.empty() ? "--" : " --", name, "=",
                    WithoutPassword(flag->CurrentValue()));
  }
  return text;
}

void ParseFlags(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (absl::string_view(argv[i]) == "--help") {
      std::fputs(Help().c_str(), stdout);
      std::exit(0);
    }
  }
  absl::SetProgramUsageMessage("see --help");
  absl::FlagsUsageConfig usage;
  usage.version_string = Version;
  absl::SetFlagsUsageConfig(usage);
  const std::vector<std::string> ordered =
      OrderArguments(std::vector<std::string>(argv, argv + argc), FlagNames(),
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
    std::fprintf(stderr, "unexpected argument: %s\n",
                 WithoutPassword(rest[1]).c_str());
    std::exit(2);
  }
}

// What is most likely a slip, but no reason to refuse to start.
void WarnAboutFlags(int argc, char** argv) {
  for (const std::string& name : UnknownVariables(Environment(), FlagNames())) {
    LogWarning("this variable of the environment sets no flag",
               {{"variable", name}});
  }
  for (int i = 1; i < argc; ++i) {
    if (WithoutPassword(argv[i]) == argv[i]) continue;
    LogWarning(
        "a password on the command line can be read by everybody on this "
        "machine; put it into a file that --store names with passfile=, or "
        "into PGPASSWORD");
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
  options.allow_remote_admin = absl::GetFlag(FLAGS_allow_remote_admin);
  OMS_ASSIGN_OR_RETURN(
      options.unix_socket_mode,
      oms_connector::server::ParseFileMode(
          "--unix_socket_mode", absl::GetFlag(FLAGS_unix_socket_mode)));
  options.store = absl::GetFlag(FLAGS_store);
  options.secret_key_file = absl::GetFlag(FLAGS_secret_key_file);
  options.previous_secret_key_file =
      absl::GetFlag(FLAGS_previous_secret_key_file);
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
  options.commits_wait_for_disk = synchronous == "full";
  options.event_retention = absl::GetFlag(FLAGS_event_retention);
  options.drain_delay = absl::GetFlag(FLAGS_drain_delay);
  options.drain_timeout = absl::GetFlag(FLAGS_drain_timeout);
  options.flags_in_force = FlagsInForce();
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

// glibc gives its threads up to eight heaps for each core, and what one heap
// has back the others cannot use. With two a pull needs a third less memory and
// no more time.
void ShareHeaps() {
#ifdef M_ARENA_MAX
  mallopt(
      M_ARENA_MAX,
      2 * std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
#endif
}

// Leaves even when a call does not end: no drain may take longer than it was
// promised to.
// By a signal rather than a thread, for which there may be no room at the end.
void ExitAfter(absl::Duration delay) {
  signal(SIGALRM, [](int) {
    constexpr char kText[] = "calls did not end in time; exiting\n";
    [[maybe_unused]] const ssize_t written =
        write(STDERR_FILENO, kText, sizeof(kText) - 1);
    std::_Exit(listener_lost ? kListenerLostExitCode : 1);
  });
  alarm(static_cast<unsigned>(absl::ToInt64Seconds(delay)) + 1);
}

// Reloads at each SIGHUP; the signal that ends the server.
int WaitForEnd(const sigset_t& signals, Server* server) {
  const absl::Duration alive = oms_connector::server::WatchdogInterval();
  const timespec patience =
      absl::ToTimespec(std::min(alive, absl::Duration(absl::Hours(1))));
  while (true) {
    const int received = sigtimedwait(&signals, nullptr, &patience);
    if (received < 0) {  // its time is over; or a signal that is not ours
      if (alive < absl::InfiniteDuration()) {
        TellServiceManager(ServiceState::kAlive);
      }
      continue;
    }
    if (received != SIGHUP) return received;
    TellServiceManager(ServiceState::kReloading);
    const absl::Status status = server->Reload();
    TellServiceManager(ServiceState::kReady);
    if (status.ok()) {
      LogInfo("reloaded");
    } else {
      oms_connector::base::LogError(
          "could not reload; what is named here stays as it was",
          {{"error", status.message()}});
    }
  }
}

// The modes that end by themselves; false where none is asked for.
absl::StatusOr<bool> RunOnce(const Server::Options& options) {
  oms_connector::base::SystemClock clock;
  oms_connector::base::SystemSleeper sleeper;
  oms_connector::base::SystemIdGenerator ids;
  if (absl::GetFlag(FLAGS_new_token)) {
    std::fputs(oms_connector::server::NewTokenText(&ids).c_str(), stdout);
    return true;
  }
  const std::string init = absl::GetFlag(FLAGS_init);
  if (!init.empty()) {
    OMS_ASSIGN_OR_RETURN(
        const std::string told,
        oms_connector::server::SetUp(init, options, &clock, &ids));
    std::fputs(told.c_str(), stdout);
    return true;
  }
  if (absl::GetFlag(FLAGS_check_config)) {
    const auto report =
        oms_connector::server::InspectConfig(options, &clock, &sleeper, &ids);
    std::fputs(report.Text().c_str(), stdout);
    if (report.problems == 0) return true;
    return absl::FailedPreconditionError("the configuration is not good");
  }
  const std::string backup = absl::GetFlag(FLAGS_backup_to);
  if (!backup.empty()) {
    OMS_RETURN_IF_ERROR(Server::BackUp(options, backup));
    std::printf(
        "wrote %s, one consistent copy; it knows that it is one, so "
        "--restore_from=%s puts it in the store's place. The key file is not "
        "in it: back it up elsewhere.\n",
        backup.c_str(), backup.c_str());
    return true;
  }
  const std::string restore = absl::GetFlag(FLAGS_restore_from);
  if (!restore.empty()) {
    OMS_ASSIGN_OR_RETURN(const std::string aside,
                         Server::RestoreFrom(options, restore));
    std::printf("put a copy of %s in the place of the store%s%s. %s\n",
                restore.c_str(), aside.empty() ? "" : "; the old one is now ",
                aside.c_str(), kAfterRestore);
    return true;
  }
  const std::string copy = absl::GetFlag(FLAGS_copy_store_to);
  if (!copy.empty()) {
    OMS_RETURN_IF_ERROR(Server::CopyStoreTo(options, copy));
    return true;
  }
  if (!absl::GetFlag(FLAGS_mark_restored)) return false;
  OMS_RETURN_IF_ERROR(Server::MarkRestored(options));
  std::printf("marked the store as restored. %s\n", kAfterRestore);
  return true;
}

absl::Status Run(int argc, char** argv) {
  OMS_RETURN_IF_ERROR(SetUpLog());
  WarnAboutFlags(argc, argv);
  const absl::StatusOr<Server::Options> options = ReadOptions();
  if (!options.ok()) return options.status();
  OMS_ASSIGN_OR_RETURN(const bool done, RunOnce(*options));
  if (done) return absl::OkStatus();
  OMS_RETURN_IF_ERROR(oms_connector::server::CheckOptions(*options));
  // Blocked before any thread starts, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  RaiseFileLimit();

  static auto& clock = *new oms_connector::base::SystemClock;
  oms_connector::server::CaptureLibraryLogs(&clock);
  LogInfo("starting", {{"version", oms_connector::base::kVersion},
                       {"flags", FlagsInForce()}});
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(*options);
  if (!server.ok()) return server.status();
  std::printf("listening on %s\n", (*server)->address().c_str());
  if (!(*server)->admin_address().empty()) {
    std::printf("admin on %s\n", (*server)->admin_address().c_str());
  }
  std::fflush(stdout);
  TellServiceManager(ServiceState::kReady,
                     absl::StrCat("listening on ", (*server)->address()));
  const int received = WaitForEnd(signals, server->get());
  TellServiceManager(ServiceState::kStopping, "draining");
  const char* const why =
      listener_lost ? "the listener is lost" : strsignal(received);
  LogInfo("draining", {{"why", why}});
  ExitAfter(options->drain_delay + options->drain_timeout + absl::Seconds(5));
  (*server)->Drain();
  server->reset();
  LogInfo("ended", {{"why", why}});
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  ShareHeaps();
#ifdef NDEBUG
  // Debian's Abseil looks for cycles at every lock, gRPC's among them. Tests
  // and debug builds keep that.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  ParseFlags(argc, argv);
  const absl::Status status = Run(argc, argv);
  if (listener_lost) return kListenerLostExitCode;
  if (status.ok()) return 0;
  std::fprintf(stderr, "oms_connector_server: %s\n",
               std::string(status.message()).c_str());
  return 1;
}
