// The server's own program as a process, for what only a process can show:
// being killed, signals, its exit code and what it prints.
//
//   auto server = ServerProcess::Start({"--listen=127.0.0.1:0", …});
//   WireClient client(server->address());
//   server->Signal(SIGKILL);
//   EXPECT_EQ(server->Wait(), -SIGKILL);
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_SERVER_PROCESS_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_SERVER_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

namespace oms_connector::testing_support {

// Not thread-safe. A test needs //server:oms_connector_server among its data.
class ServerProcess {
 public:
  // Runs the program and returns when it listens, or has ended; `address` is
  // empty then. What it prints on stderr goes to the file `log`, behind what is
  // there.
  static std::unique_ptr<ServerProcess> Start(
      const std::vector<std::string>& arguments, const std::string& log);
  // Kills it if it still runs.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& address() const { return address_; }
  const std::string& admin_address() const { return admin_address_; }
  // While it runs.
  pid_t pid() const { return pid_; }
  // Everything on stderr so far, of earlier processes with this log as well.
  std::string Log() const;

  // What it holds at this moment; nothing when it has ended.
  struct Figures {
    double resident_mib = 0;
    double descriptors = 0;
    double threads = 0;
  };
  Figures Holds() const;

  void Signal(int signal) const;
  // Waits for its end: its exit code, or the negative of the signal that ended
  // it.
  int Wait();

 private:
  ServerProcess(pid_t pid, int output, std::string log);
  std::string ReadLine() const;

  pid_t pid_;  // 0 = has ended and was waited for
  const int output_;
  const std::string log_;
  std::string address_;
  std::string admin_address_;
  int exit_code_ = 0;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_SERVER_PROCESS_H_
