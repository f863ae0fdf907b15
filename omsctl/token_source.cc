#include "omsctl/token_source.h"

#include <cstdlib>
#include <fstream>
#include <istream>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "omsctl/usage_error.h"

namespace oms_connector::omsctl {
namespace {

constexpr size_t kLongestToken = 64 * 1024;
constexpr size_t kLongestFile = 1024 * 1024;

// Up to `limit` bytes and one more, which tells that there are more.
std::string ReadSome(std::istream& input, size_t limit) {
  std::string text(limit + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(input.gcount()));
  return text;
}

absl::StatusOr<base::SecretString> CheckedToken(std::string text) {
  base::SecretString whole(std::move(text));
  absl::string_view token = whole.Reveal();
  absl::ConsumeSuffix(&token, "\n");
  absl::ConsumeSuffix(&token, "\r");
  if (token.empty()) return UsageError("the token is empty");
  if (token.size() > kLongestToken) return UsageError("the token is too long");
  if (token.find_first_of("\r\n") != absl::string_view::npos) {
    return UsageError("the token has several lines; it must be one");
  }
  return base::SecretString(token);
}

absl::StatusOr<std::string> TokenText(const TokenSource& source,
                                      std::istream& input) {
  if (source.from_input) return ReadSome(input, kLongestToken + 2);
  if (!source.file.empty()) return ReadTextFile(source.file);
  const char* value = std::getenv(source.environment.c_str());
  if (value == nullptr) {
    return UsageError(
        absl::StrCat("the environment has no variable ", source.environment));
  }
  return std::string(value);
}

}  // namespace

absl::StatusOr<std::optional<base::SecretString>> ReadToken(
    const TokenSource& source, std::istream& input) {
  const int sources = (source.from_input ? 1 : 0) +
                      (source.file.empty() ? 0 : 1) +
                      (source.environment.empty() ? 0 : 1);
  if (sources == 0) return std::nullopt;
  if (sources > 1) {
    return UsageError(
        "give the token in one way: a file, standard input or a "
        "variable of the environment");
  }
  OMS_ASSIGN_OR_RETURN(std::string text, TokenText(source, input));
  OMS_ASSIGN_OR_RETURN(base::SecretString token, CheckedToken(std::move(text)));
  return token;
}

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return UsageError(absl::StrCat("cannot open ", path));
  std::string text = ReadSome(file, kLongestFile);
  if (file.bad()) return UsageError(absl::StrCat("cannot read ", path));
  if (text.size() > kLongestFile) {
    return UsageError(absl::StrCat(path, " is longer than 1 MiB"));
  }
  return text;
}

}  // namespace oms_connector::omsctl
