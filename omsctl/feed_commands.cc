#include "omsctl/feed_commands.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "omsctl/command.h"
#include "omsctl/inventory_text.h"
#include "omsctl/shipment_text.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {
namespace {

struct PollFlags {
  std::string connection;
  std::string cart;
  std::string cursor;
  std::string consumer;
  std::optional<std::string> max_staleness;
  std::optional<std::string> wait;
  int32_t max_results = 0;
  bool follow = false;
};

struct AckFlags {
  std::string connection;
  std::string consumer;
  std::string cursor;
  std::vector<std::string> confirmed;
  std::vector<std::string> rejected;
};

struct ListFlags {
  std::string connection;
};

struct ConsumerFlags {
  std::string connection;
  std::string consumer;
  std::string cursor;
  bool yes = false;
};

absl::StatusOr<v1::PollShipmentsRequest> RequestOf(const PollFlags& flags) {
  v1::PollShipmentsRequest request;
  request.set_connection(ConnectionName(flags.connection));
  request.set_cart(flags.cart);
  request.set_cursor(flags.cursor);
  request.set_consumer(flags.consumer);
  request.set_max_results(flags.max_results);
  if (flags.max_staleness.has_value()) {
    OMS_ASSIGN_OR_RETURN(const absl::Duration age,
                         ParseSpan(*flags.max_staleness));
    *request.mutable_max_staleness() = ToProto(age);
  }
  if (flags.wait.has_value()) {
    OMS_ASSIGN_OR_RETURN(const absl::Duration wait, ParseSpan(*flags.wait));
    *request.mutable_max_wait() = ToProto(wait);
  }
  return request;
}

std::string PollText(const v1::PollShipmentsResponse& answer, absl::Time now,
                     size_t width) {
  return absl::StrCat(
      EventsText({answer.events().begin(), answer.events().end()}, width),
      Counted(answer.events_size(), "event"), "; ",
      answer.caught_up() ? "caught up" : "more to read from the cursor", "; ",
      Counted(answer.held_orders(), "order"), " held; ",
      FreshnessText(answer.pull(), now),
      "\nnext cursor: ", answer.next_cursor(), "\n");
}

// The longest that the server keeps a poll waiting.
constexpr absl::Duration kLongPoll = absl::Seconds(30);

// Shows events as they come, until it is interrupted or fails for good. A
// consumer's position is where it begins; following moves no consumer.
absl::Status Follow(v1::PollShipmentsRequest request, Session& session) {
  if (!request.has_max_wait()) {
    *request.mutable_max_wait() =
        ToProto(std::min(kLongPoll, session.timeout / 2));
  }
  for (int failures = 0;;) {
    const auto answer = session.connector.PollShipments(request);
    if (!answer.ok()) {
      if (!absl::IsUnavailable(answer.status())) return answer.status();
      if (failures++ == 0) {
        *session.error << "The connector is away; waiting for it.\n";
      }
      OMS_RETURN_IF_ERROR(session.connector.BackOff(failures, answer.status()));
      continue;
    }
    failures = 0;
    request.clear_consumer();
    request.set_cursor(answer->next_cursor());
    session.if_interrupted(absl::StrCat(
        "Go on with: omsctl poll ", IdOf(request.connection()),
        request.cart().empty() ? "" : absl::StrCat(" --cart ", request.cart()),
        " --follow --cursor ", request.cursor(), "\n"));
    if (answer->events().empty()) continue;
    OMS_RETURN_IF_ERROR(
        Show(session, *answer,
             EventsText({answer->events().begin(), answer->events().end()},
                        session.width())));
    session.out->flush();
    if (!session.out->good()) return absl::OkStatus();  // said by the caller
  }
}

absl::Status Poll(const PollFlags& flags, Session& session) {
  OMS_ASSIGN_OR_RETURN(const auto request, RequestOf(flags));
  if (flags.follow) return Follow(request, session);
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connector.PollShipments(request));
  return Show(session, answer, PollText(answer, session.now, session.width()));
}

// "90001", "90001@17": the shipment, and the event that was answered.
absl::StatusOr<v1::ShipmentOutcome> OutcomeOf(absl::string_view connection,
                                              absl::string_view shipment) {
  v1::ShipmentOutcome outcome;
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(shipment, absl::MaxSplits('@', 1));
  outcome.set_name(ShipmentName(connection, parts.first));
  if (!parts.second.empty()) {
    int64_t sequence = 0;
    if (!absl::SimpleAtoi(parts.second, &sequence)) {
      return UsageError(
          absl::StrCat("\"", parts.second, "\" is no sequence of an event"));
    }
    outcome.set_sequence(sequence);
  }
  return outcome;
}

