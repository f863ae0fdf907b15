#ifndef OMS_CONNECTOR_OMSCTL_SCRIPTED_OMSCTL_H_
#define OMS_CONNECTOR_OMSCTL_SCRIPTED_OMSCTL_H_

// omsctl for tests of its commands: the command line goes in, and what was sent
// and printed is looked at.

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/client_options.h"
#include "client/fake_connection_rpcs.h"
#include "client/fake_connector_rpcs.h"
#include "omsctl/command_line.h"

namespace oms_connector::omsctl {

// For one thread. The time is 2026-08-17T10:00:00Z.
struct ScriptedOmsctl {
  // Runs one command line and returns the exit code.
  int Run(const std::vector<std::string>& arguments) {
    std::istringstream in(input);
    std::ostringstream out_stream, error_stream;
    const int code =
        RunOmsctl(arguments, {&in, &out_stream, &error_stream, now,
                              [this](const client::ClientOptions& options) {
                                connected = options;
                                return absl::StatusOr<Clients>(Clients(
                                    client::ConnectorClient(connector),
                                    client::ConnectionClient(connections)));
                              }});
    out = out_stream.str();
    error = error_stream.str();
    return code;
  }

  const std::shared_ptr<client::FakeConnectorRpcs> connector =
      std::make_shared<client::FakeConnectorRpcs>();
  const std::shared_ptr<client::FakeConnectionRpcs> connections =
      std::make_shared<client::FakeConnectionRpcs>();
  const absl::Time now = absl::FromUnixSeconds(1'786'960'800);
  client::ClientOptions connected;  // what the last command connected with
  std::string input;                // for standard input
  std::string out, error;           // of the last command
};

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_SCRIPTED_OMSCTL_H_
