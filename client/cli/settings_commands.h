#ifndef OMS_CONNECTOR_CLIENT_CLI_SETTINGS_COMMANDS_H_
#define OMS_CONNECTOR_CLIENT_CLI_SETTINGS_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "client/cli/session.h"

namespace oms_connector::client::cli {

// settings get | set | history | preview
void AddSettingsCommands(CLI::App& app, Action& chosen);

}  // namespace oms_connector::client::cli

#endif  // OMS_CONNECTOR_CLIENT_CLI_SETTINGS_COMMANDS_H_
