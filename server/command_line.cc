#include "server/command_line.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace oms_connector::server {
namespace {

constexpr char kFlagFile[] = "flagfile";

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
  return absl::StrCat("OMS_CONNECTOR_", absl::AsciiStrToUpper(flag));
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

}  // namespace oms_connector::server
