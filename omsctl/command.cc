#include "omsctl/command.h"

#include <google/protobuf/util/json_util.h>

#include <istream>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {

absl::Status AskToGoOn(Session& session, bool yes, absl::string_view warning) {
  if (yes) return absl::OkStatus();
  if (!session.terminal.asks) {
    return UsageError(absl::StrCat(warning, "; say --yes to go on"));
  }
  *session.error << warning << ". Go on? [y/N] " << std::flush;
  std::string answer;
  std::getline(*session.in, answer);
  if (answer == "y" || answer == "yes") return absl::OkStatus();
  return absl::AbortedError("nothing was changed");
}

absl::Status Show(Session& session, const google::protobuf::Message& answer,
                  absl::string_view text) {
  if (!session.json) {
    *session.out << text;
    return absl::OkStatus();
  }
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.always_print_primitive_fields = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(answer, &json, options)
           .ok()) {
    return absl::InternalError(
        "the answer holds details that cannot be written as JSON; leave --json "
        "out");
  }
  *session.out << json;
  return absl::OkStatus();
}

}  // namespace oms_connector::omsctl
