#include "tests/shipments/shipment_history.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "fake_order_manager/faults.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "model/order.h"

namespace oms_connector::shipments {
namespace {

using testing_support::FakeWorld;
using testing_support::Fault;
using testing_support::FaultKind;

constexpr int64_t kOrders = 10;
// Changes of parcels are looked for so long, and a little longer.
constexpr absl::Duration kYoung = absl::Hours(24 * 5);
// Of the other two servers' clocks.
constexpr absl::Duration kSkew = absl::Seconds(70);
constexpr absl::Duration kLeaseRunsOut = absl::Seconds(61);
constexpr FaultKind kTroubles[] = {
    FaultKind::kQuota,         FaultKind::kStatus,
    FaultKind::kTruncatedJson, FaultKind::kCloseConnection,
    FaultKind::kHtmlBody,      FaultKind::kEmptyBody,
    FaultKind::kPartialBody,   FaultKind::kByteOrderMark};
constexpr const char* kStatuses[] = {
    "SHIPPED", "SHIPPED", "SHIPPED",           "CANCELLED",
    "ON_HOLD", "",        "AWAITING_SHIPMENT", "PROCESSED_OUTSIDE_OF_SKUBANA"};

}  // namespace

ShipmentHistory::ShipmentHistory(uint64_t seed, int pages_ahead)
    : random_(seed), world_(nullptr, {nullptr, &faults_}, pages_ahead) {
  world_.fake->Mutate(
      [this](FakeWorld& world) { world.longest_page = Pick(1, 6); });
  world_.Configure([](model::Connection& connection) {
    connection.carts[0].carrier_custom_field = "customField1";
  });
  world_.AddServers({-kSkew, kSkew});
  for (int i = 0; i < 12; ++i) Mutate();
}

void ShipmentHistory::Mutate() {
  world_.SwitchServer(static_cast<size_t>(Pick(0, 2)));
  switch (Pick(0, 21)) {
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
    case 20:
      return LoseTheChannels();
    default:
      return world_.manual_clock.Advance(absl::Minutes(Pick(1, 90)));
  }
}

void ShipmentHistory::Stumble() {
  if (!Chance(3)) return;
  if (Chance(3)) return BreakTheStore();
  const int at = Pick(1, 25);
  if (Chance(4)) return world_.DieInPull(at);
  if (Chance(4)) return Kill(at);
  // What the client asks again for may have passed by then.
  Fault fault = MakeFault(kTroubles[Pick(0, std::size(kTroubles) - 1)]);
  fault.from_request = at;
  if (Chance(2)) fault.count = Pick(1, 6);
  fault.status = 503;
  fault.retry_after = absl::Seconds(1);
  world_.fake->faults().Add(fault);
  world_.Pull().IgnoreError();
  world_.fake->faults().ReleaseAll();
  world_.manual_clock.Advance(absl::Seconds(2));
}

void ShipmentHistory::BreakTheStore() {
  const absl::Status faults[] = {model::StoreFull(),
                                 model::StoreBusy(absl::Milliseconds(1)),
                                 model::Internal("broken")};
  faults_.FailCall(Pick(1, 120), faults[Pick(0, 2)],
                   /*loses_transaction=*/Chance(2));
  world_.Pull().IgnoreError();
  faults_.Clear();
}

void ShipmentHistory::Kill(int at) {
  const bool alone = Chance(2);
  world_.KillInPull(at, alone);
  if (!alone) world_.manual_clock.Advance(kLeaseRunsOut);
}

void ShipmentHistory::PullAndCompare() {
  Stumble();
  Compare();
}

void ShipmentHistory::Compare() {
  world_.SwitchServer(static_cast<size_t>(Pick(0, 2)));
  world_.order_manager.TakeSetAside();
  const std::vector<model::ShipmentEvent> events = world_.Take();
  const auto aside = world_.order_manager.TakeSetAside();
  const model::SyncRun run = world_.LatestRun();
  EXPECT_EQ(run.counts.rows_noted, aside.noted + doubted_lists_);
  EXPECT_EQ(run.counts.rows_rejected, aside.rejected);
  EXPECT_EQ(
      std::none_of(run.cart_errors.begin(), run.cart_errors.end(),
                   [](const auto& error) { return error.cart_id == kCart; }),
      model_.settings.cart_has_channel);
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

void ShipmentHistory::PullWhileRowsMove() {
  PullAndCompare();
  for (int i = 0; i < 4; ++i) {
    Chance(3) ? ChangeParcel() : ChangeOrder();
    // Longer than what is read again in any case, and so long that members
    // are read again before parcels go.
    world_.manual_clock.Advance(absl::Minutes(15));
  }
  if (Chance(2)) {
    ShiftRows();
  } else {
    HideRows();
  }
  const absl::Status pulled = world_.Pull();
  EXPECT_TRUE(pulled.ok()) << pulled;
  world_.fake->faults().ReleaseAll();
  world_.fake->Mutate([](FakeWorld& world) { world.hidden = {}; });
  const std::vector<model::ShipmentEvent> events = world_.Take();
  checker_.SeeEvents(events, /*whole=*/false);
  model_.Adopt(InOrder(events));
  EXPECT_EQ(TextOf(model_.Pull(world_.clock->Now())), "") << "is missing";
  checker_.CheckLastEvents();
  checker_.CheckHeld(Held());
}

void ShipmentHistory::ShiftRows() {
  Fault fault = MakeFault(FaultKind::kShiftingRows, "orders");
  fault.rows = Pick(1, 2);
  fault.to_the_end = Chance(2);
  world_.fake->faults().Add(fault);
  fault.endpoint = "shipments";
  world_.fake->faults().Add(fault);
}

void ShipmentHistory::HideRows() {
  FakeWorld::Hidden hidden;
  for (int64_t id = 1; id <= kOrders; ++id) {
    if (Chance(3)) hidden.orders.insert(id);
  }
  for (const auto& [id, parcel] : model_.parcels) {
    if (Chance(3)) hidden.shipments.insert(id);
  }
  world_.fake->Mutate([&](FakeWorld& world) { world.hidden = hidden; });
}

void ShipmentHistory::CompareWhole() {
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

int ShipmentHistory::Pick(int from, int to) {
  return std::uniform_int_distribution<int>(from, to)(random_);
}

void ShipmentHistory::ChangeOrder() {
  const int64_t id = Pick(1, kOrders);
  Redraw(model_.orders[id], id);
  PutOrder(id, world_.OrderManagerNow());
}

void ShipmentHistory::Redraw(ModelOrder& order, int64_t id) {
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

void ShipmentHistory::PutOrder(int64_t id, absl::Time modified) {
  const ModelOrder& order = model_.orders[id];
  Order row = MakeOrder(id, order.status);
  row.related_order_ids.assign(order.related.begin(), order.related.end());
  row.external = order.external;
  row.suppress_channel_update = order.suppressed;
  row.order_number = absl::StrCat("N", order.family_text, "-", id);
  row.custom_field1 = order.carrier_texts[1];
  row.custom_field2 = order.carrier_texts[2];
  row.custom_field3 = order.family_text;
  row.modified = modified;
  if (Chance(4)) row.raw["shipCountry"] = "true";  // no text: left out
  world_.Put(row);
}

void ShipmentHistory::AddParcel() {
  const int64_t id = 100 + static_cast<int64_t>(model_.parcels.size());
  ModelParcel& parcel = model_.parcels[id];
  parcel.order_id = Pick(1, kOrders);
  created_[id] = world_.OrderManagerNow();
  Redraw(id);
}

void ShipmentHistory::ChangeParcel() {
  if (model_.parcels.empty()) return AddParcel();
  const int64_t id = 100 + Pick(0, static_cast<int>(model_.parcels.size()) - 1);
  // Changes of older ones are not seen.
  if (world_.OrderManagerNow() - created_[id] > kYoung) return AddParcel();
  Redraw(id);
}

void ShipmentHistory::LoseTheChannels() {
  PullAndCompare();
  world_.fake->Mutate([](FakeWorld& world) { world.sales_channels.clear(); });
  doubted_lists_ = 1;
  Compare();
  doubted_lists_ = 0;
  const bool had = std::exchange(model_.settings.cart_has_channel, false);
  PullAndCompare();
  PollRequest request;
  request.cart = kCart;
  request.cursor = world_.taken;
  request.max_staleness = absl::InfiniteDuration();
  const auto details = model::DetailsOf(world_.Poll(request).status());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->reason, "SALES_CHANNEL_NOT_FOUND");
  world_.PutChannel(kChannel, "Shop");
  model_.settings.cart_has_channel = had;
  PullAndCompare();
}

void ShipmentHistory::ChangeWithoutADate() {
  PullAndCompare();
  const int64_t id = Pick(1, kOrders);
  const auto found = model_.orders.find(id);
  if (found == model_.orders.end() || model_.IsReleased(id)) return;
  model::Order asked;
  asked.status = found->second.status;
  if (model::IsFinished(asked)) return;
  Redraw(found->second, id);
  PutOrder(id, world_.OrderManagerNow() - absl::Hours(24 * 30));
  world_.manual_clock.Advance(absl::Hours(25));
  PullAndCompare();
}

void ShipmentHistory::SetTheClock() {
  const absl::Duration by =
      Chance(2) ? absl::Hours(72) : absl::Minutes(Pick(1, 90));
  world_.manual_clock.Jump(Chance(2) ? by : -by);
  world_.Configure([](model::Connection&) {});
  if (Chance(2)) PullWhenDue();
}

void ShipmentHistory::PullWhenDue() {
  // A scheduler looks all the time, so it sees a last pull that is ahead.
  PollRequest request;
  request.cursor = world_.taken;
  const auto first = world_.Poll(request);
  ASSERT_TRUE(first.ok()) << first.status();
  // A last pull that is ahead by no more than clocks may differ is believed.
  const absl::Time now = world_.clock->Now();
  const absl::Time last = first->pull.last_success_time.value_or(now);
  EXPECT_LE(last, now + model::kClockTolerance);
  world_.manual_clock.Advance(std::max(last, now) - now + absl::Minutes(6));
  const absl::Time before = world_.clock->Now();
  const auto page = world_.Poll(request);
  ASSERT_TRUE(page.ok() && page->run.has_value()) << page.status();
  // Stored times are cut off to microseconds.
  EXPECT_GT(page->pull.last_success_time, before - absl::Microseconds(1));
  request.cursor = page->next_cursor;
  request.max_wait = absl::ZeroDuration();
  const auto again = world_.Poll(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->run->run_id, page->run->run_id);
  PullAndCompare();
}

void ShipmentHistory::Redraw(int64_t id) {
  ModelParcel& parcel = model_.parcels[id];
  parcel.tracking_number =
      Chance(4) ? "" : absl::StrCat("?", id, "?", Pick(1, 2));
  parcel.carrier = Chance(2) ? "OTHER_CARRIER" : "UPS";
  parcel.voided = Chance(5);
  Shipment row = MakeShipment(id, parcel.order_id, parcel.tracking_number);
  row.ship_method.shipping_carrier = parcel.carrier;
  if (parcel.voided) row.delivery_status = "VOIDED";
  row.created = created_[id];
  world_.Put(row);
}

void ShipmentHistory::ChangeSplitHandling() {
  model_.settings.wait_for_all = !model_.settings.wait_for_all;
  world_.Set([&](model::Settings& settings) {
    settings.split_order_handling =
        model_.settings.wait_for_all
            ? model::SplitOrderHandling::kWaitForAllRecords
            : model::SplitOrderHandling::kImmediatelySend;
  });
}

void ShipmentHistory::ChangeFallback() {
  model_.settings.fallback = !model_.settings.fallback;
  world_.Set([&](model::Settings& settings) {
    settings.parse_carrier_fallback = model_.settings.fallback;
  });
}

void ShipmentHistory::ChangeMaxHold() {
  model_.settings.max_hold =
      Chance(2) ? std::nullopt
                : std::optional(absl::Duration(absl::Hours(Pick(1, 3))));
  world_.Configure([&](model::Connection& connection) {
    connection.carts[0].max_hold = model_.settings.max_hold;
  });
}

void ShipmentHistory::ChangeFamilyRule() {
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

void ShipmentHistory::ChangeCart() {
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

void ShipmentHistory::ChangeBetweenPulls() {
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

std::vector<model::Shipment> ShipmentHistory::Held() {
  ShipmentListRequest held;
  held.connection = kConnection;
  held.filter.states = {model::DeliveryState::kHeld};
  held.page_size = kMaxShipments;
  const auto list = desk_.List(world_.context, held);
  EXPECT_TRUE(list.ok()) << list.status();
  return list.ok() ? list->shipments : std::vector<model::Shipment>();
}

void ShipmentHistory::ReleaseOne() {
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

void ShipmentHistory::Confirm() {
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

}  // namespace oms_connector::shipments
