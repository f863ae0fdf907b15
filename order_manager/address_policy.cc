#include "order_manager/address_policy.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace oms_connector::order_manager {
namespace {

constexpr uint32_t V4(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

struct V4Block {
  uint32_t address;
  int bits;
};

constexpr V4Block kReservedV4[] = {
    {V4(0, 0, 0, 0), 8},        // this network
    {V4(10, 0, 0, 0), 8},       // private
    {V4(100, 64, 0, 0), 10},    // shared between a carrier and its customers
    {V4(169, 254, 0, 0), 16},   // link-local; cloud metadata
    {V4(172, 16, 0, 0), 12},    // private
    {V4(192, 0, 0, 0), 24},     // protocol assignments
    {V4(192, 0, 2, 0), 24},     // documentation
    {V4(192, 88, 99, 0), 24},   // 6to4 relays, deprecated
    {V4(192, 168, 0, 0), 16},   // private
    {V4(198, 18, 0, 0), 15},    // benchmarks
    {V4(198, 51, 100, 0), 24},  // documentation
    {V4(203, 0, 113, 0), 24},   // documentation
    {V4(224, 0, 0, 0), 4},      // multicast
    {V4(240, 0, 0, 0), 4},      // reserved, and broadcast
};
constexpr V4Block kLoopbackV4 = {V4(127, 0, 0, 0), 8};

bool IsIn(uint32_t address, const V4Block& block) {
  return (address ^ block.address) >> (32 - block.bits) == 0;
}

AddressKind ClassifyV4(uint32_t address) {
  if (IsIn(address, kLoopbackV4)) return AddressKind::kLoopback;
  const bool reserved =
      std::any_of(std::begin(kReservedV4), std::end(kReservedV4),
                  [address](const V4Block& b) { return IsIn(address, b); });
  return reserved ? AddressKind::kReserved : AddressKind::kPublic;
}

using V6 = std::array<uint8_t, 16>;

struct V6Block {
  V6 address;
  int bits;
};

// Everything outside of 2000::/3, today's global unicast, and these within it.
constexpr V6Block kGlobalV6 = {{0x20}, 3};
constexpr V6Block kReservedV6[] = {
    {{0x20, 0x01, 0x00, 0x00}, 23},  // protocol assignments, Teredo
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff, 0x00}, 20},        // documentation
};
constexpr V6Block kNat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};
constexpr V6Block kMapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96};
constexpr V6Block kSixToFour = {{0x20, 0x02}, 16};
constexpr V6 kLoopbackV6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

bool IsIn(const V6& address, const V6Block& block) {
  for (int bit = 0; bit < block.bits; ++bit) {
    const uint8_t mask = 0x80 >> (bit % 8);
    if ((address[bit / 8] & mask) != (block.address[bit / 8] & mask)) {
      return false;
    }
  }
  return true;
}

// The kind of the IPv4 address that stands at `offset`.
AddressKind ClassifyEmbedded(const V6& address, size_t offset) {
  const uint32_t v4 = V4(address[offset], address[offset + 1],
                         address[offset + 2], address[offset + 3]);
  return ClassifyV4(v4) == AddressKind::kPublic ? AddressKind::kPublic
                                                : AddressKind::kReserved;
}

AddressKind ClassifyV6(const V6& address) {
  if (address == kLoopbackV6) return AddressKind::kLoopback;
  if (IsIn(address, kMapped) || IsIn(address, kNat64)) {
    return ClassifyEmbedded(address, 12);
  }
  if (IsIn(address, kSixToFour)) return ClassifyEmbedded(address, 2);
  const bool reserved =
      std::any_of(std::begin(kReservedV6), std::end(kReservedV6),
                  [&address](const V6Block& b) { return IsIn(address, b); });
  return IsIn(address, kGlobalV6) && !reserved ? AddressKind::kPublic
                                               : AddressKind::kReserved;
}

}  // namespace

AddressKind ClassifyAddress(const sockaddr* address, socklen_t size) {
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in v4;
    std::memcpy(&v4, address, sizeof(v4));
    return ClassifyV4(ntohl(v4.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 v6;
    std::memcpy(&v6, address, sizeof(v6));
    V6 bytes;
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return ClassifyV6(bytes);
  }
  return AddressKind::kReserved;
}

}  // namespace oms_connector::order_manager
