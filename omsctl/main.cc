// omsctl, the tool for people. Exit codes: omsctl/command_line.h; 130 where it
// is interrupted.

#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "omsctl/command_line.h"

namespace {

constexpr int kInterrupted = 128 + SIGINT;

// What a signal handler may read; never freed.
std::atomic<const char*> last_words{""};

void Interrupted(int) {
  const char* words = last_words.load();
  const char first[] = "\nomsctl: interrupted\n";
  // Nothing can be done about errors, and the program ends here.
  if (write(STDERR_FILENO, first, sizeof(first) - 1) < 0 ||
      write(STDERR_FILENO, words, std::strlen(words)) < 0) {
    _exit(kInterrupted);
  }
  _exit(kInterrupted);
}

oms_connector::omsctl::Terminal ThisTerminal() {
  oms_connector::omsctl::Terminal terminal;
  winsize size{};
  if (isatty(STDOUT_FILENO) != 0 &&
      ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
    terminal.width = size.ws_col;
  }
  terminal.overwrites = isatty(STDERR_FILENO) != 0;
  terminal.asks = isatty(STDIN_FILENO) != 0 && terminal.overwrites;
  return terminal;
}

}  // namespace

int main(int argc, char** argv) {
  using oms_connector::omsctl::ConnectTo;
  using oms_connector::omsctl::RunOmsctl;
  std::signal(SIGINT, Interrupted);
  // gRPC would print its own account of an error beside ours.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  std::deque<std::string> kept;
  oms_connector::base::SystemSleeper sleeper;
  return RunOmsctl(
      std::vector<std::string>(argv + 1, argv + argc),
      {&std::cin, &std::cout, &std::cerr,
       oms_connector::base::SystemClock().Now(), ThisTerminal(), &sleeper,
       [&kept](const std::string& words) {
         last_words = kept.emplace_back(words).c_str();
       },
       &ConnectTo});
}
