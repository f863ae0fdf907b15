#ifndef OMS_CONNECTOR_OMSCTL_SCRIPTED_OMSCTL_H_
#define OMS_CONNECTOR_OMSCTL_SCRIPTED_OMSCTL_H_

// omsctl for tests of its commands: the command line goes in, and what was sent
// and printed is looked at.

#include <sstream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/manual_clock.h"
#include "client/scripted_connector.h"
#include "oms_connector/client/client_options.h"
#include "omsctl/command_line.h"

namespace oms_connector::omsctl {

// For one thread. The time is 2026-08-17T10:00:00Z.
struct ScriptedOmsctl {
  // Runs one command line and returns the exit code.
  int Run(const std::vector<std::string>& arguments) {
    std::istringstream in(input);
    std::ostringstream out_stream, error_stream;
    environment.in = &in;
    environment.out = &out_stream;
    environment.error = &error_stream;
    environment.connect = [this](const client::ClientOptions& options) {
      connected = options;
      const client::UnaryCaller caller(options);
      return absl::StatusOr<Clients>(
          Clients({v1::ConnectorService::NewStub(server.channel()), caller},
                  {v1::ConnectionService::NewStub(server.channel()), caller}));
    };
    const int code = RunOmsctl(arguments, environment);
    out = out_stream.str();
    error = error_stream.str();
    return code;
  }

  client::ScriptedConnector server;
  base::ManualClock clock;
  base::ManualSleeper sleeper{&clock};
  std::string last_words;  // what would be said at an interruption
  Environment environment{
      nullptr,
      nullptr,
      nullptr,
      absl::FromUnixSeconds(1'786'960'800),
      Terminal(),
      &sleeper,
      [this](const std::string& words) { last_words = words; },
      nullptr};
  client::ClientOptions connected;  // what the last command connected with
  std::string input;                // for standard input
  std::string out, error;           // of the last command
};

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_SCRIPTED_OMSCTL_H_
