#include "omsctl/shipment_text.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "omsctl/table.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {
namespace {

// A status that is done and blocks all the same lacks what was shipped, or was
// read too long ago to rely on.
constexpr absl::string_view kDoneButBlocks =
    ", but a parcel of it with a tracking number is still to be read";

// "order NW-50009 is ON_HOLD since 2026-08-16 22:10Z".
std::string BlockingText(const v1::BlockingOrder& order) {
  const std::string number = order.order_number().empty()
                                 ? absl::StrCat(order.order_id())
                                 : order.order_number();
  return absl::StrCat("order ", number,
                      order.status().empty()
                          ? " could not be read"
                          : absl::StrCat(" is ", order.status()),
                      order.has_since_time()
                          ? absl::StrCat(" since ", Minute(order.since_time()))
                          : "",
                      order.status() == "SHIPPED" ? kDoneButBlocks : "");
}

std::string BlockingsText(const v1::Delivery& delivery) {
  if (delivery.blocking_orders().empty()) {
    return "other orders of its family are not done";
  }
  return absl::StrJoin(delivery.blocking_orders(), ", and ",
                       [](std::string* out, const v1::BlockingOrder& order) {
                         absl::StrAppend(out, BlockingText(order));
                       });
}

std::string HoldText(const v1::Delivery& delivery) {
  switch (delivery.hold_reason()) {
    case v1::Delivery::HOLD_REASON_NO_TRACKING_NUMBER:
      return "it has no tracking number yet";
    case v1::Delivery::HOLD_REASON_WAITING_FOR_FAMILY:
      return BlockingsText(delivery);
    case v1::Delivery::HOLD_REASON_ORDER_UNREADABLE:
      return "its order could not be read";
    case v1::Delivery::HOLD_REASON_UNSPECIFIED:
      return "it was read just now and is not decided on yet";
    default:
      return "of a reason that this omsctl does not know";
  }
}

std::string CartOf(const v1::Shipment& shipment) {
  return shipment.cart().empty() ? "no cart"
                                 : absl::StrCat("cart ", shipment.cart());
}

std::string WithReason(const v1::Delivery& delivery, absl::string_view before) {
  return delivery.outcome_reason().empty()
             ? ""
             : absl::StrCat(before, delivery.outcome_reason());
}

std::string At(const v1::Delivery& delivery) {
  return delivery.has_outcome_time()
             ? absl::StrCat(" at ", Minute(delivery.outcome_time()))
             : "";
}

std::string HeldText(const v1::Delivery& delivery) {
  return absl::StrCat(
      "is held",
      delivery.has_hold_time()
          ? absl::StrCat(" since ", Minute(delivery.hold_time()))
          : "",
      " because ", HoldText(delivery));
}

// A reason without a time tells of its release, one with a time is what the
// cart said of an earlier event.
std::string ReadyText(const v1::Shipment& shipment) {
  const v1::Delivery& delivery = shipment.delivery();
  const bool answered = delivery.has_outcome_time();
  std::string text = "was handed out";
  if (!answered && !delivery.outcome_reason().empty()) {
    absl::StrAppend(&text, " (", delivery.outcome_reason(), ")");
  }
  absl::StrAppend(&text, "; ", CartOf(shipment), " has not answered ",
                  answered ? "its latest event yet" : "yet");
  if (answered) {
    absl::StrAppend(&text, WithReason(delivery, ", and said before: "));
  }
  return text;
}

// "is held since …", "was confirmed by cart shop at …".
std::string StandsText(const v1::Shipment& shipment) {
  const v1::Delivery& delivery = shipment.delivery();
  switch (delivery.state()) {
    case v1::Delivery::STATE_HELD:
      return HeldText(delivery);
    case v1::Delivery::STATE_READY:
      return ReadyText(shipment);
    case v1::Delivery::STATE_CONFIRMED:
      return absl::StrCat("was confirmed by ", CartOf(shipment), At(delivery));
    case v1::Delivery::STATE_REJECTED:
      return absl::StrCat("was rejected by ", CartOf(shipment), At(delivery),
                          WithReason(delivery, ": "));
    case v1::Delivery::STATE_NOT_REQUIRED:
      return absl::StrCat(
          "is not to be sent", WithReason(delivery, ": "),
          delivery.outcome_reason().empty()
              ? ": its order was processed outside or cancelled, its channel "
                "wants no updates, or it was voided before it went out"
              : "");
    default:
      return "is in a state that this omsctl does not know";
  }
}

// The same for a table.
std::string ShortWhy(const v1::Delivery& delivery) {
  if (delivery.state() == v1::Delivery::STATE_HELD) return HoldText(delivery);
  return delivery.outcome_reason();
}

std::string SinceText(const v1::Delivery& delivery) {
  if (delivery.state() == v1::Delivery::STATE_HELD &&
      delivery.has_hold_time()) {
    return Minute(delivery.hold_time());
  }
  if (delivery.has_state_time()) return Minute(delivery.state_time());
  // A server from before there was a state_time.
  return delivery.has_outcome_time() ? Minute(delivery.outcome_time()) : "";
}

std::string TogetherText(const v1::ShipmentEvent& event) {
  if (event.release_group_size() <= 1) return "";
  return absl::StrCat(event.release_group_size(), " in group ",
                      event.release_group());
}

}  // namespace

