#ifndef OMS_CONNECTOR_OMSCTL_TOKEN_SOURCE_H_
#define OMS_CONNECTOR_OMSCTL_TOKEN_SOURCE_H_

// Where secrets come from. Never from an argument: those are seen by everybody
// on the machine and kept in the shell's history.

#include <iosfwd>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/secret_string.h"

namespace oms_connector::omsctl {

struct TokenSource {
  std::string file;         // path
  std::string environment;  // name of a variable
  bool from_input = false;  // standard input
};

// The token without the line end behind it; nullopt where no source is given.
// A usage error for several sources, for one that cannot be read, and for a
// token that is empty, longer than 64 KiB or of several lines. The errors never
// show what was read.
absl::StatusOr<std::optional<base::SecretString>> ReadToken(
    const TokenSource& source, std::istream& input);

// The whole of a text file of at most 1 MiB. A usage error where it cannot be
// read.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_TOKEN_SOURCE_H_
