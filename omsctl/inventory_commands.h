#ifndef OMS_CONNECTOR_OMSCTL_INVENTORY_COMMANDS_H_
#define OMS_CONNECTOR_OMSCTL_INVENTORY_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "omsctl/command.h"

namespace oms_connector::omsctl {

// sync, levels, and runs list | get | cancel
void AddInventoryCommands(CLI::App& app, Action& chosen);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_INVENTORY_COMMANDS_H_
