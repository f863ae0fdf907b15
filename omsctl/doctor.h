#ifndef OMS_CONNECTOR_OMSCTL_DOCTOR_H_
#define OMS_CONNECTOR_OMSCTL_DOCTOR_H_

// `omsctl doctor ID`: what is wrong with a connection, and what to do about it.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/shipment_requests.pb.h"
#include "omsctl/command.h"

namespace oms_connector::omsctl {

// All that is looked at, as the server answered.
struct Examination {
  v1::Connection connection;
  std::vector<v1::SyncRun> runs;        // newest first
  std::vector<v1::Shipment> held;       // some of them
  std::vector<v1::Consumer> consumers;  // all
};

// One thing that is wrong.
struct Finding {
  std::string what;                // a sentence
  std::vector<std::string> steps;  // what to do: command lines, or sentences
};

// Pure: what `examination` shows at `now`, the worst first; empty where all is
// well.
std::vector<Finding> FindingsOf(const Examination& examination, absl::Time now);

void AddDoctorCommand(CLI::App& app, Action& chosen);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_DOCTOR_H_
