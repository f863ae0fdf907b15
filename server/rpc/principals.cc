#include "server/rpc/principals.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/connections/connection_rules.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "server/rpc/principals.pb.h"

namespace oms_connector::server {
namespace {

namespace file = principals_file;

constexpr size_t kSha256HexLength = 64;
constexpr absl::string_view kAllConnections = "*";
// The principal of servers without a principals file; in the history it must
// not stand for anybody else.
constexpr absl::string_view kReservedName = "local";

// Keeps the first complaint of the parser, with its place. What stands there in
// place of what was expected may be a token, so it is not repeated.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (!text_.empty()) return;
    text_ = absl::StrCat("line ", line + 1, ", column ", column + 1, ": ",
                         message.substr(0, message.find(", got: ")));
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// What must not occur twice in the file.
struct Seen {
  std::set<std::string> names;
  std::set<std::string> credentials;
};

absl::Status Bad(absl::string_view name, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("principals file: principal \"", name, "\" ", what));
}

absl::StatusOr<std::string> ReadHash(absl::string_view name,
                                     absl::string_view text) {
  std::string hash = absl::AsciiStrToLower(text);
  if (hash.size() != kSha256HexLength ||
      !std::all_of(hash.begin(), hash.end(), absl::ascii_isxdigit)) {
    return Bad(name, "has a token_sha256 that is not 64 hexadecimal digits");
  }
  return hash;
}

absl::StatusOr<Grant> ReadGrant(absl::string_view name,
                                const file::Grant& read) {
  if (read.role() < file::VIEWER || read.role() > file::ADMIN) {
    return Bad(name, "has a grant without a role");
  }
  if (read.connections().empty()) {
    return Bad(name, "has a grant without connections");
  }
  Grant grant;
  grant.role = static_cast<Role>(read.role());
  for (const std::string& id : read.connections()) {
    if (id != kAllConnections && !connections::CheckConnectionId(id).ok()) {
      return Bad(name, absl::StrCat("has a grant on \"", id,
                                    "\", which is no id of a connection"));
    }
    grant.connections.push_back(id);
  }
  return grant;
}

absl::Status CheckName(const Principal& principal, Seen* seen) {
  if (principal.name.empty()) return Bad("", "has no name");
  if (principal.name == kReservedName) {
    return Bad(principal.name, "has a reserved name");
  }
  if (!seen->names.insert(principal.name).second) {
    return Bad(principal.name, "is there twice");
  }
  return absl::OkStatus();
}

absl::Status CheckCredentials(const Principal& principal, Seen* seen) {
  std::vector<std::string> credentials = principal.token_sha256;
  for (const std::string& certificate : principal.client_certificates) {
    if (certificate.empty()) {
      return Bad(principal.name, "has an empty client_certificate");
    }
    credentials.push_back(absl::StrCat("certificate ", certificate));
  }
  if (credentials.empty()) {
    return Bad(principal.name, "needs a token_sha256 or a client_certificate");
  }
  for (std::string& credential : credentials) {
    if (!seen->credentials.insert(std::move(credential)).second) {
      return Bad(principal.name,
                 "has a token_sha256 or client_certificate that stands in the "
                 "file already");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Principal> ReadPrincipal(const file::Principal& read) {
  Principal principal;
  principal.name = read.name();
  for (const std::string& text : read.token_sha256()) {
    OMS_ASSIGN_OR_RETURN(std::string hash, ReadHash(read.name(), text));
    principal.token_sha256.push_back(std::move(hash));
  }
  principal.client_certificates.assign(read.client_certificate().begin(),
                                       read.client_certificate().end());
  for (const file::Grant& grant : read.grants()) {
    OMS_ASSIGN_OR_RETURN(Grant checked, ReadGrant(read.name(), grant));
    principal.grants.push_back(std::move(checked));
  }
  return principal;
}

}  // namespace

bool MayCall(const Principal& principal, Role role,
             absl::string_view connection) {
  const std::optional<Role> has = RoleOn(principal, connection);
  return has.has_value() && *has >= role;
}

std::optional<Role> RoleOn(const Principal& principal,
                           absl::string_view connection) {
  std::optional<Role> highest;
  for (const Grant& grant : principal.grants) {
    if (highest.has_value() && grant.role <= *highest) continue;
    for (const std::string& granted : grant.connections) {
      if (granted == kAllConnections || granted == connection) {
        highest = grant.role;
      }
    }
  }
  return highest;
}

absl::string_view NameOf(Role role) {
  return file::Role_Name(static_cast<file::Role>(role));
}

absl::StatusOr<std::vector<Principal>> ParsePrincipals(absl::string_view text) {
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  file::PrincipalsFile read;
  if (!parser.ParseFromString(std::string(text), &read)) {
    return absl::InvalidArgumentError(
        absl::StrCat("principals file: ", error.text()));
  }
  if (read.principals().empty()) {
    return absl::InvalidArgumentError("principals file: names nobody");
  }
  std::vector<Principal> principals;
  Seen seen;
  for (const file::Principal& one : read.principals()) {
    OMS_ASSIGN_OR_RETURN(Principal principal, ReadPrincipal(one));
    OMS_RETURN_IF_ERROR(CheckName(principal, &seen));
    OMS_RETURN_IF_ERROR(CheckCredentials(principal, &seen));
    principals.push_back(std::move(principal));
  }
  return principals;
}

absl::StatusOr<std::vector<Principal>> LoadPrincipals(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) {
    return absl::NotFoundError(
        absl::StrCat("principals file: cannot read ", path));
  }
  return ParsePrincipals(text.str());
}

}  // namespace oms_connector::server
