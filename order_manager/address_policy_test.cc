#include "order_manager/address_policy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <string>

#include "gtest/gtest.h"

namespace oms_connector::order_manager {
namespace {

AddressKind Classify(const std::string& text) {
  sockaddr_in v4 = {};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
    return ClassifyAddress(reinterpret_cast<sockaddr*>(&v4), sizeof(v4));
  }
  sockaddr_in6 v6 = {};
  v6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr), 1) << text;
  return ClassifyAddress(reinterpret_cast<sockaddr*>(&v6), sizeof(v6));
}

TEST(AddressPolicy, KnowsPublicAddresses) {
  for (const std::string address : {"1.1.1.1",
                                    "8.8.8.8",
                                    "9.255.255.255",
                                    "11.0.0.0",
                                    "100.63.255.255",
                                    "100.128.0.0",
                                    "126.255.255.255",
                                    "128.0.0.0",
                                    "169.253.255.255",
                                    "169.255.0.0",
                                    "172.15.255.255",
                                    "172.32.0.0",
                                    "192.167.255.255",
                                    "192.169.0.0",
                                    "198.17.255.255",
                                    "198.20.0.0",
                                    "223.255.255.255",
                                    "2606:4700::1111",
                                    "2a00:1450:4001::200e",
                                    "2001:4860:4860::8888",
                                    "::ffff:8.8.8.8",
                                    "64:ff9b::8.8.8.8",
                                    "2002:808:808::1"}) {
    EXPECT_EQ(Classify(address), AddressKind::kPublic) << address;
  }
}

TEST(AddressPolicy, KnowsLoopback) {
  for (const std::string address : {"127.0.0.1", "127.255.255.255", "::1"}) {
    EXPECT_EQ(Classify(address), AddressKind::kLoopback) << address;
  }
}

TEST(AddressPolicy, KnowsAddressesThatNobodyShouldBeAt) {
  for (const std::string address : {
           "0.0.0.0",
           "0.1.2.3",
           "10.0.0.1",
           "10.255.255.255",
           "100.64.0.0",
           "100.100.100.200",
           "100.127.255.255",
           "169.254.169.254",
           "172.16.0.0",
           "172.31.255.255",
           "192.0.0.8",
           "192.0.2.1",
           "192.168.0.1",
           "198.18.0.1",
           "198.19.255.255",
           "198.51.100.7",
           "203.0.113.7",
           "224.0.0.1",
           "239.255.255.255",
           "240.0.0.1",
           "255.255.255.255",
           "::",
           "::2",
           "::7f00:1",          // IPv4-compatible
           "::ffff:127.0.0.1",  // mapped: loopback by the back door
           "::ffff:10.0.0.1",
           "::ffff:169.254.169.254",
           "64:ff9b::10.0.0.1",
           "64:ff9b::127.0.0.1",
           "64:ff9b:1::1",  // local NAT64
           "100::1",
           "2001::1",  // Teredo
           "2001:db8::1",
           "2002:a00:1::1",  // 6to4 of 10.0.0.1
           "2002:7f00:1::1",
           "3fff::1",
           "4000::1",
           "fc00::1",
           "fd00:ec2::254",
           "fe80::1",
           "fec0::1",
           "ff02::1",
       }) {
    EXPECT_EQ(Classify(address), AddressKind::kReserved) << address;
  }
}

TEST(AddressPolicy, TrustsNoOtherFamilyAndNoShortAddress) {
  sockaddr_un unix_socket = {};
  unix_socket.sun_family = AF_UNIX;
  EXPECT_EQ(ClassifyAddress(reinterpret_cast<sockaddr*>(&unix_socket),
                            sizeof(unix_socket)),
            AddressKind::kReserved);
  sockaddr_in v4 = {};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(0x08080808);
  EXPECT_EQ(ClassifyAddress(reinterpret_cast<sockaddr*>(&v4), sizeof(v4) - 1),
            AddressKind::kReserved);
}

}  // namespace
}  // namespace oms_connector::order_manager
