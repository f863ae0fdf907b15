// omsctl, the tool for people. Exit codes: omsctl/command_line.h.

#include <iostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "omsctl/command_line.h"

int main(int argc, char** argv) {
  using oms_connector::omsctl::ConnectTo;
  using oms_connector::omsctl::RunOmsctl;
  return RunOmsctl(std::vector<std::string>(argv + 1, argv + argc),
                   {&std::cin, &std::cout, &std::cerr,
                    oms_connector::base::SystemClock().Now(), &ConnectTo});
}
