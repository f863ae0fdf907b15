#ifndef OMS_CONNECTOR_OMSCTL_COMMAND_H_
#define OMS_CONNECTOR_OMSCTL_COMMAND_H_

// How commands are added to the command line.
//
//   struct GetFlags { std::string connection; };
//   absl::Status Get(const GetFlags& flags, Session& session) { ... }
//
//   auto [get, flags] = AddCommand(parent, chosen, "get", "shows one", &Get);
//   AddConnectionId(get, flags.connection);

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "omsctl/session.h"

namespace oms_connector::omsctl {

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

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_COMMAND_H_
