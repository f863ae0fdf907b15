#include "omsctl/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "omsctl/connection_commands.h"
#include "omsctl/error_text.h"
#include "omsctl/feed_commands.h"
#include "omsctl/global_flags.h"
#include "omsctl/inventory_commands.h"
#include "omsctl/session.h"
#include "omsctl/settings_commands.h"
#include "omsctl/shipment_commands.h"
#include "omsctl/usage_error.h"

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
  AddGlobalFlags(app, flags);
  AddConnectionCommands(app, chosen);
  AddSettingsCommands(app, chosen);
  AddInventoryCommands(app, chosen);
  AddFeedCommands(app, chosen);
  AddShipmentCommands(app, chosen);
}

// CLI11 tells of a wrong command line, and of --help, by exceptions; they end
// here. True if there is a command to run, else `exit_code` is set.
bool Parse(CLI::App& app, std::vector<std::string> arguments,
           const Environment& environment, int& exit_code) {
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    app.parse(std::move(arguments));
    return true;
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, *environment.out, *environment.error);
    exit_code = code == 0 ? kDone : kUsage;
    return false;
  }
}

absl::Status Run(const GlobalFlags& flags, const Action& action,
                 const Environment& environment) {
  OMS_ASSIGN_OR_RETURN(const client::ClientOptions options, OptionsOf(flags));
  absl::StatusOr<Clients> clients = environment.connect(options);
  if (!clients.ok()) return UsageError(clients.status().message());
  Session session{std::move(clients->first),
                  std::move(clients->second),
                  environment.now,
                  flags.json,
                  environment.in,
                  environment.out};
  return action(session);
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
  environment.out->flush();
  if (status.ok()) return kDone;
  *environment.error << ErrorText(status);
  return IsUsageError(status) ? kUsage : kFailed;
}

absl::StatusOr<Clients> ConnectTo(const client::ClientOptions& options) {
  OMS_ASSIGN_OR_RETURN(client::ConnectorClient connector,
                       client::ConnectorClient::Create(options));
  OMS_ASSIGN_OR_RETURN(client::ConnectionClient connections,
                       client::ConnectionClient::Create(options));
  return Clients(std::move(connector), std::move(connections));
}

}  // namespace oms_connector::omsctl
