#include "omsctl/connection_commands.h"

#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "oms_connector/client/rpc_status.h"
#include "omsctl/client_flags.h"
#include "omsctl/command.h"
#include "omsctl/connection_text.h"
#include "omsctl/inventory_text.h"
#include "omsctl/table.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {
namespace {

// What create and update have in common.
struct ConnectionFlags {
  std::string connection;
  std::optional<std::string> base_url;
  std::optional<std::string> path_prefix;
  std::optional<std::string> display_name;
  std::optional<std::string> inventory_interval;
  std::optional<std::string> shipment_interval;
  std::vector<std::string> carts;
  TokenSource token;
};

struct CreateFlags : ConnectionFlags {
  std::string from_file;
};

struct UpdateFlags : ConnectionFlags {
  bool no_carts = false;
  std::string etag;
};

struct ListFlags {
  int32_t limit = 100;
};

struct OneFlags {
  std::string connection;
};

struct DeleteFlags {
  std::string connection;
  std::string etag;
  bool yes = false;
};

// What was given, and the mask that says so.
struct ConnectionEdit {
  v1::Connection connection;
  google::protobuf::FieldMask update_mask;
};

absl::Status SetSpan(const std::optional<std::string>& text, const char* path,
                     google::protobuf::Duration* field, ConnectionEdit& edit) {
  OMS_ASSIGN_OR_RETURN(const absl::Duration span, ParseSpan(*text));
  *field = ToProto(span);
  edit.update_mask.add_paths(path);
  return absl::OkStatus();
}

absl::Status SetCarts(const ConnectionFlags& flags, ConnectionEdit& edit) {
  if (flags.carts.empty()) return absl::OkStatus();
  edit.connection.clear_carts();
  for (const std::string& text : flags.carts) {
    OMS_ASSIGN_OR_RETURN(*edit.connection.add_carts(), ParseCart(text));
  }
  edit.update_mask.add_paths("carts");
  return absl::OkStatus();
}

void SetText(const std::optional<std::string>& text, const char* path,
             std::string* field, ConnectionEdit& edit) {
  if (!text.has_value()) return;
  *field = *text;
  edit.update_mask.add_paths(path);
}

absl::Status SetToken(const ConnectionFlags& flags, std::istream& input,
                      ConnectionEdit& edit) {
  OMS_ASSIGN_OR_RETURN(const auto token, ReadToken(flags.token, input));
  if (!token.has_value()) return absl::OkStatus();
  edit.connection.mutable_order_manager()->set_access_token(
      std::string(token->Reveal()));
  edit.update_mask.add_paths("order_manager.access_token");
  return absl::OkStatus();
}

// Puts what the flags say on top of what `edit` holds already.
absl::Status Apply(const ConnectionFlags& flags, std::istream& input,
                   ConnectionEdit& edit) {
  v1::Connection& connection = edit.connection;
  SetText(flags.display_name, "display_name", connection.mutable_display_name(),
          edit);
  SetText(flags.base_url, "order_manager.base_url",
          connection.mutable_order_manager()->mutable_base_url(), edit);
  SetText(flags.path_prefix, "order_manager.path_prefix",
          connection.mutable_order_manager()->mutable_path_prefix(), edit);
  if (flags.inventory_interval.has_value()) {
    OMS_RETURN_IF_ERROR(SetSpan(flags.inventory_interval, "inventory_interval",
                                connection.mutable_inventory_interval(), edit));
  }
  if (flags.shipment_interval.has_value()) {
    OMS_RETURN_IF_ERROR(SetSpan(flags.shipment_interval, "shipment_interval",
                                connection.mutable_shipment_interval(), edit));
  }
  OMS_RETURN_IF_ERROR(SetCarts(flags, edit));
  return SetToken(flags, input, edit);
}

absl::StatusOr<v1::Connection> FromFile(const std::string& path) {
  v1::Connection connection;
  if (path.empty()) return connection;
  OMS_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path));
  // The parser's message quotes the text around a mistake, and the text may
  // hold a token.
  if (!google::protobuf::util::JsonStringToMessage(text, &connection).ok()) {
    return UsageError(absl::StrCat(
        path,
        " is not a connection in JSON; `omsctl --json connections get` "
        "shows how one is written"));
  }
  return connection;
}

