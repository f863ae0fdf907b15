// Random orders and parcels, random changes, random trouble: after each pull
// the feed has gained exactly the events that an independent model of the rules
// expects, whatever failed in between; and two consumers that crash now and
// then have read each of them once, in order.
//
// What changes: orders, their families by either rule, splits and merges of
// them, cancellations and restores; parcels, their numbers, carriers and voids,
// and these taken back; settings, the cart's rules and its channel; what is
// released by hand; orders also without a date that tells of it. What goes
// wrong: requests, quotas, calls to the database, servers that are started
// again or die in the middle of a pull, the server's clock, lists that shift
// while they are read. All of it is one history, one thing after the other:
// clocks, ids and the Order Manager are the test's own.
//
// The seed of each history is printed. OMS_SOAK=1 runs many more, and longer
// ones; OMS_SEED=n with it runs that one alone.
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "domain/shipments/acknowledgement.h"
#include "domain/shipments/shipment_admin.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "storage/store_test_suite/fault_sql_connection.h"
#include "tests/shipments/delivery_model.h"
#include "tests/shipments/feed_reader.h"
#include "tests/shipments/history_checker.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {
namespace {

constexpr int64_t kOrders = 10;
// Changes of parcels are looked for so long, and a little longer.
constexpr absl::Duration kYoung = absl::Hours(24 * 5);
constexpr const char* kStatuses[] = {
    "SHIPPED", "SHIPPED", "SHIPPED",           "CANCELLED",
    "ON_HOLD", "",        "AWAITING_SHIPMENT", "PROCESSED_OUTSIDE_OF_SKUBANA"};

class History {
 public:
  explicit History(uint64_t seed) : random_(seed) {
    world_.order_manager.page_size = Pick(1, 6);
    world_.order_manager.SetClock([this] { return world_.OrderManagerNow(); });
    world_.Configure([](model::Connection& connection) {
      connection.carts[0].carrier_custom_field = "customField1";
    });
    for (int i = 0; i < 12; ++i) Mutate();
  }

  void Mutate() {
    switch (Pick(0, 20)) {
      case 0:
      case 1:
      case 2:
        return ChangeOrder();
      case 3:
      case 4:
      case 5:
        return AddParcel();
      case 6:
      case 7:
        return ChangeParcel();
      case 8:
        return ChangeSplitHandling();
      case 9:
        return ChangeFallback();
      case 10:
        return ChangeMaxHold();
      case 11:
        return ReleaseOne();
      case 12:
        return Confirm();
      case 13:
        return ChangeFamilyRule();
      case 14:
        return ChangeCart();
      case 15:
        return world_.Restart();
      case 16:
        return ChangeBetweenPulls();
      case 17:
        return SetTheClock();
      case 18:
        return PullWhileRowsMove();
      case 19:
        return ChangeWithoutADate();
      default:
        return world_.manual_clock.Advance(absl::Minutes(Pick(1, 90)));
    }
  }

  // A pull that fails somewhere, in one of three histories' steps.
  void Stumble() {
    if (!Chance(3)) return;
    if (Chance(3)) return BreakTheStore();
    const int at = Pick(1, 25);
    if (Chance(4)) return world_.DieInPull(at);
    const bool quota = Chance(2);
    world_.order_manager.SetFault(
        [at, quota, asked = std::make_shared<int>(0)](const std::string&) {
          if (++*asked < at) return absl::OkStatus();
          return quota ? order_manager::QuotaExhausted(absl::Seconds(1))
                       : absl::UnavailableError("down");
        });
    world_.Pull().IgnoreError();
    world_.order_manager.SetFault(nullptr);
    world_.manual_clock.Advance(absl::Seconds(2));
  }

  // One call to the database fails in the middle of a pull, or of what it says
  // at its end.
  void BreakTheStore() {
    const absl::Status faults[] = {model::StoreFull(),
                                   model::StoreBusy(absl::Milliseconds(1)),
                                   model::Internal("broken")};
    faults_.FailCall(Pick(1, 120), faults[Pick(0, 2)],
                     /*loses_transaction=*/Chance(2));
    world_.Pull().IgnoreError();
    faults_.Clear();
  }

  void PullAndCompare() {
    Stumble();
    const std::vector<model::ShipmentEvent> events = world_.Take();
    checker_.SeeEvents(events);
    std::set<Expected> expected = model_.Pull(world_.clock->Now());
    expected.merge(by_hand_);
    by_hand_.clear();
    EXPECT_EQ(TextOf(Seen(events)), TextOf(expected));
    EXPECT_EQ(Seen(events).size(), events.size()) << "each event once";
    checker_.CheckLastEvents();
    checker_.CheckHeld(Held());
    for (FeedReader& reader : readers_) {
      if (Chance(3)) continue;
      reader.Read(world_, Pick(1, 6),
                  Chance(4)   ? PageFate::kForgotten
                  : Chance(4) ? PageFate::kAnswerLost
                              : PageFate::kAcknowledged);
    }
  }

