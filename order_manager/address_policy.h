// Which network addresses an Order Manager may be reached at. Asked after a
// host name is resolved and before the connection is made, so that a name that
// is allowed cannot lead into the private network, not even when it resolves
// to something else the second time.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_ADDRESS_POLICY_H_
#define OMS_CONNECTOR_ORDER_MANAGER_ADDRESS_POLICY_H_

#include <sys/socket.h>

namespace oms_connector::order_manager {

enum class AddressKind {
  kPublic,    // anywhere in the Internet
  kLoopback,  // 127.0.0.0/8, ::1
  // Private, link-local, shared (RFC 6598), multicast, reserved, unspecified,
  // for documentation only, or of a family that is no IP. An IPv6 address that
  // embeds an IPv4 one (mapped, NAT64, 6to4) is as that one is, except that it
  // is never loopback.
  kReserved,
};

// `size` is the size of `address` in bytes; one that is too small for its
// family is kReserved. Source: IANA's special-purpose address registries.
AddressKind ClassifyAddress(const sockaddr* address, socklen_t size);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_ADDRESS_POLICY_H_