absl::StatusOr<v1::AcknowledgeShipmentsRequest> RequestOf(
    const AckFlags& flags) {
  v1::AcknowledgeShipmentsRequest request;
  request.set_connection(ConnectionName(flags.connection));
  request.set_consumer(flags.consumer);
  request.set_cursor(flags.cursor);
  for (const std::string& shipment : flags.confirmed) {
    OMS_ASSIGN_OR_RETURN(*request.add_outcomes(),
                         OutcomeOf(flags.connection, shipment));
    request.mutable_outcomes()->rbegin()->set_result(
        v1::ShipmentOutcome::RESULT_CONFIRMED);
  }
  for (const std::string& text : flags.rejected) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(text, absl::MaxSplits(':', 1));
    OMS_ASSIGN_OR_RETURN(v1::ShipmentOutcome outcome,
                         OutcomeOf(flags.connection, parts.first));
    outcome.set_result(v1::ShipmentOutcome::RESULT_REJECTED);
    outcome.set_reason(parts.second);
    *request.add_outcomes() = std::move(outcome);
  }
  if (request.outcomes().empty() && request.consumer().empty()) {
    return UsageError(
        "nothing to acknowledge: give --consumer with --cursor, --confirm or "
        "--reject");
  }
  return request;
}

std::string AckText(const v1::AcknowledgeShipmentsRequest& request,
                    const v1::AcknowledgeShipmentsResponse& answer) {
  std::string text;
  if (!request.consumer().empty()) {
    absl::StrAppend(&text, "Consumer ", request.consumer(), " moved on.\n");
  }
  if (!request.outcomes().empty()) {
    absl::StrAppend(
        &text,
        Counted(request.outcomes_size() - answer.errors_size(), "answer"),
        " recorded.\n");
  }
  for (const v1::OutcomeError& error : answer.errors()) {
    const bool known =
        error.index() >= 0 && error.index() < request.outcomes_size();
    absl::StrAppend(&text, "Not recorded for shipment ",
                    known ? IdOf(request.outcomes(error.index()).name()) : "?",
                    ": ", ErrorLine(error.status()), "\n");
  }
  return text;
}

absl::Status Ack(const AckFlags& flags, Session& session) {
  OMS_ASSIGN_OR_RETURN(const auto request, RequestOf(flags));
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connector.AcknowledgeShipments(request));
  OMS_RETURN_IF_ERROR(Show(session, answer, AckText(request, answer)));
  if (answer.errors().empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      answer.errors_size(), " of ", Counted(request.outcomes_size(), "answer"),
      " could not be recorded"));
}

absl::Status ListConsumers(const ListFlags& flags, Session& session) {
  v1::ListConsumersRequest request;
  request.set_parent(ConnectionName(flags.connection));
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.ListConsumers(request));
  if (answer.consumers().empty()) {
    return Show(session, answer, "Nobody has polled as a consumer yet.\n");
  }
  return Show(
      session, answer,
      ConsumersText({answer.consumers().begin(), answer.consumers().end()},
                    session.now, session.width()));
}

// More than this are not counted before somebody is asked.
constexpr int64_t kEnough = 10'000;

// How many events a consumer of `cart` would read from `cursor` on.
absl::StatusOr<int64_t> EventsAfter(const std::string& connection,
                                    const std::string& cart,
                                    const std::string& cursor,
                                    Session& session) {
  v1::PollShipmentsRequest request;
  request.set_connection(ConnectionName(connection));
  request.set_cart(cart);
  request.set_cursor(cursor);
  *request.mutable_max_wait() = ToProto(absl::ZeroDuration());
  int64_t count = 0;
  for (const auto& page : session.connector.EventPages(request)) {
    OMS_RETURN_IF_ERROR(page.status());
    count += page->events_size();
    if (count >= kEnough) break;
  }
  return count;
}

// "17 events", as far as they were counted.
std::string EventsAgain(int64_t count) {
  return absl::StrCat(
      count >= kEnough ? "more than " : "",
      Counted(std::max<int64_t>(0, std::min(count, kEnough)), "event"));
}

// What going back to `flags.cursor` would send again.
absl::StatusOr<std::string> WarningOf(const ConsumerFlags& flags,
                                      absl::string_view what,
                                      Session& session) {
  v1::ListConsumersRequest request;
  request.set_parent(ConnectionName(flags.connection));
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.ListConsumers(request));
  for (const v1::Consumer& consumer : answer.consumers()) {
    if (consumer.name() != flags.consumer) continue;
    OMS_ASSIGN_OR_RETURN(
        const int64_t after,
        EventsAfter(flags.connection, consumer.cart(), flags.cursor, session));
    return absl::StrCat("Consumer ", flags.consumer, " ", what, ": ",
                        EventsAgain(after - consumer.lag()),
                        " that it had would come again");
  }
  return absl::StrCat("Consumer ", flags.consumer,
                      " has never polled; nothing would come again");
}

