#include "server/listen/host_port.h"

#include <gtest/gtest.h>

namespace oms_connector::server {
namespace {

TEST(ParseHostPort, ReadsAndWritesTheSameForm) {
  for (const char* text : {"127.0.0.1:50051", "localhost:0", "[::1]:9464",
                           "0.0.0.0:65535", "[fe80::1]:1"}) {
    const auto address = ParseHostPort(text);
    ASSERT_TRUE(address.ok()) << text;
    EXPECT_EQ(FormatHostPort(*address), text);
  }
}

TEST(ParseHostPort, RefusesWhatIsNoAddress) {
  for (const char* text : {"", "localhost", ":80", "a:b", "h:70000", "h:-1",
                           "::1:80", "[::1]", "h:"}) {
    EXPECT_FALSE(ParseHostPort(text).ok()) << text;
  }
}

TEST(IsLoopbackHost, KnowsThisMachine) {
  for (const char* host : {"127.0.0.1", "127.8.9.1", "::1", "localhost"}) {
    EXPECT_TRUE(IsLoopbackHost(host)) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "localhost.evil.org",
                           "128.0.0.1", "127.1", ""}) {
    EXPECT_FALSE(IsLoopbackHost(host)) << host;
  }
}

}  // namespace
}  // namespace oms_connector::server
