#ifndef OMS_CONNECTOR_OMSCTL_SERVER_PROBE_H_
#define OMS_CONNECTOR_OMSCTL_SERVER_PROBE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::omsctl {

// What is found at an address where a call could not be made.
enum class Peer {
  kUnknown,    // the address cannot be looked up, or nothing can be told
  kNobody,     // nothing listens there
  kSilent,     // it takes connections and does not answer
  kPlaintext,  // it speaks HTTP/2 without TLS
  kTls,        // it speaks TLS
  kOther,      // it speaks something else
};

// Connects to HOST:PORT or unix:/path and says hello in HTTP/2 without TLS.
// Takes at most about two seconds.
Peer ProbeServer(const std::string& endpoint);

// What is wrong, and what to do about it, where omsctl could not reach
// `endpoint` with or without TLS; empty where nothing can be told.
std::string DescribePeer(const std::string& endpoint, bool with_tls);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_SERVER_PROBE_H_