absl::Status ResetConsumer(const ConsumerFlags& flags, Session& session) {
  if (!flags.yes) {
    OMS_ASSIGN_OR_RETURN(
        const std::string warning,
        WarningOf(flags,
                  flags.cursor.empty() ? "would go back to the beginning"
                                       : "would go to that cursor",
                  session));
    OMS_RETURN_IF_ERROR(AskToGoOn(session, false, warning));
  }
  v1::ResetConsumerRequest request;
  request.set_parent(ConnectionName(flags.connection));
  request.set_consumer(flags.consumer);
  request.set_cursor(flags.cursor);
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.ResetConsumer(request));
  return Show(
      session, answer,
      absl::StrCat("Consumer ", flags.consumer, " goes on from ",
                   flags.cursor.empty() ? "the beginning" : "that cursor",
                   ".\n"));
}

absl::Status DeleteConsumer(const ConsumerFlags& flags, Session& session) {
  if (!flags.yes) {
    OMS_ASSIGN_OR_RETURN(
        const std::string warning,
        WarningOf(flags, "would begin anew if it polls again", session));
    OMS_RETURN_IF_ERROR(AskToGoOn(session, false, warning));
  }
  v1::DeleteConsumerRequest request;
  request.set_parent(ConnectionName(flags.connection));
  request.set_consumer(flags.consumer);
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.DeleteConsumer(request));
  return Show(session, answer,
              absl::StrCat("Consumer ", flags.consumer, " is forgotten.\n"));
}

void AddPoll(CLI::App& parent, Action& chosen) {
  auto [app, flags] =
      AddCommand(parent, chosen, "poll",
                 "makes shipments fresh enough and shows new events", &Poll);
  AddConnectionId(app, flags.connection);
  app.add_option("--cart", flags.cart, "only this cart's");
  CLI::Option* cursor =
      app.add_option("--cursor", flags.cursor, "only events after it");
  app.add_option("--consumer", flags.consumer,
                 "from the position that the server keeps under this name")
      ->excludes(cursor);
  app.add_option("--max-staleness", flags.max_staleness,
                 "how old the data may be, for example 5m; 0s = pull now");
  app.add_option("--wait", flags.wait,
                 "how long to wait for a first event, up to 30s");
  app.add_option("--max-results", flags.max_results,
                 "events of one page; 0 = 1000");
  app.add_flag("--follow", flags.follow,
               "go on showing events as they come; moves no consumer");
  AddExamples(app, {"omsctl poll acme --cart shop",
                    "omsctl poll acme --consumer shop-confirmations",
                    "omsctl poll acme --follow"});
}

void AddAck(CLI::App& parent, Action& chosen) {
  auto [app, flags] = AddCommand(
      parent, chosen, "ack", "moves a consumer, records what carts said", &Ack);
  AddConnectionId(app, flags.connection);
  CLI::Option* consumer =
      app.add_option("--consumer", flags.consumer, "whom to move");
  CLI::Option* cursor = app.add_option("--cursor", flags.cursor,
                                       "where to: a poll's next cursor");
  consumer->needs(cursor);
  cursor->needs(consumer);
  AddRepeated(app, "--confirm", flags.confirmed,
              "SHIPMENT or SHIPMENT@SEQUENCE that the cart took");
  AddRepeated(app, "--reject", flags.rejected,
              "SHIPMENT:REASON that the cart refused");
  AddExamples(app, {"omsctl ack acme --consumer shop --cursor CURSOR",
                    "omsctl ack acme --confirm 90001 --confirm 90002@17 "
                    "--reject '90003:no such order'"});
}

}  // namespace

void AddFeedCommands(CLI::App& app, Action& chosen) {
  AddPoll(app, chosen);
  AddAck(app, chosen);
  CLI::App& group =
      AddGroup(app, "consumers", "positions in the shipment feed");
  auto [list, list_flags] = AddCommand(
      group, chosen, "list", "shows how far they are", &ListConsumers);
  AddConnectionId(list, list_flags.connection);
  AddExamples(list, {"omsctl consumers list acme"});
  auto [reset, reset_flags] = AddCommand(
      group, chosen, "reset", "moves one, forward or backward", &ResetConsumer);
  AddConnectionId(reset, reset_flags.connection);
  reset.add_option("consumer", reset_flags.consumer, "its name")->required();
  reset.add_option("--cursor", reset_flags.cursor,
                   "where to; without it, the beginning");
  AddYes(reset, reset_flags.yes);
  AddExamples(reset, {"omsctl consumers reset acme shop",
                      "omsctl consumers reset acme shop --cursor CURSOR"});
  auto [remove, remove_flags] =
      AddCommand(group, chosen, "delete", "forgets one", &DeleteConsumer);
  AddConnectionId(remove, remove_flags.connection);
  remove.add_option("consumer", remove_flags.consumer, "its name")->required();
  AddYes(remove, remove_flags.yes);
  AddExamples(remove, {"omsctl consumers delete acme shop"});
}

}  // namespace oms_connector::omsctl
