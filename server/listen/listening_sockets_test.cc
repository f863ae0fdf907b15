#include "server/listen/listening_sockets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"

namespace oms_connector::server {
namespace {

using ::testing::MatchesRegex;
using ::testing::SizeIs;

// The test's own directory has a path that is too long for a socket.
class ListeningSocketsFile : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(directory_), nullptr); }
  void TearDown() override { rmdir(directory_); }

  std::string Address() const {
    return absl::StrCat("unix:", directory_, "/socket");
  }

 private:
  char directory_[64] = "/tmp/listeningXXXXXX";
};

bool Exists(const std::string& unix_address) {
  struct stat file;
  return lstat(unix_address.substr(5).c_str(), &file) == 0;
}

TEST(ListeningSockets, TellsThePortThatWasPicked) {
  const auto sockets = ListeningSockets::Open("127.0.0.1:0");
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  EXPECT_THAT(sockets->address(), MatchesRegex("127.0.0.1:[1-9][0-9]+"));
  EXPECT_THAT(sockets->descriptors(), SizeIs(1));
}

TEST(ListeningSockets, PortIsNotShared) {
  const auto first = ListeningSockets::Open("localhost:0");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(ListeningSockets::Open(first->address()).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(ListeningSockets, KnowsWhereItIsBound) {
  auto sockets = ListeningSockets::Open("127.0.0.1:0");
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  const int port = sockets->bound().port();
  EXPECT_EQ(sockets->address(), absl::StrCat("127.0.0.1:", port));
  sockets->Close();
  EXPECT_EQ(sockets->bound().port(), port);
}

TEST(SocketAddress, EveryAddressIsDialledAtLoopback) {
  for (const char* every : {"0.0.0.0:7", "[::]:7"}) {
    const SocketAddress one =
        DialableAddress(ResolveSocketAddress(every)->front());
    const SocketAddress loopback =
        ResolveSocketAddress(every[0] == '[' ? "[::1]:7" : "127.0.0.1:7")
            ->front();
    EXPECT_EQ(std::memcmp(one.get(), loopback.get(), loopback.length), 0);
  }
}

TEST(ListeningSockets, PortIsFreeAfterClose) {
  auto first = ListeningSockets::Open("127.0.0.1:0");
  ASSERT_TRUE(first.ok()) << first.status();
  first->Close();
  EXPECT_TRUE(ListeningSockets::Open(first->address()).ok());
}

TEST_F(ListeningSocketsFile, AbandonedUnixSocketIsReplaced) {
  const std::string address = Address();
  {
    auto first = ListeningSockets::Open(address);
    ASSERT_TRUE(first.ok()) << first.status();
    // As a killed server leaves it: the file without a listener.
    close(first->descriptors().front());
    EXPECT_TRUE(Exists(address));
    EXPECT_TRUE(ListeningSockets::Open(address).ok());
  }
  EXPECT_FALSE(Exists(address));
}

TEST_F(ListeningSocketsFile, UnixSocketInUseIsLeftAlone) {
  const std::string address = Address();
  const auto first = ListeningSockets::Open(address);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(ListeningSockets::Open(address).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_TRUE(Exists(address));
}

TEST(ListeningSockets, RefusesWhatIsNoAddress) {
  for (const std::string& address :
       {std::string("nonsense"), std::string("unix:"),
        absl::StrCat("unix:/", std::string(200, 'x'))}) {
    EXPECT_EQ(ListeningSockets::Open(address).status().code(),
              absl::StatusCode::kInvalidArgument)
        << address;
  }
  EXPECT_EQ(ListeningSockets::Open("no-such-host.invalid:0").status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(ListeningSockets, AUnixSocketIsItsOwnersUnlessToldOtherwise) {
  const std::string path = absl::StrCat("/tmp/mode.", getpid(), ".sock");
  const auto mode = [&path] {
    struct stat file;
    EXPECT_EQ(stat(path.c_str(), &file), 0);
    return file.st_mode & 0777;
  };
  {
    const auto sockets = ListeningSockets::Open(absl::StrCat("unix:", path));
    ASSERT_TRUE(sockets.ok()) << sockets.status();
    EXPECT_EQ(mode(), 0600u);
  }
  const auto sockets =
      ListeningSockets::Open(absl::StrCat("unix:", path), 0660);
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  EXPECT_EQ(mode(), 0660u);
}

}  // namespace
}  // namespace oms_connector::server