std::string CarrierText(const v1::Carrier& carrier) {
  const std::string name =
      carrier.display_name().empty() ? carrier.code() : carrier.display_name();
  switch (carrier.source()) {
    case v1::Carrier::SOURCE_TRACKING_NUMBER:
      return absl::StrCat(
          name, " (from the tracking number: ", carrier.rule(), ", ",
          Spoken(v1::Carrier::Confidence_Name(carrier.confidence()),
                 "CONFIDENCE_"),
          ")");
    case v1::Carrier::SOURCE_CUSTOM_FIELD:
      return absl::StrCat(name, " (from the custom field)");
    case v1::Carrier::SOURCE_UNRESOLVED:
      if (carrier.candidates().empty()) {
        return absl::StrCat(name, name.empty() ? "" : " ", "(unresolved)");
      }
      return absl::StrCat(name, " (unresolved: ",
                          absl::StrJoin(carrier.candidates(), " or "), ")");
    default:
      return name;
  }
}

std::string ItemsText(const v1::Shipment& shipment) {
  return absl::StrJoin(shipment.items(), ", ",
                       [](std::string* out, const v1::ShipmentItem& item) {
                         if (item.quantity_text().empty()) {
                           absl::StrAppend(out, item.quantity());
                         } else {
                           absl::StrAppend(out, item.quantity_text());
                         }
                         absl::StrAppend(out, " × ", item.sku());
                       });
}

std::string EventsText(const std::vector<v1::ShipmentEvent>& events,
                       size_t width) {
  Table table({{"SEQ", Column::kRight},
               {"EVENT"},
               {"SHIPMENT"},
               {"ORDER"},
               {"CART"},
               {"TRACKING NUMBER"},
               {"CARRIER", Column::kLeft, 70},
               {"TOGETHER"},
               {"ITEMS", Column::kLeft, 40}});
  for (const v1::ShipmentEvent& event : events) {
    const v1::Shipment& shipment = event.shipment();
    table.Add(
        {absl::StrCat(event.sequence()),
         v1::ShipmentEvent::Kind_Name(event.kind()).substr(sizeof("KIND_") - 1),
         absl::StrCat(shipment.shipment_id()), shipment.order_number(),
         shipment.cart(), shipment.tracking_number(),
         CarrierText(shipment.carrier()), TogetherText(event),
         ItemsText(shipment)});
  }
  return table.Text(width);
}

std::string StandingText(const v1::Shipment& shipment) {
  return Printable(absl::StrCat("Shipment ", shipment.shipment_id(),
                                " of order ", shipment.order_number(), " ",
                                StandsText(shipment), "."));
}

std::string ShipmentsText(const std::vector<v1::Shipment>& shipments,
                          size_t width) {
  Table table({{"SHIPMENT"},
               {"ORDER"},
               {"CART"},
               {"TRACKING NUMBER"},
               {"STATE"},
               {"SINCE"},
               {"WHY", Column::kLeft, 90}});
  for (const v1::Shipment& shipment : shipments) {
    table.Add({absl::StrCat(shipment.shipment_id()), shipment.order_number(),
               shipment.cart(), shipment.tracking_number(),
               Spoken(v1::Delivery::State_Name(shipment.delivery().state()),
                      "STATE_"),
               SinceText(shipment.delivery()), ShortWhy(shipment.delivery())});
  }
  return table.Text(width);
}

std::string ConsumersText(const std::vector<v1::Consumer>& consumers,
                          absl::Time now, size_t width) {
  Table table(
      {{"CONSUMER"}, {"CART"}, {"BEHIND", Column::kRight}, {"STANDS AT"}});
  for (const v1::Consumer& consumer : consumers) {
    table.Add({consumer.name(),
               consumer.cart().empty() ? "(all)" : consumer.cart(),
               Counted(consumer.lag(), "event"),
               consumer.has_position_time()
                   ? absl::StrCat(Second(consumer.position_time()), ", ",
                                  Ago(consumer.position_time(), now))
                   : "the beginning"});
  }
  return table.Text(width);
}

}  // namespace oms_connector::omsctl
