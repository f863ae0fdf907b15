#ifndef OMS_CONNECTOR_OMSCTL_COMMAND_LINE_H_
#define OMS_CONNECTOR_OMSCTL_COMMAND_LINE_H_

// The whole of omsctl but its main function.

#include <functional>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "oms_connector/client/client_options.h"
#include "oms_connector/client/connection_client.h"
#include "oms_connector/client/connector_client.h"
#include "omsctl/command.h"

namespace oms_connector::omsctl {

// Exit codes, documented in docs/omsctl.md.
inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;  // the server refused or could not be reached
inline constexpr int kUsage = 2;  // the command line is wrong; nothing was sent

using Clients = std::pair<client::ConnectorClient, client::ConnectionClient>;

// The outside world of one start of omsctl.
struct Environment {
  std::istream* in;
  std::ostream* out;
  std::ostream* error;
  absl::Time now;
  Terminal terminal;
  base::Sleeper* sleeper;
  // As Session::if_interrupted.
  std::function<void(const std::string&)> if_interrupted;
  // Makes clients of a server. Does not connect.
  std::function<absl::StatusOr<Clients>(const client::ClientOptions&)> connect;
};

// Carries out one command line, given without the program's name. Returns the
// exit code. Answers go to `out`, errors to `error`.
int RunOmsctl(const std::vector<std::string>& arguments,
              const Environment& environment);

// For Environment::connect.
absl::StatusOr<Clients> ConnectTo(const client::ClientOptions& options);

// An error for people: the message, code and reason with their ids, the fields
// that are wrong, when to try again, and which omsctl command helps. Usage
// errors are the message alone. Several lines, each ended. `peer` is what
// DescribePeer said of a server that could not be reached.
std::string ErrorText(const absl::Status& status, absl::string_view peer = "");

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_COMMAND_LINE_H_
