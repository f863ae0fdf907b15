// What a cart should hear, worked out from the rules of shipments alone: slow,
// plain, and without a line of the code it checks.
#ifndef OMS_CONNECTOR_TESTS_SHIPMENTS_DELIVERY_MODEL_H_
#define OMS_CONNECTOR_TESTS_SHIPMENTS_DELIVERY_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>

#include "absl/time/time.h"

namespace oms_connector::shipments {

// The world as it is.
struct ModelOrder {
  bool readable = false;  // false: was never read
  std::string status;
  std::set<int64_t> related;
  bool external = false;
  bool suppressed = false;
  std::string custom_text;
};
struct ModelParcel {
  int64_t order_id = 0;
  std::string tracking_number;  // "" = none
  std::string carrier;
  bool voided = false;
};
struct ModelSettings {
  bool wait_for_all = false;
  bool fallback = false;
  std::optional<absl::Duration> max_hold;
};

// kind ('S', 'C', 'V'), shipment, tracking number, carrier
using Expected = std::tuple<char, int64_t, std::string, std::string>;

class DeliveryModel {
 public:
  std::map<int64_t, ModelOrder> orders;
  std::map<int64_t, ModelParcel> parcels;
  ModelSettings settings;

  // The events that a pull at `now` makes, in no order.
  std::set<Expected> Pull(absl::Time now);

  // The parcel was released by hand; `last` if nothing of its order is held
  // back any more.
  Expected Release(int64_t parcel, bool last);

  bool HandedOut(int64_t parcel) const { return told_.count(parcel) > 0; }
  // Neither handed out, nor voided, nor for some reason not required.
  bool IsHeldBack(int64_t parcel, absl::Time now) const;

 private:
  struct Told {
    char kind = 'S';
    std::string tracking_number, code;
    std::string seen_carrier, seen_number, seen_text;
    // Handed out while its order was unknown, so for no cart: there is nobody
    // to name a custom field, then or later.
    bool without_cart = false;
  };
  enum class Standing { kComplete, kWaiting, kNothing };

  std::set<int64_t> FamilyOf(int64_t order) const;
  Standing StandingOf(const std::set<int64_t>& family) const;
  bool IsTold(int64_t order) const;  // the cart is to be told of it
  const ModelOrder& OrderOf(int64_t id) const;
  std::string TextOf(int64_t parcel) const;  // of the custom field
  std::string CodeOf(int64_t parcel) const;
  Expected Tell(char kind, int64_t parcel);
  std::optional<Expected> Change(int64_t parcel);
  absl::Time FirstHold(const std::set<int64_t>& family, absl::Time now) const;

  std::map<int64_t, Told> told_;
  std::set<int64_t> released_;
  std::map<int64_t, absl::Time> held_since_;
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_TESTS_SHIPMENTS_DELIVERY_MODEL_H_
