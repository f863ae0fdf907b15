#include "server/rpc/authenticator.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "grpc/grpc_security_constants.h"
#include "model/errors.h"

namespace oms_connector::server {
namespace {

constexpr absl::string_view kBearer = "bearer ";

Principal Local() {
  Principal principal;
  principal.name = "local";
  principal.grants = {{Role::kAdmin, {"*"}}};
  return principal;
}

// The token of `Bearer <token>`.
absl::StatusOr<absl::string_view> BearerToken(absl::string_view header) {
  if (!absl::StartsWithIgnoreCase(absl::StrCat(header, " "), kBearer)) {
    return model::Unauthenticated(
        "The authorization header does not begin with `Bearer `. Send "
        "`authorization: Bearer <token>`.");
  }
  const absl::string_view token = absl::StripAsciiWhitespace(
      header.substr(std::min(header.size(), kBearer.size())));
  if (!token.empty()) return token;
  return model::Unauthenticated(
      "There is no token behind `Bearer` in the authorization header. Send "
      "`authorization: Bearer <token>`.");
}

absl::Status NoToken(const Credentials& credentials) {
  return model::Unauthenticated(
      credentials.certificate_names.empty()
          ? "No credentials came with this call. Send `authorization: Bearer "
            "<token>` or a known client certificate."
          : "No principal has a name of this client certificate. Send "
            "`authorization: Bearer <token>`, or have the name put into the "
            "server's principals file.");
}

// Compares with every hash there is, whichever matches.
template <typename Principals>
auto FindByToken(const Principals& principals, absl::string_view token) {
  const std::string hash = base::Sha256Hex(token);
  typename Principals::value_type found;
  for (const auto& principal : principals) {
    for (const std::string& known : principal->token_sha256) {
      if (base::ConstantTimeEquals(known, hash)) found = principal;
    }
  }
  return found;
}

// The principal of the first name in the file; certificates are public, so
// these may be compared plainly.
template <typename Principals>
auto FindByCertificate(const Principals& principals,
                       const std::vector<std::string>& names) {
  for (const auto& principal : principals) {
    for (const std::string& known : principal->client_certificates) {
      if (std::find(names.begin(), names.end(), known) != names.end()) {
        return principal;
      }
    }
  }
  return typename Principals::value_type();
}

}  // namespace

Credentials CredentialsOf(const grpc::ServerContextBase& context) {
  Credentials credentials;
  const auto headers = context.client_metadata().equal_range("authorization");
  for (auto header = headers.first; header != headers.second; ++header) {
    credentials.authorization.emplace_back(header->second.data(),
                                           header->second.size());
  }
  const auto peer = context.auth_context();
  if (peer != nullptr) {
    credentials.certificate_names = CertificateNamesOf(*peer);
  }
  return credentials;
}

std::vector<std::string> CertificateNamesOf(const grpc::AuthContext& peer) {
  std::vector<std::string> names;
  if (!peer.IsPeerAuthenticated()) return names;
  const auto add = [&](const char* property) {
    for (const grpc::string_ref& name : peer.FindPropertyValues(property)) {
      names.emplace_back(name.data(), name.size());
    }
  };
  add(GRPC_X509_SAN_PROPERTY_NAME);
  add(GRPC_PEER_SPIFFE_ID_PROPERTY_NAME);
  if (names.empty()) add(GRPC_X509_CN_PROPERTY_NAME);
  return names;
}

Authenticator::Authenticator() : open_(true) {
  principals_ = std::make_shared<const Principals>(
      Principals{std::make_shared<const Principal>(Local())});
}

Authenticator::Authenticator(std::vector<Principal> principals) : open_(false) {
  Replace(std::move(principals));
}

void Authenticator::Replace(std::vector<Principal> principals) {
  Principals shared;
  for (Principal& principal : principals) {
    shared.push_back(std::make_shared<const Principal>(std::move(principal)));
  }
  auto replacement = std::make_shared<const Principals>(std::move(shared));
  absl::MutexLock lock(&mutex_);
  open_ = false;
  principals_ = std::move(replacement);
}

absl::StatusOr<std::shared_ptr<const Principal>> Authenticator::Authenticate(
    const Credentials& credentials) const {
  std::shared_ptr<const Principals> principals;
  {
    absl::MutexLock lock(&mutex_);
    if (open_) return principals_->front();
    principals = principals_;
  }
  if (credentials.authorization.empty()) {
    auto found = FindByCertificate(*principals, credentials.certificate_names);
    if (found == nullptr) return NoToken(credentials);
    return found;
  }
  if (credentials.authorization.size() > 1) {
    return model::Unauthenticated(
        absl::StrCat("There are ", credentials.authorization.size(),
                     " authorization headers; send one."));
  }
  OMS_ASSIGN_OR_RETURN(const absl::string_view token,
                       BearerToken(credentials.authorization[0]));
  auto found = FindByToken(*principals, token);
  if (found != nullptr) return found;
  return model::Unauthenticated(
      "No principal has this bearer token. It may be cut short, of another "
      "server, or taken out of this one's principals file.");
}

size_t Authenticator::principal_count() const {
  absl::MutexLock lock(&mutex_);
  return principals_->size();
}

absl::Status Authorize(const Principal& principal, Role role,
                       absl::string_view connection) {
  if (MayCall(principal, role, connection)) return absl::OkStatus();
  const std::optional<Role> has = RoleOn(principal, connection);
  return model::PermissionDenied(principal.name,
                                 has.has_value() ? NameOf(*has) : "",
                                 NameOf(role), connection);
}

}  // namespace oms_connector::server
