// omsctl, the tool for people. Exit codes: client/cli/command_line.h.

#include <iostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "client/cli/command_line.h"

int main(int argc, char** argv) {
  using oms_connector::client::cli::ConnectTo;
  using oms_connector::client::cli::RunOmsctl;
  return RunOmsctl(std::vector<std::string>(argv + 1, argv + argc),
                   {&std::cin, &std::cout, &std::cerr,
                    oms_connector::base::SystemClock().Now(), &ConnectTo});
}
