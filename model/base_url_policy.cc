#include "model/base_url_policy.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "model/errors.h"

namespace oms_connector::model {
namespace {

// RFC 1035, in the textual form.
constexpr size_t kMaxHostSize = 253;
constexpr size_t kMaxLabelSize = 63;
// Far more than any prefix that has been seen; keeps request lines short.
constexpr size_t kMaxPathPrefixSize = 200;

constexpr absl::string_view kLoopbackHosts[] = {"127.0.0.1", "localhost"};

bool IsLabel(absl::string_view label) {
  return !label.empty() && label.size() <= kMaxLabelSize &&
         label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-';
         });
}

// A host name as it stands in DNS. A last label that begins with a digit is
// refused: every numeric form of an address (127.1, 0x7f.1, 2130706433) has
// one, and no top-level domain.
bool IsHostName(absl::string_view host) {
  if (host.size() > kMaxHostSize) return false;
  const std::vector<absl::string_view> labels = absl::StrSplit(host, '.');
  return std::all_of(labels.begin(), labels.end(), IsLabel) &&
         !absl::ascii_isdigit(static_cast<unsigned char>(labels.back()[0]));
}

// 1 to 65535 in the one plain spelling.
bool IsPort(absl::string_view port) {
  int32_t number = 0;
  return absl::SimpleAtoi(port, &number) && number >= 1 && number <= 65535 &&
         absl::StrCat(number) == port;
}

bool IsAllowedHost(absl::string_view host, const BaseUrlPolicy& policy) {
  return std::any_of(policy.hosts.begin(), policy.hosts.end(),
                     [host](absl::string_view entry) {
                       if (!absl::ConsumePrefix(&entry, "*")) {
                         return host == entry;
                       }
                       return host.size() > entry.size() &&
                              absl::EndsWith(host, entry);
                     });
}

// The characters that a base URL can do with. Any other begins a part that it
// must not have, or is a way to hide one.
bool IsPlain(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == ':' ||
           c == '/';
  });
}

// HOST or HOST:PORT.
struct Authority {
  std::string host;
  std::string port;  // empty = none given
};

absl::StatusOr<Authority> ReadAuthority(absl::string_view text,
                                        absl::string_view field) {
  absl::ConsumeSuffix(&text, "/");
  if (absl::StrContains(text, '/')) {
    return InvalidField(field, "must not have a path; use path_prefix");
  }
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos) return Authority{std::string(text), ""};
  const absl::string_view port = text.substr(colon + 1);
  if (!IsPort(port)) {
    return InvalidField(field, "has a port that is no number of 1 to 65535");
  }
  return Authority{std::string(text.substr(0, colon)), std::string(port)};
}

absl::StatusOr<CheckedBaseUrl> CheckLoopback(const Authority& authority,
                                             absl::string_view field) {
  // In these spellings only, in lower case: whoever compares text later must
  // not meet a third one.
  if (std::find(std::begin(kLoopbackHosts), std::end(kLoopbackHosts),
                authority.host) == std::end(kLoopbackHosts) ||
      authority.port.empty()) {
    return InvalidField(field,
                        "must begin with https://, or be http://127.0.0.1:PORT "
                        "or http://localhost:PORT");
  }
  return CheckedBaseUrl{
      absl::StrCat("http://", authority.host, ":", authority.port), true};
}

absl::StatusOr<CheckedBaseUrl> CheckHttps(const Authority& authority,
                                          const BaseUrlPolicy& policy,
                                          absl::string_view field) {
  const std::string host = absl::AsciiStrToLower(authority.host);
  if (!IsHostName(host)) return InvalidField(field, "names no host");
  if (!IsAllowedHost(host, policy)) {
    return InvalidField(
        field,
        "names a host that this server does not allow; ask whoever runs it to "
        "add the host to --order_manager_hosts");
  }
  const bool default_port = authority.port.empty() || authority.port == "443";
  return CheckedBaseUrl{absl::StrCat("https://", host, default_port ? "" : ":",
                                     default_port ? "" : authority.port),
                        false};
}

bool IsPathSegment(absl::string_view segment) {
  return !segment.empty() && segment != "." && segment != ".." &&
         std::all_of(segment.begin(), segment.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' ||
                  c == '~';
         });
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParseHostList(absl::string_view text) {
  std::vector<std::string> hosts;
  for (absl::string_view entry :
       absl::StrSplit(text, ',', absl::SkipWhitespace())) {
    entry = absl::StripAsciiWhitespace(entry);
    absl::string_view host = entry;
    absl::ConsumePrefix(&host, "*.");
    if (!IsHostName(host)) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", absl::Utf8SafeCEscape(entry),
                       "\" is no host; write names such as api.example.com or "
                       "*.example.com"));
    }
    hosts.push_back(absl::AsciiStrToLower(entry));
  }
  return hosts;
}

absl::StatusOr<CheckedBaseUrl> CheckBaseUrl(absl::string_view base_url,
                                            const BaseUrlPolicy& policy,
                                            absl::string_view field) {
  // What was refused is not repeated: a password may stand in it.
  if (base_url.empty()) return InvalidField(field, "is required");
  if (!IsPlain(base_url)) {
    return InvalidField(field,
                        "must be https://HOST or https://HOST:PORT, without "
                        "user info, query, fragment or unusual characters");
  }
  const size_t end_of_scheme = base_url.find("://");
  if (end_of_scheme == absl::string_view::npos) {
    return InvalidField(field, "must begin with https://");
  }
  const absl::string_view scheme = base_url.substr(0, end_of_scheme);
  const auto authority =
      ReadAuthority(base_url.substr(end_of_scheme + 3), field);
  if (!authority.ok()) return authority.status();
  if (absl::EqualsIgnoreCase(scheme, "https")) {
    return CheckHttps(*authority, policy, field);
  }
  if (scheme == "http" && policy.allow_loopback) {
    return CheckLoopback(*authority, field);
  }
  return InvalidField(field, "must begin with https://");
}

absl::Status CheckPathPrefix(absl::string_view path_prefix,
                             absl::string_view field) {
  if (path_prefix.empty()) return absl::OkStatus();
  if (path_prefix.size() > kMaxPathPrefixSize) {
    return InvalidField(
        field, absl::StrCat("is longer than ", kMaxPathPrefixSize, " bytes"));
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(path_prefix, '/');
  if (parts.size() < 2 || !parts.front().empty() ||
      !std::all_of(parts.begin() + 1, parts.end(), IsPathSegment)) {
    return InvalidField(field,
                        "must be empty or a plain path such as /service, "
                        "without a slash at its end");
  }
  return absl::OkStatus();
}

}  // namespace oms_connector::model
