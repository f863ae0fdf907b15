#include "omsctl/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "base/version.h"
#include "oms_connector/client/rpc_status.h"
#include "omsctl/client_flags.h"
#include "omsctl/command.h"
#include "omsctl/completion.h"
#include "omsctl/connection_commands.h"
#include "omsctl/doctor.h"
#include "omsctl/feed_commands.h"
#include "omsctl/inventory_commands.h"
#include "omsctl/server_probe.h"
#include "omsctl/settings_commands.h"
#include "omsctl/shipment_commands.h"
#include "omsctl/table.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {

namespace {

constexpr char kWhat[] =
    "omsctl: looks after an OMS Connector, which keeps shopping carts in step\n"
    "with an Order Manager.";
constexpr char kFooter[] =
    "Exit codes: 0 done, 1 the server refused or could not be reached, 2 the\n"
    "command line is wrong. `omsctl COMMAND --help` tells more of each.";

void AddCommands(CLI::App& app, GlobalFlags& flags, Action& chosen) {
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(kFooter);
  app.set_version_flag("--version", absl::StrCat("omsctl ", base::kVersion));
  AddGlobalFlags(app, flags);
  AddConnectionCommands(app, chosen);
  AddSettingsCommands(app, chosen);
  AddInventoryCommands(app, chosen);
  AddFeedCommands(app, chosen);
  AddShipmentCommands(app, chosen);
  AddDoctorCommand(app, chosen);
  AddCompletionCommand(app, chosen);
}

// CLI11 tells of a wrong command line, and of --help, by exceptions; they end
// here. True if there is a command to run, else `exit_code` is set.
bool Parse(CLI::App& app, const std::vector<std::string>& arguments,
           const Environment& environment, int& exit_code) {
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    app.parse(std::move(reversed));  // CLI11 wants them so
    return true;
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, *environment.out, *environment.error);
    exit_code = code == 0 ? kDone : kUsage;
    const std::string meant = NearestCommand(app, arguments);
    if (code != 0 && !meant.empty()) {
      *environment.error << "Did you mean `omsctl " << meant << "`?\n";
    }
    return false;
  }
}

absl::Status Run(const GlobalFlags& flags, const Action& action,
                 const Environment& environment) {
  OMS_ASSIGN_OR_RETURN(client::ClientOptions options, OptionsOf(flags));
  // Who sits in front of it would rather know now.
  options.retry.when_unreachable = false;
  absl::StatusOr<Clients> clients = environment.connect(options);
  if (!clients.ok()) return UsageError(clients.status().message());
  Session session{std::move(clients->first),
                  std::move(clients->second),
                  environment.now,
                  options.default_timeout,
                  flags.json,
                  environment.in,
                  environment.out,
                  environment.error,
                  environment.terminal,
                  environment.sleeper,
                  environment.if_interrupted};
  const absl::Status status = action(session);
  environment.out->flush();
  if (status.ok() && !environment.out->good()) {
    return absl::DataLossError(
        "the answer could not be written to standard output: is the disk full, "
        "or the reader gone?");
  }
  return status;
}

// What listens at the server's address, where gRPC only said that it could not
// be reached.
std::string PeerOf(const GlobalFlags& flags, const absl::Status& status) {
  if (!absl::IsUnavailable(status) || !client::ReasonOf(status).empty()) {
    return "";
  }
  return DescribePeer(flags.server, UsesTls(flags));
}

}  // namespace

int RunOmsctl(const std::vector<std::string>& arguments,
              const Environment& environment) {
  CLI::App app(kWhat, "omsctl");
  GlobalFlags flags;
  Action action;
  AddCommands(app, flags, action);
  int exit_code = kDone;
  if (!Parse(app, arguments, environment, exit_code)) return exit_code;
  const absl::Status status = Run(flags, action, environment);
  if (status.ok()) return kDone;
  *environment.error << ErrorText(status, PeerOf(flags, status));
  return IsUsageError(status) ? kUsage : kFailed;
}

