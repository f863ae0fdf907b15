#include "server/command_line.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace oms_connector::server {
namespace {

constexpr char kFlagFile[] = "flagfile";
constexpr char kPrefix[] = "OMS_CONNECTOR_";

// Whether the argument at `i` names a flag file, and with how many arguments:
// "--flagfile=F" is one, "--flagfile F" two; 0 when it does not.
size_t FlagFileArguments(absl::Span<const std::string> arguments, size_t i) {
  absl::string_view argument = arguments[i];
  if (!absl::ConsumePrefix(&argument, "--") &&
      !absl::ConsumePrefix(&argument, "-")) {
    return 0;
  }
  if (absl::StartsWith(argument, absl::StrCat(kFlagFile, "="))) return 1;
  if (argument == kFlagFile && i + 1 < arguments.size()) return 2;
  return 0;
}

}  // namespace

std::string EnvironmentNameOf(absl::string_view flag) {
  return absl::StrCat(kPrefix, absl::AsciiStrToUpper(flag));
}

std::vector<std::string> OrderArguments(
    absl::Span<const std::string> arguments,
    absl::Span<const std::string> flags,
    const std::function<std::optional<std::string>(const std::string&)>&
        environment) {
  std::vector<std::string> files;
  std::vector<std::string> rest;
  for (size_t i = 1; i < arguments.size();) {
    const size_t taken = FlagFileArguments(arguments, i);
    std::vector<std::string>& target = taken > 0 ? files : rest;
    const size_t end = i + (taken > 0 ? taken : 1);
    target.insert(target.end(), arguments.begin() + i, arguments.begin() + end);
    i = end;
  }
  const std::optional<std::string> file =
      environment(EnvironmentNameOf(kFlagFile));
  if (files.empty() && file.has_value()) {
    files.push_back(absl::StrCat("--", kFlagFile, "=", *file));
  }
  std::vector<std::string> ordered = {
      arguments.empty() ? std::string("oms_connector_server") : arguments[0]};
  ordered.insert(ordered.end(), files.begin(), files.end());
  for (const std::string& flag : flags) {
    const std::optional<std::string> value =
        environment(EnvironmentNameOf(flag));
    if (value.has_value()) {
      ordered.push_back(absl::StrCat("--", flag, "=", *value));
    }
  }
  ordered.insert(ordered.end(), rest.begin(), rest.end());
  return ordered;
}

std::vector<std::string> UnknownVariables(
    absl::Span<const std::string> environment,
    absl::Span<const std::string> flags) {
  std::set<std::string> known = {EnvironmentNameOf(kFlagFile)};
  for (const std::string& flag : flags) known.insert(EnvironmentNameOf(flag));
  std::vector<std::string> unknown;
  for (const std::string& variable : environment) {
    std::string name = variable.substr(0, variable.find('='));
    if (absl::StartsWith(name, kPrefix) && known.count(name) == 0) {
      unknown.push_back(std::move(name));
    }
  }
  return unknown;
}

absl::StatusOr<mode_t> ParseFileMode(absl::string_view flag,
                                     absl::string_view text) {
  constexpr mode_t kReadAndWrite = 0666;
  const bool octal = text.size() == 4 && text[0] == '0' &&
                     text.find_first_not_of("01234567") == text.npos;
  mode_t mode = 0;
  for (const char digit : text)
    mode = mode * 8 + static_cast<mode_t>(digit - '0');
  if (!octal || (mode & ~kReadAndWrite) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        flag, " must be an octal mode such as 0600 or 0660, not ", text));
  }
  return mode;
}

std::string HelpText(absl::Span<const FlagText> flags) {
  std::string text =
      "oms_connector_server: serves stock levels and shipping confirmations "
      "of Order Managers over gRPC\n\n"
      "Each flag may also stand in the environment as OMS_CONNECTOR_<FLAG>, or "
      "in a file\nnamed by --flagfile. A flag wins over the environment, the "
      "environment over the\nfile.\n\n";
  for (const FlagText& flag : flags) {
    absl::StrAppend(&text, "  --", flag.name, flag.shows_default ? "=" : "");
    if (flag.shows_default) {
      absl::StrAppend(&text,
                      flag.default_value.empty() ? "\"\"" : flag.default_value);
    }
    absl::StrAppend(&text, "\n      ", flag.help, "\n");
  }
  absl::StrAppend(&text,
                  "  --flagfile=\"\"\n      files with flags, one a line, "
                  "comma-separated\n"
                  "  --help\n      this text\n"
                  "  --version\n      name, version and what it is built "
                  "with\n");
  return text;
}

std::string WithoutPassword(absl::string_view url) {
  std::string shown(url);
  // Up to the last '@': a password with a '/' or '@' of its own is a slip, but
  // no less a secret.
  const size_t scheme = shown.find("//");
  const size_t at = shown.rfind('@');
  if (scheme != std::string::npos && at != std::string::npos) {
    const size_t colon = shown.find(':', scheme);
    if (colon < at) shown.replace(colon + 1, at - colon - 1, "***");
  }
  // libpq takes it as a parameter, too. Without a URL around it, where it ends
  // is a matter of quotes.
  constexpr absl::string_view kParameter = "password=";
  for (size_t found = 0;
       (found = shown.find(kParameter.data(), found)) != std::string::npos;) {
    found += kParameter.size();
    const size_t end = scheme == std::string::npos ? std::string::npos
                                                   : shown.find('&', found);
    shown.replace(found, std::min(end, shown.size()) - found, "***");
  }
  return shown;
}

}  // namespace oms_connector::server
