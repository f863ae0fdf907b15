#include "omsctl/shipment_commands.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_macros.h"
#include "omsctl/command.h"
#include "omsctl/shipment_text.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {
namespace {

struct ListFlags {
  std::string connection;
  std::vector<std::string> states;
  std::string order_number;
  std::string tracking_number;
  std::string cart;
  std::optional<std::string> older_than;
  int32_t limit = 100;
};

struct WhyFlags {
  std::string connection;
  std::string order_number;
};

struct ReleaseFlags {
  std::string connection;
  std::vector<std::string> shipments;
  std::optional<int64_t> order_id;
  std::string reason;
};

struct ReplayFlags {
  std::string connection;
  std::vector<std::string> shipments;
  std::string from_cursor;
  std::string to_cursor;
  bool yes = false;
};

absl::StatusOr<v1::Delivery::State> StateOf(const std::string& text) {
  v1::Delivery::State state;
  const std::string name = absl::StrCat(
      "STATE_", absl::AsciiStrToUpper(absl::StrReplaceAll(text, {{"-", "_"}})));
  if (!v1::Delivery::State_Parse(name, &state)) {
    return UsageError(absl::StrCat(
        "\"", text,
        "\" is no state: held, ready, confirmed, rejected or not-required"));
  }
  return state;
}

absl::StatusOr<v1::ListShipmentsRequest> RequestOf(const ListFlags& flags) {
  v1::ListShipmentsRequest request;
  request.set_parent(ConnectionName(flags.connection));
  v1::ShipmentFilter& filter = *request.mutable_filter();
  for (const std::string& text : flags.states) {
    OMS_ASSIGN_OR_RETURN(const v1::Delivery::State state, StateOf(text));
    filter.add_states(state);
  }
  filter.set_order_number(flags.order_number);
  filter.set_tracking_number(flags.tracking_number);
  filter.set_cart(flags.cart);
  if (flags.older_than.has_value()) {
    OMS_ASSIGN_OR_RETURN(const absl::Duration age,
                         ParseSpan(*flags.older_than));
    *filter.mutable_older_than() = ToProto(age);
  }
  return request;
}

absl::StatusOr<v1::ListShipmentsResponse> Read(
    const v1::ListShipmentsRequest& request, int32_t limit, Session& session) {
  return ReadPages<v1::ListShipmentsRequest, v1::ListShipmentsResponse>(
      request, limit,
      [&](const auto& page) { return session.connections.ListShipments(page); },
      &v1::ListShipmentsResponse::shipments);
}

absl::Status List(const ListFlags& flags, Session& session) {
  OMS_ASSIGN_OR_RETURN(const auto request, RequestOf(flags));
  OMS_ASSIGN_OR_RETURN(const auto answer, Read(request, flags.limit, session));
  if (answer.shipments().empty()) {
    return Show(session, answer, "No such shipments.\n");
  }
  return Show(session, answer,
              absl::StrCat(ShipmentsText({answer.shipments().begin(),
                                          answer.shipments().end()},
                                         session.width()),
                           MoreText(answer.next_page_token(), flags.limit)));
}

absl::Status Why(const WhyFlags& flags, Session& session) {
  ListFlags list;
  list.connection = flags.connection;
  list.order_number = flags.order_number;
  OMS_ASSIGN_OR_RETURN(const auto request, RequestOf(list));
  OMS_ASSIGN_OR_RETURN(const auto answer, Read(request, list.limit, session));
  std::string text;
  for (const v1::Shipment& shipment : answer.shipments()) {
    absl::StrAppend(&text, StandingText(shipment), "\n");
  }
  if (text.empty()) {
    text = absl::StrCat(
        "No shipment of order ", flags.order_number,
        " is known: none was made in the Order Manager, the number is another "
        "one there, the shipment was made before the connection's "
        "earliest_shipment_time, or it has not been pulled yet (`omsctl poll ",
        IdOf(flags.connection), "` pulls).\n");
  }
  return Show(session, answer, text);
}

absl::Status Release(const ReleaseFlags& flags, Session& session) {
  if (flags.shipments.empty() == !flags.order_id.has_value()) {
    return UsageError("say which: shipments by their ids, or --order-id");
  }
  v1::ReleaseShipmentsRequest request;
  request.set_parent(ConnectionName(flags.connection));
  for (const std::string& shipment : flags.shipments) {
    request.add_names(ShipmentName(flags.connection, shipment));
  }
  if (flags.order_id.has_value()) request.set_order_id(*flags.order_id);
  request.set_reason(flags.reason);
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.ReleaseShipments(request));
  return Show(
      session, answer,
      absl::StrCat(
          Counted(answer.released_size(), "shipment"), " released.\n",
          ShipmentsText({answer.released().begin(), answer.released().end()},
                        session.width())));
}

