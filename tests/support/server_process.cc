#include "tests/support/server_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace oms_connector::testing_support {
namespace {

constexpr char kProgram[] = "server/oms_connector_server";

// In the child: never returns.
[[noreturn]] void Exec(const std::vector<std::string>& arguments, int output,
                       int log) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(output, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  std::vector<char*> argv = {const_cast<char*>(kProgram)};
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  execv(kProgram, argv.data());
  _exit(127);
}

bool HasAdminPages(const std::vector<std::string>& arguments) {
  return std::find(arguments.begin(), arguments.end(), "--admin_listen=") ==
         arguments.end();
}

}  // namespace

std::unique_ptr<ServerProcess> ServerProcess::Start(
    const std::vector<std::string>& arguments, const std::string& log) {
  int output[2];
  EXPECT_EQ(pipe2(output, O_CLOEXEC), 0);
  const int log_file =
      open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  EXPECT_GE(log_file, 0);
  const pid_t pid = fork();
  EXPECT_GE(pid, 0);
  if (pid == 0) Exec(arguments, output[1], log_file);
  close(output[1]);
  close(log_file);
  // Not make_unique: the constructor is private.
  std::unique_ptr<ServerProcess> process(
      new ServerProcess(pid, output[0], log));
  const std::string line = process->ReadLine();
  absl::string_view address = line;
  if (absl::ConsumePrefix(&address, "listening on ")) {
    process->address_ = std::string(address);
    if (HasAdminPages(arguments)) {
      process->admin_address_ =
          std::string(absl::StripPrefix(process->ReadLine(), "admin on "));
    }
  }
  return process;
}

ServerProcess::ServerProcess(pid_t pid, int output, std::string log)
    : pid_(pid), output_(output), log_(std::move(log)) {}

ServerProcess::~ServerProcess() {
  if (pid_ != 0) {
    Signal(SIGKILL);
    Wait();
  }
  close(output_);
}

std::string ServerProcess::ReadLine() const {
  std::string line;
  char next;
  while (read(output_, &next, 1) == 1 && next != '\n') line.push_back(next);
  return line;
}

std::string ServerProcess::Log() const {
  std::ifstream file(log_);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

ServerProcess::Figures ServerProcess::Holds() const {
  Figures figures;
  const std::string folder = absl::StrCat("/proc/", pid_);
  std::ifstream status(folder + "/status");
  for (std::string line; std::getline(status, line);) {
    if (absl::StartsWith(line, "VmRSS:")) {
      figures.resident_mib = atof(line.c_str() + 6) / 1024;
    }
    if (absl::StartsWith(line, "Threads:")) {
      figures.threads = atof(line.c_str() + 8);
    }
  }
  std::error_code gone;
  for (std::filesystem::directory_iterator file(folder + "/fd", gone), end;
       !gone && file != end; file.increment(gone)) {
    ++figures.descriptors;
  }
  return figures;
}

void ServerProcess::Signal(int signal) const {
  if (pid_ != 0) kill(pid_, signal);
}

int ServerProcess::Wait() {
  if (pid_ == 0) return exit_code_;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = 0;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return exit_code_;
}

}  // namespace oms_connector::testing_support