  // What a pull misses while rows move, the next one has.
  void PullWhileRowsMove() {
    PullAndCompare();
    for (int i = 0; i < 4; ++i) {
      Chance(3) ? ChangeParcel() : ChangeOrder();
      // Longer than what is read again in any case, and so long that members
      // are read again before parcels go.
      world_.manual_clock.Advance(absl::Minutes(15));
    }
    ScriptedOrderManager::Shifting shifting;
    if (Chance(2)) {
      shifting.rows = Pick(1, 2);
      shifting.to_the_end = Chance(2);
    } else {
      for (int64_t id = 1; id <= kOrders; ++id) {
        if (Chance(3)) shifting.hidden.insert(id);
      }
      for (const auto& [id, parcel] : model_.parcels) {
        if (Chance(3)) shifting.hidden.insert(id);
      }
    }
    world_.order_manager.Shift(shifting);
    const absl::Status pulled = world_.Pull();
    EXPECT_TRUE(pulled.ok()) << pulled;
    world_.order_manager.Shift({});
    const std::vector<model::ShipmentEvent> events = world_.Take();
    checker_.SeeEvents(events, /*whole=*/false);
    model_.Adopt(InOrder(events));
    EXPECT_EQ(TextOf(model_.Pull(world_.clock->Now())), "") << "is missing";
    checker_.CheckLastEvents();
    checker_.CheckHeld(Held());
  }

  // The feed read from the beginning is what was seen as it came, and the
  // consumers have read all of it that is theirs.
  void CompareWhole() {
    std::vector<int64_t> sequences;
    int64_t cursor = 0;
    for (;;) {
      const PollPage page = world_.PollStored(cursor);
      for (const auto& event : page.events) sequences.push_back(event.sequence);
      if (page.events.empty()) break;
      cursor = page.next_cursor;
    }
    EXPECT_EQ(sequences, checker_.SequencesOf(""));
    for (FeedReader& reader : readers_) {
      while (reader.Read(world_, 50, PageFate::kAcknowledged) > 0) {
      }
      EXPECT_EQ(reader.acknowledged(), checker_.SequencesOf(reader.cart()));
    }
  }

 private:
  int Pick(int from, int to) {
    return std::uniform_int_distribution<int>(from, to)(random_);
  }
  bool Chance(int one_in) { return Pick(1, one_in) == 1; }

  void ChangeOrder() {
    const int64_t id = Pick(1, kOrders);
    Redraw(model_.orders[id], id);
    PutOrder(id, world_.OrderManagerNow());
  }

  void Redraw(ModelOrder& order, int64_t id) {
    order.readable = true;
    order.status = kStatuses[Pick(0, std::size(kStatuses) - 1)];
    if (Chance(3)) order.related.insert(Pick(1, kOrders + 1));
    if (Chance(8)) order.related.clear();
    order.related.erase(id);
    order.external = Chance(8);
    order.suppressed = Chance(8);
    for (size_t field : {1, 2}) {
      order.carrier_texts[field] =
          Chance(2) ? "" : absl::StrCat("Carrier ", Pick(1, 3));
    }
    order.family_text = Chance(3) ? "" : absl::StrCat("F", Pick(1, 4));
  }

  void PutOrder(int64_t id, absl::Time modified) {
    const ModelOrder& order = model_.orders[id];
    model::Order row = MakeOrder(id, order.status);
    row.related_order_ids.assign(order.related.begin(), order.related.end());
    row.external = order.external;
    row.suppress_channel_update = order.suppressed;
    row.order_number = absl::StrCat("N", order.family_text, "-", id);
    row.custom_fields = {order.carrier_texts[1], order.carrier_texts[2],
                         order.family_text};
    row.modify_time = modified;
    world_.Put(row);
  }

  void AddParcel() {
    const int64_t id = 100 + static_cast<int64_t>(model_.parcels.size());
    ModelParcel& parcel = model_.parcels[id];
    parcel.order_id = Pick(1, kOrders);
    created_[id] = world_.OrderManagerNow();
    Redraw(id);
  }

