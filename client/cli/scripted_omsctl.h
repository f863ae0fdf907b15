#ifndef OMS_CONNECTOR_CLIENT_CLI_SCRIPTED_OMSCTL_H_
#define OMS_CONNECTOR_CLIENT_CLI_SCRIPTED_OMSCTL_H_

// omsctl for tests of its commands: the command line goes in, and what was sent
// and printed is looked at.

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/cli/command_line.h"
#include "client/client_options.h"
#include "client/fake_connection_rpcs.h"
#include "client/fake_connector_rpcs.h"

namespace oms_connector::client::cli {

// For one thread. The time is 2026-08-17T10:00:00Z.
struct ScriptedOmsctl {
  // Runs one command line and returns the exit code.
  int Run(const std::vector<std::string>& arguments) {
    std::istringstream in(input);
    std::ostringstream out_stream, error_stream;
    const int code =
        RunOmsctl(arguments, {&in, &out_stream, &error_stream, now,
                              [this](const ClientOptions& options) {
                                connected = options;
                                return absl::StatusOr<Clients>(
                                    Clients(ConnectorClient(connector),
                                            ConnectionClient(connections)));
                              }});
    out = out_stream.str();
    error = error_stream.str();
    return code;
  }

  const std::shared_ptr<FakeConnectorRpcs> connector =
      std::make_shared<FakeConnectorRpcs>();
  const std::shared_ptr<FakeConnectionRpcs> connections =
      std::make_shared<FakeConnectionRpcs>();
  const absl::Time now = absl::FromUnixSeconds(1'786'960'800);
  ClientOptions connected;  // what the last command connected with
  std::string input;        // for standard input
  std::string out, error;   // of the last command
};

}  // namespace oms_connector::client::cli

#endif  // OMS_CONNECTOR_CLIENT_CLI_SCRIPTED_OMSCTL_H_
