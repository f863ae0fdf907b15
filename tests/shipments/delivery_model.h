// What a cart should hear, worked out from the rules of shipments alone: slow,
// plain, and without a line of the code it checks.
#ifndef OMS_CONNECTOR_TESTS_SHIPMENTS_DELIVERY_MODEL_H_
#define OMS_CONNECTOR_TESTS_SHIPMENTS_DELIVERY_MODEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"

namespace oms_connector::shipments {

// The world as it is.
struct ModelOrder {
  bool readable = false;  // false: was never read
  std::string status;
  std::set<int64_t> related;
  bool external = false;
  bool suppressed = false;
  // Of the fields that may hold the carrier; the first is no field, so blank.
  std::array<std::string, 3> carrier_texts;
  std::string family_text;
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
  // Of the only cart.
  std::optional<absl::Duration> max_hold;
  bool cart_has_channel =
      true;                  // false: it sells elsewhere, orders are no one's
  size_t carrier_field = 1;  // of carrier_texts
  bool family_by_text = false;  // false: by related ids
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

  // What was told although the model did not expect it, by pulls that could not
  // read everything. The world is as it is now.
  void Adopt(const std::vector<Expected>& events);

  // The parcel was released by hand; `last` if nothing of its order is held
  // back any more.
  Expected Release(int64_t parcel, bool last);

  bool HandedOut(int64_t parcel) const { return told_.count(parcel) > 0; }
  // Neither handed out, nor voided, nor for some reason not required.
  bool IsHeldBack(int64_t parcel) const;
  bool IsTold(int64_t order) const;  // the cart is to be told of it
  bool IsReadable(int64_t order) const { return OrderOf(order).readable; }
  bool IsReleased(int64_t order) const { return released_.count(order) > 0; }
  // By the rule of Wait for All Records, released members left aside.
  bool FamilyIsComplete(int64_t order) const;

 private:
  struct Told {
    char kind = 'S';
    std::string tracking_number, code;
    std::string seen_carrier, seen_number, seen_text;
    size_t seen_field = 0;  // that seen_text is of
    // Handed out while its order was unknown, so for no cart: there is nobody
    // to name a custom field, then or later.
    bool without_cart = false;
  };
  enum class Standing { kComplete, kWaiting, kNothing };

  bool HasCart(int64_t order) const;
  std::set<int64_t> FamilyOf(int64_t order) const;
  std::set<int64_t> RelativesOf(int64_t order) const;
  Standing StandingOf(const std::set<int64_t>& family) const;
  const ModelOrder& OrderOf(int64_t id) const;
  size_t FieldOf(int64_t parcel) const;  // that may hold its carrier
  const std::string& TextOf(int64_t parcel, size_t field) const;
  bool SeenOtherwise(int64_t parcel) const;
  void See(int64_t parcel);
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
