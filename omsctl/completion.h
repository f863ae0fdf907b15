#ifndef OMS_CONNECTOR_OMSCTL_COMPLETION_H_
#define OMS_CONNECTOR_OMSCTL_COMPLETION_H_

// What omsctl knows of its own tree of commands: completion for bash, a manual
// page, and the command that a mistyped one was meant to be.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "omsctl/command.h"

namespace oms_connector::omsctl {

// A script for bash that completes commands and flags of `app`, and file names
// where neither fits.
std::string BashCompletion(const CLI::App& app);

// The page omsctl(1) in roff: every command of `app` with its arguments and
// examples.
std::string ManualPage(const CLI::App& app);

// The command that stands in `arguments` as far as it is known, its first
// unknown word replaced by the command that is most like it; empty where
// nothing is unknown or nothing is like it.
std::string NearestCommand(const CLI::App& app,
                           const std::vector<std::string>& arguments);

// completion bash, and man
void AddCompletionCommand(CLI::App& app, Action& chosen);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_COMPLETION_H_
