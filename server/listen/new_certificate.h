// Makes the first certificate of a server, so that it can speak TLS before
// anybody's authority has signed one.
//
//   OMS_ASSIGN_OR_RETURN(
//       const NewCertificate made,
//       MakeCertificate({"oms.internal", "127.0.0.1"}, now, absl::Hours(24)));
#ifndef OMS_CONNECTOR_SERVER_LISTEN_NEW_CERTIFICATE_H_
#define OMS_CONNECTOR_SERVER_LISTEN_NEW_CERTIFICATE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/secret_string.h"

namespace oms_connector::server {

// PEM texts of one new key (P-256).
struct NewCertificate {
  std::string certificate;  // signed by its own key: callers are given a copy
  std::string request;      // for an authority to sign in its stead
  base::SecretString key;
};

// A certificate for the names and IP addresses `hosts`, the first of which is
// its common name. INVALID_ARGUMENT for a host that fits into no certificate,
// INTERNAL when OpenSSL fails.
absl::StatusOr<NewCertificate> MakeCertificate(
    const std::vector<std::string>& hosts, absl::Time from,
    absl::Duration valid_for);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_NEW_CERTIFICATE_H_
