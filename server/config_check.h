// Opens everything that the flags name, and tells what it found.
//
//   const ConfigReport report = InspectConfig(options, &clock, ...);
//   std::fputs(report.Text().c_str(), stdout);
//   return report.problems == 0 ? 0 : 1;
#ifndef OMS_CONNECTOR_SERVER_CONFIG_CHECK_H_
#define OMS_CONNECTOR_SERVER_CONFIG_CHECK_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "server/options.h"

namespace oms_connector::server {

enum class Finding { kGood, kWarning, kProblem };

struct ConfigReport {
  struct Line {
    Finding finding;
    std::string what;  // "store", "key", "tls", …
    std::string text;
  };
  std::vector<Line> lines;
  int warnings = 0;
  int problems = 0;  // with one, the server would not start as it should

  // A line for each finding, and a conclusion.
  std::string Text() const;
};

// Changes nothing, so that it may run beside a server with the same flags; a
// port that is in use is therefore only a warning, and so is that nobody would
// be ADMIN, for somebody else may have set up the connections.
ConfigReport InspectConfig(const ServerOptions& options, base::Clock* clock,
                           base::Sleeper* sleeper, base::IdGenerator* ids);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONFIG_CHECK_H_
