#ifndef OMS_CONNECTOR_OMSCTL_COMMAND_H_
#define OMS_CONNECTOR_OMSCTL_COMMAND_H_

// What commands work with, and how they are added to the command line.
//
//   struct GetFlags { std::string connection; };
//   absl::Status Get(const GetFlags& flags, Session& session) { ... }
//
//   auto [get, flags] = AddCommand(parent, chosen, "get", "shows one", &Get);
//   AddConnectionId(get, flags.connection);

#include <google/protobuf/repeated_field.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "google/protobuf/message.h"
#include "oms_connector/client/connection_client.h"
#include "oms_connector/client/connector_client.h"

namespace oms_connector::omsctl {

// What the three streams are connected to.
struct Terminal {
  size_t width = 0;         // of answers, in columns; 0 = not a terminal
  bool asks = false;        // a person can be asked
  bool overwrites = false;  // progress can be shown in one line
};

// What a command works with.
struct Session {
  client::ConnectorClient connector;
  client::ConnectionClient connections;
  absl::Time now;          // when omsctl was started
  absl::Duration timeout;  // of one call
  bool json = false;       // answers as proto JSON instead of text
  std::istream* in;        // for tokens that are piped in, and for yes and no
  std::ostream* out;       // for answers
  std::ostream* error;     // for questions and progress
  Terminal terminal;
  base::Sleeper* sleeper;
  // Says what is printed where omsctl is interrupted from now on: how to go on.
  std::function<void(const std::string&)> if_interrupted;

  size_t width() const { return terminal.width; }
};

// One command, its arguments bound.
using Action = std::function<absl::Status(Session&)>;

// Prints `answer` as JSON, or `text`, as the session wants it. In JSON, fields
// have their lowerCamelCase names and those with their zero value are shown.
absl::Status Show(Session& session, const google::protobuf::Message& answer,
                  absl::string_view text);

// Asks whether to go on, after `warning`. OK for a yes, and without asking
// where `yes` was said before; ABORTED for a no. A usage error where nobody can
// be asked.
absl::Status AskToGoOn(Session& session, bool yes, absl::string_view warning);

template <typename Flags>
struct Command {
  CLI::App& app;
  Flags& flags;  // lives as long as `app`
};

// Adds the command `name` to `parent`. When the command line names it, `chosen`
// becomes its action.
template <typename Flags>
Command<Flags> AddCommand(CLI::App& parent, Action& chosen,
                          const std::string& name, const std::string& what,
                          absl::Status (*run)(const Flags&, Session&)) {
  const auto flags = std::make_shared<Flags>();
  CLI::App& app = *parent.add_subcommand(name, what);
  app.callback([flags, run, &chosen] {
    chosen = [flags, run](Session& session) { return run(*flags, session); };
  });
  return {app, *flags};
}

// Adds examples to the help of a command: whole command lines.
inline void AddExamples(CLI::App& app, const std::vector<std::string>& lines) {
  std::string text = "Examples:";
  for (const std::string& line : lines) absl::StrAppend(&text, "\n  ", line);
  app.footer(text);
}

// Adds the flag that stands for a yes to AskToGoOn.
inline void AddYes(CLI::App& app, bool& yes) {
  app.add_flag("--yes", yes, "do not ask");
}

// Adds a command that only groups others.
inline CLI::App& AddGroup(CLI::App& parent, const std::string& name,
                          const std::string& what) {
  CLI::App& group = *parent.add_subcommand(name, what);
  group.require_subcommand(1);
  return group;
}

// Adds an option that may be given several times, with one value each.
template <typename Values>
CLI::Option* AddRepeated(CLI::App& app, const std::string& name, Values& values,
                         const std::string& what) {
  return app.add_option(name, values, what)->allow_extra_args(false);
}

// The connection's id, which most commands begin with.
inline void AddConnectionId(CLI::App& app, std::string& connection) {
  app.add_option("connection", connection, "the connection's id")->required();
}

// How long a list may become.
inline void AddLimit(CLI::App& app, int32_t& limit) {
  app.add_option("--limit", limit, "how many at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
}

// The most that the server puts on one page of a list.
inline constexpr int32_t kLongestPage = 1000;

// Reads a list up to `limit` entries and returns them as one answer, with the
// token of what is left. `call` is the RPC, `rows` its repeated field.
template <typename Request, typename Response, typename Call, typename Row>
absl::StatusOr<Response> ReadPages(
    Request request, int32_t limit, Call call,
    const google::protobuf::RepeatedPtrField<Row>& (Response::*rows)() const) {
  Response all;
  do {
    request.set_page_size(std::min(limit - (all.*rows)().size(), kLongestPage));
    request.set_page_token(all.next_page_token());
    OMS_ASSIGN_OR_RETURN(const Response page, call(request));
    all.MergeFrom(page);
    all.set_next_page_token(page.next_page_token());
  } while (!all.next_page_token().empty() && (all.*rows)().size() < limit);
  return all;
}

// What is said below a list that has more rows than were asked for.
inline std::string MoreText(absl::string_view next_page_token, int32_t limit) {
  if (next_page_token.empty()) return "";
  return absl::StrCat("There are more than these ", limit,
                      "; --limit shows more.\n");
}

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_COMMAND_H_
