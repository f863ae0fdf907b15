#ifndef OMS_CONNECTOR_OMSCTL_COMMAND_LINE_H_
#define OMS_CONNECTOR_OMSCTL_COMMAND_LINE_H_

// The whole of omsctl but its main function.

#include <functional>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/client_options.h"
#include "client/connection_client.h"
#include "client/connector_client.h"

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
  // Makes clients of a server. Does not connect.
  std::function<absl::StatusOr<Clients>(const client::ClientOptions&)> connect;
};

// Carries out one command line, given without the program's name. Returns the
// exit code. Answers go to `out`, errors to `error`.
int RunOmsctl(const std::vector<std::string>& arguments,
              const Environment& environment);

// For Environment::connect.
absl::StatusOr<Clients> ConnectTo(const client::ClientOptions& options);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_COMMAND_LINE_H_