absl::StatusOr<Clients> ConnectTo(const client::ClientOptions& options) {
  OMS_ASSIGN_OR_RETURN(client::ConnectorClient connector,
                       client::ConnectorClient::Create(options));
  OMS_ASSIGN_OR_RETURN(client::ConnectionClient connections,
                       client::ConnectionClient::Create(options));
  return Clients(std::move(connector), std::move(connections));
}

namespace {

struct Advice {
  const char* reason;
  const char* text;
};

// Where a command of omsctl is the next step.
constexpr Advice kAdvice[] = {
    {"CONNECTION_NOT_FOUND", "`omsctl connections list` shows those there are"},
    {"CART_NOT_FOUND",
     "`omsctl connections get CONNECTION` shows the carts there are"},
    {"CURSOR_EXPIRED", "leave --cursor out to start from the beginning"},
    {"ETAG_MISMATCH", "read it again, then repeat the change"},
    {"SALES_CHANNEL_NOT_FOUND",
     "`omsctl connections test CONNECTION` lists the channels"},
    {"SALES_CHANNEL_AMBIGUOUS",
     "`omsctl connections test CONNECTION` lists the channels; name it by id"},
    {"ACCOUNT_IN_USE",
     "`omsctl connections test CONNECTION` names the other connection"},
    {"ORDER_MANAGER_CREDENTIALS_REJECTED",
     "`omsctl connections update CONNECTION --token-file FILE` stores a new "
     "token"},
    {"ACCESS_TOKEN_UNREADABLE",
     "`omsctl connections update CONNECTION --token-file FILE` stores it "
     "again"},
    {"SHIPMENT_NOT_RELEASABLE",
     "`omsctl shipments why CONNECTION ORDER` says what it waits for"},
    {"UNAUTHENTICATED",
     "give your token with --auth-token-file or OMSCTL_AUTH_TOKEN_FILE, or a "
     "client certificate with --tls-cert and --tls-key"},
};

std::string AdviceFor(const absl::Status& status, absl::string_view reason,
                      absl::string_view peer) {
  for (const Advice& advice : kAdvice) {
    if (reason == advice.reason) return advice.text;
  }
  if (!peer.empty()) return std::string(peer);
  if (reason.empty() && absl::IsUnavailable(status)) {
    return "is a connector listening there? --server or OMSCTL_SERVER say "
           "where, `./dev serve` starts one";
  }
  if (reason.empty() && absl::IsDeadlineExceeded(status)) {
    return "--timeout gives it more time";
  }
  return "";
}

std::string CodeLine(const absl::Status& status, absl::string_view reason) {
  const auto ids = client::ReasonMetadataOf(status);
  return absl::StrCat("  ", absl::StatusCodeToString(status.code()),
                      reason.empty() ? "" : " ", reason,
                      ids.empty() ? "" : " (",
                      absl::StrJoin(ids, ", ", absl::PairFormatter(": ")),
                      ids.empty() ? "" : ")");
}

}  // namespace

std::string ErrorText(const absl::Status& status, absl::string_view peer) {
  std::string text =
      absl::StrCat("omsctl: ", Printable(status.message()), "\n");
  if (IsUsageError(status)) return text;
  const std::string reason = client::ReasonOf(status);
  absl::StrAppend(&text, Printable(CodeLine(status, reason)), "\n");
  for (const client::FieldViolation& violation :
       client::FieldViolationsOf(status)) {
    absl::StrAppend(&text, "  ", Printable(violation.field), ": ",
                    Printable(violation.description), "\n");
  }
  if (const auto delay = client::RetryDelayOf(status); delay.has_value()) {
    absl::StrAppend(&text, "  try again in ", Roughly(*delay), "\n");
  }
  const std::string advice = AdviceFor(status, reason, peer);
  if (!advice.empty()) absl::StrAppend(&text, "  ", advice, "\n");
  return text;
}

}  // namespace oms_connector::omsctl
