// Flags as text. Brings them from their three sources into one order, so that
// what is said more closely wins: command line > environment > flag file >
// default; and tells people what there is.
#ifndef OMS_CONNECTOR_SERVER_COMMAND_LINE_H_
#define OMS_CONNECTOR_SERVER_COMMAND_LINE_H_

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace oms_connector::server {

// The environment variable that sets a flag: "listen" → OMS_CONNECTOR_LISTEN.
std::string EnvironmentNameOf(absl::string_view flag);

// The arguments to parse, the last of two equal flags winning: the program's
// name, the flag files named on the command line (or, where none is, by
// OMS_CONNECTOR_FLAGFILE), a flag for each name of `flags` that the environment
// sets, then the rest of the command line as it came. `environment` answers for
// one variable.
std::vector<std::string> OrderArguments(
    absl::Span<const std::string> arguments,
    absl::Span<const std::string> flags,
    const std::function<std::optional<std::string>(const std::string&)>&
        environment);

// Of variables of the environment ("NAME=value"), the names of those that look
// like ours and set no flag: most likely misspelt ones.
std::vector<std::string> UnknownVariables(
    absl::Span<const std::string> environment,
    absl::Span<const std::string> flags);

// The mode in an octal text such as "0660", of reading and writing alone.
// INVALID_ARGUMENT, which names the flag, for anything else.
absl::StatusOr<mode_t> ParseFileMode(absl::string_view flag,
                                     absl::string_view text);

// A flag as people read of it.
struct FlagText {
  std::string name;
  std::string help;
  std::string default_value;
  bool shows_default = true;  // not where it is only ever switched on
};

// The text of --help: every flag with its default, by name.
std::string HelpText(absl::Span<const FlagText> flags);

// A URL without its password, for logs and pages.
std::string WithoutPassword(absl::string_view url);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_COMMAND_LINE_H_