  void ChangeParcel() {
    if (model_.parcels.empty()) return AddParcel();
    const int64_t id =
        100 + Pick(0, static_cast<int>(model_.parcels.size()) - 1);
    // Changes of older ones are not seen.
    if (world_.OrderManagerNow() - created_[id] > kYoung) return AddParcel();
    Redraw(id);
  }

  // No list tells of it: a day later all that are not finished were read.
  void ChangeWithoutADate() {
    PullAndCompare();
    const int64_t id = Pick(1, kOrders);
    const auto found = model_.orders.find(id);
    if (found == model_.orders.end() || model_.IsReleased(id)) return;
    if (model::IsFinished(MakeOrder(id, found->second.status))) return;
    Redraw(found->second, id);
    PutOrder(id, world_.OrderManagerNow() - absl::Hours(24 * 30));
    world_.manual_clock.Advance(absl::Hours(25));
    PullAndCompare();
  }

  // Three days ahead or back, or a little. Holds are counted by our clock, so
  // what is held is decided by the new time.
  void SetTheClock() {
    const absl::Duration by =
        Chance(2) ? absl::Hours(72) : absl::Minutes(Pick(1, 90));
    world_.manual_clock.Jump(Chance(2) ? by : -by);
    world_.Configure([](model::Connection&) {});
    if (Chance(2)) PullWhenDue();
  }

  // A pull an interval after the last one, and none before that.
  void PullWhenDue() {
    world_.manual_clock.Advance(absl::Minutes(6));
    PollRequest request;
    request.cursor = world_.taken;
    const absl::Time before = world_.clock->Now();
    const auto page = world_.Poll(request);
    ASSERT_TRUE(page.ok() && page->run.has_value()) << page.status();
    EXPECT_GE(page->pull.last_success_time, before);
    request.cursor = page->next_cursor;
    request.max_wait = absl::ZeroDuration();
    const auto again = world_.Poll(request);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->run->run_id, page->run->run_id);
    PullAndCompare();
  }

  void Redraw(int64_t id) {
    ModelParcel& parcel = model_.parcels[id];
    parcel.tracking_number =
        Chance(4) ? "" : absl::StrCat("?", id, "?", Pick(1, 2));
    parcel.carrier = Chance(2) ? "OTHER_CARRIER" : "UPS";
    parcel.voided = Chance(5);
    model::ShipmentRecord row =
        MakeShipment(id, parcel.order_id, parcel.tracking_number);
    row.shipping_carrier = parcel.carrier;
    row.voided = parcel.voided;
    row.create_time = created_[id];
    world_.Put(row);
  }

  // The change is applied by the next pull, which comes first.
  void ChangeSplitHandling() {
    model_.settings.wait_for_all = !model_.settings.wait_for_all;
    world_.Set([&](model::Settings& settings) {
      settings.split_order_handling =
          model_.settings.wait_for_all
              ? model::SplitOrderHandling::kWaitForAllRecords
              : model::SplitOrderHandling::kImmediatelySend;
    });
  }

  void ChangeFallback() {
    model_.settings.fallback = !model_.settings.fallback;
    world_.Set([&](model::Settings& settings) {
      settings.parse_carrier_fallback = model_.settings.fallback;
    });
  }

  void ChangeMaxHold() {
    model_.settings.max_hold =
        Chance(2) ? std::nullopt
                  : std::optional(absl::Duration(absl::Hours(Pick(1, 3))));
    world_.Configure([&](model::Connection& connection) {
      connection.carts[0].max_hold = model_.settings.max_hold;
    });
  }

  void ChangeFamilyRule() {
    model_.settings.family_by_text = !model_.settings.family_by_text;
    model::FamilyRule rule;
    if (model_.settings.family_by_text && Chance(2)) {
      rule.kind = model::FamilyRuleKind::kOrderNumberPrefix;
      rule.order_number_pattern = "^N(\\w*)-";
    } else if (model_.settings.family_by_text) {
      rule.kind = model::FamilyRuleKind::kCustomField;
      rule.custom_field = "customField3";
    }
    world_.Configure([&](model::Connection& connection) {
      connection.carts[0].family_rule = rule;
    });
  }

  // The field that may hold the carrier, or where the cart sells.
  void ChangeCart() {
    if (Chance(2)) {
      model_.settings.carrier_field = static_cast<size_t>(Pick(0, 2));
    } else {
      model_.settings.cart_has_channel = !model_.settings.cart_has_channel;
    }
    const size_t field = model_.settings.carrier_field;
    world_.Configure([&](model::Connection& connection) {
      model::Cart& cart = connection.carts[0];
      cart.carrier_custom_field =
          field == 0 ? "" : absl::StrCat("customField", field);
      cart.sales_channel =
          model_.settings.cart_has_channel ? "Shop" : "Elsewhere";
    });
  }

