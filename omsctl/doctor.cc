#include "omsctl/doctor.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "oms_connector/client/rpc_status.h"
#include "omsctl/inventory_text.h"
#include "omsctl/shipment_text.h"
#include "omsctl/table.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {
namespace {

// Pulls and answers may be late for a while before anybody is told.
constexpr int kIntervalsUntilLate = 3;
constexpr absl::Duration kUnconfirmedTooLong = absl::Hours(1);
// Overlaps of pulls cover less.
constexpr absl::Duration kClocksApart = absl::Minutes(1);
constexpr absl::Duration kHeldTooLong = absl::Hours(24);

constexpr int32_t kRuns = 10;
constexpr int32_t kHeldShown = 3;

// Collects findings about one connection.
class Doctor {
 public:
  Doctor(const Examination& examination, absl::Time now)
      : examination_(examination),
        id_(IdOf(examination.connection.name())),
        now_(now) {}

  std::vector<Finding> Examine() {
    const v1::Connection& connection = examination_.connection;
    const v1::ConnectionHealth& health = connection.health();
    Store();
    SetUp();
    Feed("inventory", "sync", health.inventory(),
         connection.inventory_interval());
    Feed("shipments", "poll", health.shipments(),
         connection.shipment_interval());
    LatestRun(v1::FEED_INVENTORY);
    LatestRun(v1::FEED_SHIPMENTS);
    if (health.delta_gap_suspected()) {
      Add("Changes of channel quantities may be lost: the Order Manager tells "
          "each only once, and an answer was broken off.",
          {"touch the listings in the Order Manager, so that it tells them "
           "anew",
           absl::StrCat("or: omsctl settings set ", id_,
                        " inventory_sync_mode=per-warehouse")});
    }
    Clocks();
    Held();
    Unconfirmed();
    Consumers();
    return std::move(findings_);
  }

 private:
  void Add(std::string what, std::vector<std::string> steps) {
    findings_.push_back({std::move(what), std::move(steps)});
  }

  std::string Command(absl::string_view words) const {
    return absl::StrCat("omsctl ", words, " ", id_);
  }

  // No run can tell of it: its end cannot be stored.
  void Store() {
    const v1::ConnectionHealth& health = examination_.connection.health();
    if (!health.has_store_error()) return;
    Add(absl::StrCat("The server can store nothing new: ",
                     ErrorLine(health.store_error()),
                     " What is stored stays served; nothing is pulled or "
                     "acknowledged, for any connection."),
        {"make room on the disk of the server's store; it looks every second, "
         "and no restart is needed"});
  }

  void SetUp() {
    const v1::Connection& connection = examination_.connection;
    if (!connection.order_manager().access_token_set()) {
      Add("No token for the Order Manager is stored.",
          {absl::StrCat(Command("connections update"), " --token-file FILE")});
    }
    if (connection.carts().empty()) {
      Add("It has no carts: levels go by master SKU, shipments to nobody.",
          {Command("connections test"),
           absl::StrCat(Command("connections update"),
                        " --cart 'id=shop,channel=NAME'")});
    }
  }

  // After a pull that failed for `reason`, before it is tried again.
  std::string NextStep(absl::string_view reason) const {
    return reason == "ORDER_MANAGER_CREDENTIALS_REJECTED" ||
                   reason == "ACCESS_TOKEN_UNREADABLE"
               ? absl::StrCat(Command("connections update"),
                              " --token-file FILE")
               : Command("connections test");
  }