// Which sales channels the carts are, as the account says now. Nothing where
// the caller may not ask it, or where pulls say already that it is no use.
std::string ChannelsNowText(const v1::Connection& connection,
                            Session& session) {
  const v1::ConnectionHealth& health = connection.health();
  if (session.json || connection.carts().empty() ||
      health.inventory().has_last_error() ||
      health.shipments().has_last_error()) {
    return "";
  }
  v1::TestConnectionRequest request;
  request.set_name(connection.name());
  const auto tested = session.connections.TestConnection(request);
  return tested.ok() ? CartChannelsText(*tested) : "";
}

// What the account says of a connection that was just made. It stands whatever
// comes: the account may be down, and the caller no operator.
std::string FirstTestText(const v1::Connection& connection, Session& session) {
  v1::TestConnectionRequest request;
  request.set_name(connection.name());
  const auto tested = session.connections.TestConnection(request);
  if (!tested.ok()) {
    return absl::StrCat(
        "Not tested yet: ", Printable(tested.status().message()), "\n");
  }
  if (tested->has_error()) {
    return absl::StrCat("But the Order Manager could not be used: ",
                        ErrorLine(tested->error()), "\n");
  }
  return CartChannelsText(*tested);
}

absl::Status Create(const CreateFlags& flags, Session& session) {
  ConnectionEdit edit;
  OMS_ASSIGN_OR_RETURN(edit.connection, FromFile(flags.from_file));
  OMS_RETURN_IF_ERROR(Apply(flags, *session.in, edit));
  v1::CreateConnectionRequest request;
  request.set_connection_id(IdOf(flags.connection));
  *request.mutable_connection() = std::move(edit.connection);
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.CreateConnection(request));
  return Show(
      session, answer.connection(),
      absl::StrCat(
          ConnectionText(answer.connection(), session.now, session.width()),
          session.json ? "" : FirstTestText(answer.connection(), session)));
}

absl::Status List(const ListFlags& flags, Session& session) {
  OMS_ASSIGN_OR_RETURN(
      const auto answer,
      (ReadPages<v1::ListConnectionsRequest, v1::ListConnectionsResponse>(
          {}, flags.limit,
          [&](const auto& request) {
            return session.connections.ListConnections(request);
          },
          &v1::ListConnectionsResponse::connections)));
  if (answer.connections().empty()) {
    return Show(session, answer,
                "There are no connections yet, or none that you may see.\n");
  }
  return Show(session, answer,
              absl::StrCat(ConnectionsText({answer.connections().begin(),
                                            answer.connections().end()},
                                           session.now, session.width()),
                           MoreText(answer.next_page_token(), flags.limit)));
}

absl::Status Get(const OneFlags& flags, Session& session) {
  v1::GetConnectionRequest request;
  request.set_name(ConnectionName(flags.connection));
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.GetConnection(request));
  return Show(session, answer.connection(),
              absl::StrCat(ConnectionText(answer.connection(), session.now,
                                          session.width()),
                           ChannelsNowText(answer.connection(), session)));
}

absl::Status Update(const UpdateFlags& flags, Session& session) {
  ConnectionEdit edit;
  OMS_RETURN_IF_ERROR(Apply(flags, *session.in, edit));
  if (flags.no_carts) {
    if (!flags.carts.empty()) {
      return UsageError("--cart and --no-carts exclude each other");
    }
    edit.update_mask.add_paths("carts");
  }
  if (edit.update_mask.paths().empty()) {
    return UsageError("nothing to change: say what, see --help");
  }
  v1::UpdateConnectionRequest request;
  *request.mutable_connection() = std::move(edit.connection);
  *request.mutable_update_mask() = std::move(edit.update_mask);
  request.mutable_connection()->set_name(ConnectionName(flags.connection));
  request.mutable_connection()->set_etag(flags.etag);
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.UpdateConnection(request));
  return Show(
      session, answer.connection(),
      ConnectionText(answer.connection(), session.now, session.width()));
}

absl::Status Delete(const DeleteFlags& flags, Session& session) {
  OMS_RETURN_IF_ERROR(AskToGoOn(
      session, flags.yes,
      absl::StrCat("This removes everything stored of ", IdOf(flags.connection),
                   ": settings, stock, shipments and their history")));
  v1::DeleteConnectionRequest request;
  request.set_name(ConnectionName(flags.connection));
  request.set_etag(flags.etag);
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.DeleteConnection(request));
  return Show(session, answer,
              absl::StrCat(IdOf(flags.connection), " is deleted.\n"));
}

