// Tells who calls, and whether that one may.
//
//   OMS_ASSIGN_OR_RETURN(auto principal,
//                        authenticator.Authenticate(CredentialsOf(context)));
//   OMS_RETURN_IF_ERROR(Authorize(*principal, Role::kOperator, "acme"));
#ifndef OMS_CONNECTOR_SERVER_RPC_AUTHENTICATOR_H_
#define OMS_CONNECTOR_SERVER_RPC_AUTHENTICATOR_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/server_context.h"
#include "server/rpc/principals.h"

namespace oms_connector::server {

// What a call brings along to prove who it is.
struct Credentials {
  // Each such header's text, in the call's own memory: a token is not copied.
  std::vector<absl::string_view> authorization;
  // The names in a client certificate that the transport has verified.
  std::vector<std::string> certificate_names;
};

// Valid as long as `context`.
Credentials CredentialsOf(const grpc::ServerContextBase& context);

// Its subject alternative names; only where it has none, the common name, which
// may hold any text (RFC 6125, 6.4.4). Empty for a peer without a certificate.
std::vector<std::string> CertificateNamesOf(const grpc::AuthContext& peer);

// Thread-safe; the principals may change under running calls, which keep the
// principal they began with.
class Authenticator {
 public:
  // No principals file: whoever reaches the server is `local` and may do
  // everything. Main sees to it that only this machine reaches it.
  Authenticator();

  explicit Authenticator(std::vector<Principal> principals);

  // Takes these principals from now on.
  void Replace(std::vector<Principal> principals);

  // UNAUTHENTICATED, in words of its own for each way to get it wrong. A
  // call that shows a bearer token goes by the token alone, known or not. The
  // time it takes does not tell how much of a token was right.
  absl::StatusOr<std::shared_ptr<const Principal>> Authenticate(
      const Credentials& credentials) const;

  // The number of principals there are; 1 without a principals file.
  size_t principal_count() const;

 private:
  using Principals = std::vector<std::shared_ptr<const Principal>>;

  mutable absl::Mutex mutex_;
  bool open_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Principals> principals_ ABSL_GUARDED_BY(mutex_);
};

// PERMISSION_DENIED, unless `principal` has `role` on the connection; it says
// who that is and what it may, in the same words whether or not there is one.
absl::Status Authorize(const Principal& principal, Role role,
                       absl::string_view connection);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_AUTHENTICATOR_H_