absl::Status Replay(const ReplayFlags& flags, Session& session) {
  const bool by_cursor = !flags.from_cursor.empty() && !flags.to_cursor.empty();
  if (flags.shipments.empty() == !by_cursor) {
    return UsageError(
        "say which: shipments by their ids, or --from-cursor and --to-cursor");
  }
  OMS_RETURN_IF_ERROR(AskToGoOn(
      session, flags.yes,
      by_cursor
          ? std::string("The latest event of every parcel with an event "
                        "between the cursors would be sent to its cart "
                        "again")
          : absl::StrCat(
                Counted(static_cast<int64_t>(flags.shipments.size()), "parcel"),
                " would be sent to their carts again")));
  v1::ReplayShipmentsRequest request;
  request.set_parent(ConnectionName(flags.connection));
  for (const std::string& shipment : flags.shipments) {
    request.add_names(ShipmentName(flags.connection, shipment));
  }
  request.set_start_cursor(flags.from_cursor);
  request.set_end_cursor(flags.to_cursor);
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.ReplayShipments(request));
  return Show(session, answer,
              absl::StrCat(Counted(answer.replayed_count(), "event"),
                           " put at the head of the feed again.\n"));
}

void AddList(CLI::App& parent, Action& chosen) {
  auto [app, flags] = AddCommand(parent, chosen, "list",
                                 "lists shipments, newest first", &List);
  AddConnectionId(app, flags.connection);
  AddRepeated(app, "--state", flags.states,
              "held, ready, confirmed, rejected or not-required");
  app.add_option("--order", flags.order_number,
                 "of the order with this number");
  app.add_option("--tracking", flags.tracking_number,
                 "with this tracking number");
  app.add_option("--cart", flags.cart, "of this cart");
  app.add_option("--older-than", flags.older_than,
                 "in their state for longer than this, for example 2d");
  AddLimit(app, flags.limit);
  AddExamples(app, {"omsctl shipments list acme --state held",
                    "omsctl shipments list acme --state ready --older-than 1h",
                    "omsctl shipments list acme --order NW-50007"});
}

}  // namespace

void AddShipmentCommands(CLI::App& app, Action& chosen) {
  CLI::App& group =
      AddGroup(app, "shipments", "where shipments stand, and why");
  AddList(group, chosen);
  auto [why, why_flags] =
      AddCommand(group, chosen, "why",
                 "says where an order's shipments stand and why", &Why);
  AddConnectionId(why, why_flags.connection);
  why.add_option("order", why_flags.order_number, "the order's number")
      ->required();
  AddExamples(why, {"omsctl shipments why acme NW-50007"});

  auto [release, release_flags] = AddCommand(
      group, chosen, "release", "hands out held shipments by hand", &Release);
  AddConnectionId(release, release_flags.connection);
  release.add_option("shipments", release_flags.shipments, "their ids");
  release.add_option("--order-id", release_flags.order_id,
                     "all of this order, by the Order Manager's id");
  release.add_option("--reason", release_flags.reason, "why, for people");
  AddExamples(release,
              {"omsctl shipments release acme 90001 --reason 'asked by phone'",
               "omsctl shipments release acme --order-id 50007"});

  auto [replay, replay_flags] = AddCommand(
      group, chosen, "replay", "hands out again what was handed out", &Replay);
  AddConnectionId(replay, replay_flags.connection);
  replay.add_option("shipments", replay_flags.shipments, "their ids");
  replay.add_option("--from-cursor", replay_flags.from_cursor,
                    "those with an event after it");
  replay.add_option("--to-cursor", replay_flags.to_cursor, "and up to it");
  AddYes(replay, replay_flags.yes);
  AddExamples(replay, {"omsctl shipments replay acme 90001 90002",
                       "omsctl shipments replay acme --from-cursor CURSOR "
                       "--to-cursor CURSOR"});
}

}  // namespace oms_connector::omsctl
