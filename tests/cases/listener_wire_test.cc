// The server's program when file descriptors run out: what gRPC 1.51 by itself
// does not survive.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/http_client.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_bench.h"
#include "tests/support/wire_client.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;

// Connections that say nothing, as many as wanted.
class IdleConnections {
 public:
  IdleConnections(int port, int count) {
    sockaddr_in target{};
    target.sin_family = AF_INET;
    target.sin_port = htons(static_cast<in_port_t>(port));
    target.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < count; ++i) {
      const int one = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      EXPECT_EQ(connect(one, reinterpret_cast<const sockaddr*>(&target),
                        sizeof(target)),
                0);
      descriptors_.push_back(one);
    }
  }
  ~IdleConnections() {
    for (const int one : descriptors_) close(one);
  }
  IdleConnections(const IdleConnections&) = delete;
  IdleConnections& operator=(const IdleConnections&) = delete;

 private:
  std::vector<int> descriptors_;
};

int PortOf(const std::string& address) {
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  return port;
}

class ListenerWireTest : public ::testing::Test {
 protected:
  ListenerWireTest()
      : server_(ServerProcess::Start(
            {"--listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0",
             absl::StrCat("--store=sqlite:", directory_.File("store.db")),
             "--background_sync=false", "--drain_delay=3s",
             "--drain_timeout=10s"},
            directory_.File("log"))) {}

  // Gives the server so many descriptors more than it uses now, or takes back
  // all it was given.
  void AllowDescriptors(int more) const {
    int used = 0;
    for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator(
             absl::StrCat("/proc/", server_->pid(), "/fd"))) {
      ++used;
    }
    SetLimit(static_cast<rlim_t>(used) + static_cast<rlim_t>(more));
  }
  void AllowAllDescriptors() const { SetLimit(1000); }

  std::string Call(WireClient& client) const {
    return client.Call(&ConnectionStub::ListConnections, "", absl::Seconds(20))
        .error();
  }
  std::string Page(const char* path) const {
    return Get(PortOf(server_->admin_address()), path).body;
  }
  bool AwaitLog(const std::string& text, absl::Duration time) const {
    const absl::Time deadline = absl::Now() + time;
    while (absl::Now() < deadline) {
      if (absl::StrContains(server_->Log(), text)) return true;
      absl::SleepFor(absl::Milliseconds(50));
    }
    return false;
  }

  TestDirectory directory_;
  std::unique_ptr<ServerProcess> server_;

 private:
  // The hard limit stays, so that the soft one can be raised again.
  void SetLimit(rlim_t limit) const {
    rlimit limits;
    ASSERT_EQ(prlimit(server_->pid(), RLIMIT_NOFILE, nullptr, &limits), 0);
    limits.rlim_cur = limit;
    ASSERT_EQ(prlimit(server_->pid(), RLIMIT_NOFILE, &limits, nullptr), 0);
  }
};

TEST_F(ListenerWireTest, ConnectionsAloneDoNotUseUpTheDescriptors) {
  WireClient early(server_->address());
  ASSERT_EQ(Call(early), "OK");
  AllowDescriptors(50);
  {
    const IdleConnections flood(PortOf(server_->address()), 200);
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (!absl::StrContains(Page("/metrics"), "no_descriptors") &&
           absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(20));
    }
    // The admin pages and whoever is connected find all they need.
    EXPECT_EQ(Page("/healthz"), "ok\n");
    EXPECT_EQ(Call(early), "OK");
  }
  // As soon as the server has seen that they are gone.
  WireClient late(server_->address());
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  std::string answer = Call(late);
  while (answer != "OK" && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(20));
    answer = Call(late);
  }
  EXPECT_EQ(answer, "OK");
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->Wait(), 0);
}

TEST_F(ListenerWireTest, AcceptsAgainAfterDescriptorsHaveRunOut) {
  AllowDescriptors(0);
  {
    const IdleConnections waiting(PortOf(server_->address()), 20);
    ASSERT_TRUE(AwaitLog("the own listener does not answer", absl::Seconds(30)))
        << server_->Log();
    AllowAllDescriptors();
  }
  WireClient late(server_->address());
  EXPECT_EQ(Call(late), "OK");
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->Wait(), 0);
}

TEST_F(ListenerWireTest, LastingLackEndsTheProcessForARestart) {
  AllowDescriptors(0);
  ASSERT_TRUE(AwaitLog("the own listener is given up", absl::Seconds(60)))
      << server_->Log();
  AllowAllDescriptors();
  EXPECT_EQ(Page("/healthz"), "restart me\n");
  EXPECT_EQ(Page("/readyz"), "not ready: the listener cannot be reached\n");
  EXPECT_EQ(server_->Wait(), 3);
}

// No thread can be made any more, as no stack finds a place: the server still
// ends as it should.
TEST_F(ListenerWireTest, EndsCleanlyWhereNoThreadCanBeMade) {
  WireClient client(server_->address());
  ASSERT_EQ(Call(client), "OK");
  std::ifstream statm(absl::StrCat("/proc/", server_->pid(), "/statm"));
  rlim_t pages = 0;
  ASSERT_TRUE(statm >> pages);
  constexpr rlim_t kLessThanAStack = 4 << 20;
  const rlim_t size =
      pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + kLessThanAStack;
  const rlimit limits = {size, size};
  ASSERT_EQ(prlimit(server_->pid(), RLIMIT_AS, &limits, nullptr), 0);
  server_->Signal(SIGTERM);
  EXPECT_EQ(server_->Wait(), 0) << server_->Log();
}

}  // namespace
}  // namespace oms_connector::testing_support
