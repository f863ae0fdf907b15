// Servers over one database, each a process of its own: the real program, which
// must not be started from within a sandbox that hides PostgreSQL's socket.
//
//   ServerGroup servers(database->NewDatabase());
//   for (int i = 0; i < 3; ++i) servers.Add();
//   servers[0].Signal(SIGSTOP);
//   WireClient client(servers[1].address());
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_SERVER_GROUP_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_SERVER_GROUP_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/support/server_process.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {

// Not thread-safe. The servers end with it, so before their database.
class ServerGroup {
 public:
  // `store` is what they get as --store; `more` are further flags of each, and
  // may change those that suit most tests: nothing is pulled without being
  // asked for, and the Order Manager may be asked as often as a server likes.
  explicit ServerGroup(std::string store, std::vector<std::string> more = {});

  // Starts one more; a test failure where it does not listen.
  void Add();

  int size() const { return static_cast<int>(servers_.size()); }
  ServerProcess& operator[](int i) { return *servers_[i]; }

 private:
  const std::string store_;
  const std::vector<std::string> more_;
  TestDirectory directory_;
  std::vector<std::unique_ptr<ServerProcess>> servers_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_SERVER_GROUP_H_
