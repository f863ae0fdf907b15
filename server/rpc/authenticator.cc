#include "server/rpc/authenticator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/digest.h"
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

// The token of `Bearer <token>`; empty for anything else.
absl::string_view BearerToken(absl::string_view header) {
  if (!absl::StartsWithIgnoreCase(header, kBearer)) return "";
  return absl::StripAsciiWhitespace(header.substr(kBearer.size()));
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
  std::shared_ptr<const Principal> found;
  if (credentials.authorization.empty()) {
    found = FindByCertificate(*principals, credentials.certificate_names);
  } else if (credentials.authorization.size() == 1) {
    const absl::string_view token = BearerToken(credentials.authorization[0]);
    if (!token.empty()) found = FindByToken(*principals, token);
  }
  if (found == nullptr) return model::Unauthenticated();
  return found;
}

size_t Authenticator::principal_count() const {
  absl::MutexLock lock(&mutex_);
  return principals_->size();
}

absl::Status Authorize(const Principal& principal, Role role,
                       absl::string_view connection) {
  if (MayCall(principal, role, connection)) return absl::OkStatus();
  return model::PermissionDenied();
}

}  // namespace oms_connector::server