  void Feed(absl::string_view feed, absl::string_view command,
            const v1::PullStatus& pull,
            const google::protobuf::Duration& interval) {
    // A new connection has as long as any other for its first pull.
    const absl::Duration age =
        now_ - FromProto(pull.has_last_success_time()
                             ? pull.last_success_time()
                             : examination_.connection.create_time());
    const std::string since =
        pull.has_last_success_time()
            ? absl::StrCat("what is stored is ", Roughly(age), " old")
            : "nothing was ever read";
    if (pull.has_last_error()) {
      const std::string reason =
          client::ReasonOf(client::ToAbslStatus(pull.last_error()));
      Add(absl::StrCat("Pulls of ", feed, " fail, and ", since, ": ",
                       ErrorLine(pull.last_error())),
          {NextStep(reason),
           absl::StrCat(Command(command), " --max-staleness 0s")});
    } else if (age > FromProto(interval) * kIntervalsUntilLate) {
      Add(absl::StrCat("Nobody pulls ", feed, ": ", since, ", and ",
                       Roughly(FromProto(interval)), " was agreed."),
          {absl::StrCat(Command(command), " --max-staleness 0s"),
           "does the server run with --background_sync?"});
    }
  }

  // What the newest run of the feed that ended could not do.
  void LatestRun(v1::Feed feed) {
    for (const v1::SyncRun& run : examination_.runs) {
      if (run.feed() != feed || !run.has_end_time()) continue;
      const std::string look =
          absl::StrCat(Command("runs get"), " ", IdOf(run.name()));
      for (const v1::CartError& error : run.cart_errors()) {
        Add(absl::StrCat("Cart ", error.cart(),
                         " is left out: ", ErrorLine(error.status())),
            {Command("connections test"),
             absl::StrCat(Command("connections update"),
                          " --cart …   # all carts, with the right channel")});
      }
      if (run.counts().rows_rejected() > 0) {
        Add(absl::StrCat(Counted(run.counts().rows_rejected(), "row"), " of ",
                         feed == v1::FEED_SHIPMENTS ? "shipments" : "inventory",
                         " could not be read; the others were."),
            {look, "mend them in the Order Manager"});
      }
      if (run.counts().skus_ambiguous() > 0) {
        Add(absl::StrCat(Counted(run.counts().skus_ambiguous(), "SKU"),
                         " claimed more than once, and therefore withheld."),
            {look, absl::StrCat(Command("sync"), " --only-withheld")});
      }
      return;
    }
  }

  void Clocks() {
    const v1::ConnectionHealth& health = examination_.connection.health();
    if (!health.has_clock_difference()) return;
    const absl::Duration difference = FromProto(health.clock_difference());
    if (absl::AbsDuration(difference) < kClocksApart) return;
    Add(absl::StrCat(
            "The Order Manager's clock is ",
            Roughly(absl::AbsDuration(difference)),
            difference > absl::ZeroDuration() ? " ahead of" : " behind",
            " the server's."),
        {"look at the time service of the server's machine"});
  }

  void Held() {
    const v1::ConnectionHealth& health = examination_.connection.health();
    if (!health.has_oldest_hold() ||
        FromProto(health.oldest_hold()) < kHeldTooLong) {
      return;
    }
    std::vector<std::string> steps;
    for (const v1::Shipment& shipment : examination_.held) {
      steps.push_back(StandingText(shipment));
    }
    steps.push_back(absl::StrCat(Command("shipments list"), " --state held"));
    steps.push_back(absl::StrCat(Command("shipments release"),
                                 " SHIPMENT --reason TEXT   # by hand"));
    Add(absl::StrCat(Counted(health.held_orders(), "order"),
                     " held, the oldest for ",
                     Roughly(FromProto(health.oldest_hold())), "."),
        std::move(steps));
  }

  void Unconfirmed() {
    const v1::ConnectionHealth& health = examination_.connection.health();
    if (!health.has_oldest_unconfirmed() ||
        FromProto(health.oldest_unconfirmed()) < kUnconfirmedTooLong) {
      return;
    }
    Add(absl::StrCat(Counted(health.unconfirmed_shipments(), "parcel"),
                     " handed out and not answered by its cart, the oldest "
                     "for ",
                     Roughly(FromProto(health.oldest_unconfirmed())), "."),
        {absl::StrCat(Command("shipments list"),
                      " --state ready --older-than 1h"),
         "does the cart's worker run, and does it acknowledge?"});
  }

