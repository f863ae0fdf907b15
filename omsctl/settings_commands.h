#ifndef OMS_CONNECTOR_OMSCTL_SETTINGS_COMMANDS_H_
#define OMS_CONNECTOR_OMSCTL_SETTINGS_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "omsctl/command.h"

namespace oms_connector::omsctl {

// settings get | set | history | preview
void AddSettingsCommands(CLI::App& app, Action& chosen);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_SETTINGS_COMMANDS_H_