absl::Status Test(const OneFlags& flags, Session& session) {
  v1::TestConnectionRequest request;
  request.set_name(ConnectionName(flags.connection));
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.TestConnection(request));
  OMS_RETURN_IF_ERROR(Show(session, answer, TestText(answer, session.width())));
  return client::ToAbslStatus(answer.error());
}

void AddConnectionFlags(CLI::App& app, ConnectionFlags& flags) {
  AddConnectionId(app, flags.connection);
  app.add_option("--base-url", flags.base_url,
                 "where the Order Manager is: https://api.skubana.com");
  app.add_option("--path-prefix", flags.path_prefix,
                 "in front of every path, for example /service");
  app.add_option("--display-name", flags.display_name, "a name for people");
  app.add_option("--token-file", flags.token.file,
                 "file with the Order Manager's token");
  app.add_flag("--token-stdin", flags.token.from_input,
               "read the Order Manager's token from standard input");
  app.add_option("--token-env", flags.token.environment,
                 "environment variable with the Order Manager's token");
  AddRepeated(app, "--cart", flags.carts, kCartSyntax);
  app.add_option("--inventory-interval", flags.inventory_interval,
                 "how old stock may become, for example 15m");
  app.add_option("--shipment-interval", flags.shipment_interval,
                 "how old shipments may become, for example 5m");
}

void AddCreate(CLI::App& parent, Action& chosen) {
  auto [app, flags] =
      AddCommand(parent, chosen, "create",
                 "creates a connection with default settings", &Create);
  AddConnectionFlags(app, flags);
  app.add_option("--from-file", flags.from_file,
                 "a connection in JSON; the other flags go on top of it");
  AddExamples(app, {"omsctl connections create acme --base-url "
                    "https://api.skubana.com --token-file om_token --cart "
                    "'id=shop,channel=My Shop'",
                    "omsctl connections create acme --from-file acme.json "
                    "--token-env ORDER_MANAGER_TOKEN"});
}

void AddUpdate(CLI::App& parent, Action& chosen) {
  auto [app, flags] =
      AddCommand(parent, chosen, "update",
                 "changes what is given; --cart replaces all carts", &Update);
  AddConnectionFlags(app, flags);
  app.add_flag("--no-carts", flags.no_carts, "remove all carts");
  app.add_option("--etag", flags.etag, "change only this version");
  AddExamples(app, {"omsctl connections update acme --token-file om_token",
                    "omsctl connections update acme --cart 'id=shop,channel=7' "
                    "--cart 'id=kiosk,channel=9,sku=listing'"});
}

void AddDelete(CLI::App& parent, Action& chosen) {
  auto [app, flags] =
      AddCommand(parent, chosen, "delete",
                 "removes a connection and all its data", &Delete);
  AddConnectionId(app, flags.connection);
  app.add_option("--etag", flags.etag, "delete only this version");
  AddYes(app, flags.yes);
  AddExamples(app, {"omsctl connections delete acme"});
}

}  // namespace

void AddConnectionCommands(CLI::App& app, Action& chosen) {
  CLI::App& group =
      AddGroup(app, "connections", "Order Manager accounts and their carts");
  AddCreate(group, chosen);
  auto [list, list_flags] = AddCommand(
      group, chosen, "list", "lists the connections you may see", &List);
  AddLimit(list, list_flags.limit);
  AddExamples(list,
              {"omsctl connections list", "omsctl connections list --json"});
  auto [get, get_flags] = AddCommand(
      group, chosen, "get", "shows a connection and how it is doing", &Get);
  AddConnectionId(get, get_flags.connection);
  AddExamples(get, {"omsctl connections get acme"});
  AddUpdate(group, chosen);
  AddDelete(group, chosen);
  auto [test, test_flags] = AddCommand(
      group, chosen, "test",
      "asks the Order Manager for its channels and warehouses", &Test);
  AddConnectionId(test, test_flags.connection);
  AddExamples(test, {"omsctl connections test acme"});
}

}  // namespace oms_connector::omsctl