  void Consumers() {
    for (const v1::Consumer& consumer : examination_.consumers) {
      const absl::Duration age =
          consumer.has_position_time()
              ? now_ - FromProto(consumer.position_time())
              : absl::InfiniteDuration();
      if (consumer.lag() == 0 || age < kUnconfirmedTooLong) continue;
      Add(absl::StrCat("Consumer ", consumer.name(), " is ",
                       Counted(consumer.lag(), "event"), " behind",
                       consumer.has_position_time()
                           ? absl::StrCat(", at one of ", Roughly(age), " ago.")
                           : ", and has never moved."),
          {absl::StrCat(Command("poll"), " --consumer ", consumer.name()),
           absl::StrCat(Command("consumers delete"), " ", consumer.name(),
                        "   # if nobody is behind it any more")});
    }
  }

  const Examination& examination_;
  const std::string id_;
  const absl::Time now_;
  std::vector<Finding> findings_;
};

struct DoctorFlags {
  std::string connection;
};

absl::StatusOr<Examination> Examine(const std::string& connection,
                                    Session& session) {
  Examination examination;
  v1::GetConnectionRequest get;
  get.set_name(ConnectionName(connection));
  OMS_ASSIGN_OR_RETURN(auto got, session.connections.GetConnection(get));
  examination.connection = std::move(*got.mutable_connection());

  v1::ListSyncRunsRequest runs;
  runs.set_parent(get.name());
  runs.set_page_size(kRuns);
  for (const v1::Feed feed : {v1::FEED_INVENTORY, v1::FEED_SHIPMENTS}) {
    runs.set_feed(feed);
    OMS_ASSIGN_OR_RETURN(const auto listed,
                         session.connections.ListSyncRuns(runs));
    examination.runs.insert(examination.runs.end(), listed.runs().begin(),
                            listed.runs().end());
  }

  v1::ListShipmentsRequest held;
  held.set_parent(get.name());
  held.set_page_size(kHeldShown);
  held.mutable_filter()->add_states(v1::Delivery::STATE_HELD);
  *held.mutable_filter()->mutable_older_than() = ToProto(kHeldTooLong);
  OMS_ASSIGN_OR_RETURN(const auto shipments,
                       session.connections.ListShipments(held));
  examination.held.assign(shipments.shipments().begin(),
                          shipments.shipments().end());

  v1::ListConsumersRequest consumers;
  consumers.set_parent(get.name());
  OMS_ASSIGN_OR_RETURN(const auto known,
                       session.connections.ListConsumers(consumers));
  examination.consumers.assign(known.consumers().begin(),
                               known.consumers().end());
  return examination;
}

std::string PageText(const Examination& examination,
                     const std::vector<Finding>& findings, absl::Time now) {
  const v1::Connection& connection = examination.connection;
  std::string text = absl::StrCat(
      IdOf(connection.name()),
      findings.empty() ? " is well.\n"
                       : absl::StrCat(": ", Counted(findings.size(), "thing"),
                                      " to look at.\n"),
      "  inventory: ", FreshnessText(connection.health().inventory(), now),
      "\n  shipments: ", FreshnessText(connection.health().shipments(), now),
      "\n");
  int number = 0;
  for (const Finding& finding : findings) {
    absl::StrAppend(&text, "\n", ++number, ". ", Printable(finding.what), "\n");
    for (const std::string& step : finding.steps) {
      absl::StrAppend(&text, "   → ", Printable(step), "\n");
    }
  }
  return text;
}

absl::Status Run(const DoctorFlags& flags, Session& session) {
  OMS_ASSIGN_OR_RETURN(const Examination examination,
                       Examine(flags.connection, session));
  return Show(
      session, examination.connection,
      PageText(examination, FindingsOf(examination, session.now), session.now));
}

}  // namespace

std::vector<Finding> FindingsOf(const Examination& examination,
                                absl::Time now) {
  return Doctor(examination, now).Examine();
}

void AddDoctorCommand(CLI::App& app, Action& chosen) {
  auto [doctor, flags] =
      AddCommand(app, chosen, "doctor",
                 "says what is wrong with a connection and what to do", &Run);
  AddConnectionId(doctor, flags.connection);
  AddExamples(doctor, {"omsctl doctor acme"});
}

}  // namespace oms_connector::omsctl
