#ifndef OMS_CONNECTOR_OMSCTL_CONNECTION_COMMANDS_H_
#define OMS_CONNECTOR_OMSCTL_CONNECTION_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "omsctl/command.h"

namespace oms_connector::omsctl {

// connections create | list | get | update | delete | test
void AddConnectionCommands(CLI::App& app, Action& chosen);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_CONNECTION_COMMANDS_H_
