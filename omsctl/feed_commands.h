#ifndef OMS_CONNECTOR_OMSCTL_FEED_COMMANDS_H_
#define OMS_CONNECTOR_OMSCTL_FEED_COMMANDS_H_

#include <CLI/CLI.hpp>

#include "omsctl/command.h"

namespace oms_connector::omsctl {

// poll, ack, and consumers list | reset | delete
void AddFeedCommands(CLI::App& app, Action& chosen);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_FEED_COMMANDS_H_
