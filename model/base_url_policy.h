// Which addresses a connection may name as its Order Manager. Checked when a
// connection is created or changed, and again before each request, so that a
// stricter policy also holds for connections that exist.
//
//   BaseUrlPolicy policy;
//   policy.hosts = *ParseHostList("*.skubana.com,*.extensiv.com");
//   CheckBaseUrl("https://API.skubana.com/", policy, field)->url
//       == "https://api.skubana.com"
//
// What a name resolves to is checked where the connection is made
// (order_manager/address_policy.h): this file knows text alone. Pure.
#ifndef OMS_CONNECTOR_MODEL_BASE_URL_POLICY_H_
#define OMS_CONNECTOR_MODEL_BASE_URL_POLICY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oms_connector::model {

struct BaseUrlPolicy {
  // Lower-case names. "api.example.com" is that host alone, "*.example.com"
  // its sub-domains of any depth, but not example.com itself.
  std::vector<std::string> hosts;
  // Also http://127.0.0.1:PORT and http://localhost:PORT: tests, the demo.
  bool allow_loopback = false;
};

struct CheckedBaseUrl {
  // Scheme and host in lower case, without the port where it is 443, without
  // a slash at the end.
  std::string url;
  bool loopback = false;  // one of the two plain loopback spellings
};

// Reads a comma-separated list of hosts, white space around them ignored.
// INVALID_ARGUMENT, saying which entry, where one is no host name; "*" alone
// is none.
absl::StatusOr<std::vector<std::string>> ParseHostList(absl::string_view text);

// Takes https://HOST and https://HOST:PORT with a host of the policy, and,
// where the policy allows it, the two loopback spellings. One slash at the end
// is ignored. Whatever two readers of a URL could understand differently (user
// info, back-slashes, percent signs, white space, letters beyond ASCII, numeric
// hosts, a dot at the end) is refused.
// INVALID_ARGUMENT naming `field` otherwise.
absl::StatusOr<CheckedBaseUrl> CheckBaseUrl(absl::string_view base_url,
                                            const BaseUrlPolicy& policy,
                                            absl::string_view field);

// Takes "" and paths such as "/service" or "/a/b": segments of letters, digits
// and -._~, none of them "." or "..", no slash at the end.
// INVALID_ARGUMENT naming `field` otherwise.
absl::Status CheckPathPrefix(absl::string_view path_prefix,
                             absl::string_view field);

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_BASE_URL_POLICY_H_
