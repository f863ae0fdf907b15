// Who may call and what for: the principals file, read and checked.
#ifndef OMS_CONNECTOR_SERVER_RPC_PRINCIPALS_H_
#define OMS_CONNECTOR_SERVER_RPC_PRINCIPALS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oms_connector::server {

// Each role may do what the one before it may, and more.
enum class Role {
  kViewer = 1,    // Get*, List*, PreviewSettings, ExplainLevel
  kOperator = 2,  // also sync, poll, acknowledge, release, replay, cancel, test
  kAdmin = 3,     // everything
};

struct Grant {
  Role role = Role::kViewer;
  std::vector<std::string> connections;  // ids, or "*"
};

struct Principal {
  std::string name;
  std::vector<std::string> token_sha256;         // lower-case hexadecimal
  std::vector<std::string> client_certificates;  // SAN, SPIFFE id or CN
  std::vector<Grant> grants;
};

// Whether `principal` has `role` or a higher one on the connection of this id,
// which need not exist.
bool MayCall(const Principal& principal, Role role,
             absl::string_view connection);

// The highest role on the connection of this id; nullopt for none.
std::optional<Role> RoleOn(const Principal& principal,
                           absl::string_view connection);
// As the principals file writes it: "OPERATOR".
absl::string_view NameOf(Role role);

// Reads the text of a principals file (server/rpc/principals.proto).
// INVALID_ARGUMENT, for the operator, if it is no such text, or a principal has
// no name, the name of another or the reserved `local`, no way to prove who it
// is, one of another's, a hash that is none, or a grant without role or
// connections. A file without principals is refused: nobody could call.
absl::StatusOr<std::vector<Principal>> ParsePrincipals(absl::string_view text);

// ParsePrincipals of the file `path`; NOT_FOUND if it cannot be read.
absl::StatusOr<std::vector<Principal>> LoadPrincipals(const std::string& path);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_PRINCIPALS_H_
