// The certificate, key and authorities that a TLS listener works with: read
// from files, and checked before anything relies on them. With
// new_certificate.h the only place that knows OpenSSL.
//
//   OMS_ASSIGN_OR_RETURN(TlsMaterial material, ReadTlsFiles(files));
//   OMS_ASSIGN_OR_RETURN(absl::Time expiry,
//                        CheckTlsMaterial(material, clock->Now()));
#ifndef OMS_CONNECTOR_SERVER_LISTEN_TLS_MATERIAL_H_
#define OMS_CONNECTOR_SERVER_LISTEN_TLS_MATERIAL_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/secret_string.h"

namespace oms_connector::server {

// Paths of PEM files.
struct TlsFiles {
  std::string certificate;  // the server's own first, then who vouches for it
  std::string key;          // without a passphrase
  std::string client_ca;    // who vouches for callers; empty = TLS, not mutual
};

// What the files hold.
struct TlsMaterial {
  std::string certificate_chain;
  base::SecretString key;
  std::string client_ca;

  friend bool operator==(const TlsMaterial& a, const TlsMaterial& b) {
    return a.certificate_chain == b.certificate_chain && a.key == b.key &&
           a.client_ca == b.client_ca;
  }
};

// FAILED_PRECONDITION, naming the file, when one cannot be read.
absl::StatusOr<TlsMaterial> ReadTlsFiles(const TlsFiles& files);

// When the server's certificate expires, or FAILED_PRECONDITION when a
// handshake with this set must fail at `now`: something is no PEM, the key is
// not the certificate's or too weak, the certificate is not valid yet or any
// more, or no authority is. The message says which, and holds no secret.
absl::StatusOr<absl::Time> CheckTlsMaterial(const TlsMaterial& material,
                                            absl::Time now);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LISTEN_TLS_MATERIAL_H_