  // A poll that pulls nothing applies what the settings say to what is stored;
  // the pull that follows has nothing to take back of it.
  void ChangeBetweenPulls() {
    PullAndCompare();
    switch (Pick(0, 5)) {
      case 0:
        ChangeSplitHandling();
        break;
      case 1:
        ChangeFallback();
        break;
      case 2:
        ChangeMaxHold();
        break;
      case 3:
        ChangeFamilyRule();
        break;
      case 4:
        ChangeCart();
        break;
      default:
        world_.manual_clock.Advance(absl::Minutes(Pick(1, 90)));
    }
    EXPECT_TRUE(world_.PollStored(world_.taken).caught_up);
    PullAndCompare();
  }

  std::vector<model::Shipment> Held() {
    ShipmentListRequest held;
    held.connection = kConnection;
    held.filter.states = {model::DeliveryState::kHeld};
    held.page_size = kMaxShipments;
    const auto list = desk_.List(world_.context, held);
    EXPECT_TRUE(list.ok()) << list.status();
    return list.ok() ? list->shipments : std::vector<model::Shipment>();
  }

  // Right after a pull, so that store and model know the same.
  void ReleaseOne() {
    PullAndCompare();
    for (const model::Shipment& shipment : Held()) {
      const int64_t id = shipment.shipment_id;
      EXPECT_TRUE(model_.IsHeldBack(id)) << id;
      if (shipment.tracking_number.empty()) continue;
      bool last = true;
      for (const auto& [other, parcel] : model_.parcels) {
        last = last && (other == id || parcel.order_id != shipment.order_id ||
                        !model_.IsHeldBack(other));
      }
      ReleaseRequest request;
      request.connection = kConnection;
      request.shipment_ids = {id};
      const auto released = desk_.Release(world_.context, request);
      ASSERT_TRUE(released.ok()) << released.status();
      by_hand_.insert(model_.Release(id, last));
      return PullAndCompare();
    }
  }

  // What carts say changes no event.
  void Confirm() {
    AcknowledgeRequest request;
    request.connection = kConnection;
    for (const auto& [id, parcel] : model_.parcels) {
      if (!model_.HandedOut(id) || Chance(2)) continue;
      model::ShipmentOutcome outcome;
      outcome.shipment_id = id;
      outcome.confirmed = !Chance(4);
      request.outcomes.push_back(outcome);
    }
    const auto errors = acknowledgement_.Acknowledge(world_.context, request);
    ASSERT_TRUE(errors.ok()) << errors.status();
    EXPECT_TRUE(errors->empty());
  }

  std::mt19937_64 random_;
  storage::FaultPlan faults_;
  ShipmentWorld world_{nullptr, {nullptr, &faults_}};
  DeliveryModel model_;
  ShipmentAdmin desk_{world_.store.get(), &world_.signal};
  Acknowledgement acknowledgement_{world_.store.get()};
  std::map<int64_t, absl::Time> created_;
  std::set<Expected> by_hand_;
  HistoryChecker checker_{&model_};
  FeedReader readers_[2] = {{"erp", ""}, {"shop-worker", kCart}};
};

TEST(ShipmentsRandom, FeedGainsWhatTheRulesExpect) {
  const bool soak = std::getenv("OMS_SOAK") != nullptr;
  // Many short ones; on PostgreSQL, where a world takes longer to make, fewer.
  const bool shared = std::getenv("OMS_TEST_STORE") != nullptr;
  const uint64_t histories = soak ? 500 : shared ? 20 : 100;
  const int pulls = soak ? 60 : shared ? 10 : 6;
  const char* const only = std::getenv("OMS_SEED");
  for (uint64_t seed = 1; seed <= histories; ++seed) {
    if (only != nullptr && absl::StrCat(seed) != only) continue;
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    std::printf("seed %d\n", static_cast<int>(seed));
    std::fflush(stdout);
    History history(seed);
    for (int i = 0; i < pulls; ++i) {
      history.Mutate();
      history.Mutate();
      history.PullAndCompare();
      if (::testing::Test::HasFailure()) return;
    }
    history.CompareWhole();
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(ShipmentsRandom, ListsThatShiftAreReadToTheEndByTheNextPull) {
  const uint64_t histories = std::getenv("OMS_TEST_STORE") != nullptr ? 5 : 60;
  for (uint64_t seed = 1; seed <= histories; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    History history(seed);
    for (int i = 0; i < 10; ++i) history.PullWhileRowsMove();
    history.CompareWhole();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace oms_connector::shipments
