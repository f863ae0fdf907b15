// What must hold of a feed whatever has happened, told without working out
// which events come when (which is delivery_model.h's):
//
//   * sequences grow, and each event comes once;
//   * the last event of each parcel agrees with the world;
//   * under Wait for All Records no parcel goes before its family was complete
//     at some moment, but for max_hold, a release by hand, and orders whose
//     parcels have gone before;
//   * nothing stays held whose family is complete, but for want of a tracking
//     number.
#ifndef OMS_CONNECTOR_TESTS_SHIPMENTS_HISTORY_CHECKER_H_
#define OMS_CONNECTOR_TESTS_SHIPMENTS_HISTORY_CHECKER_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/shipment.h"
#include "tests/shipments/delivery_model.h"

namespace oms_connector::shipments {

// What events tell, in their order and in none, and as a text to compare.
std::vector<Expected> InOrder(const std::vector<model::ShipmentEvent>& events);
std::set<Expected> Seen(const std::vector<model::ShipmentEvent>& events);
std::string TextOf(const std::set<Expected>& events);

// Every method fails the test where something does not hold.
class HistoryChecker {
 public:
  // `world` is where things stand; not owned.
  explicit HistoryChecker(const DeliveryModel* world) : world_(*world) {}

  // The events of one pull, before the world notes them as told. `whole`: it
  // has read everything, so nothing went that a member yet unread holds back.
  void SeeEvents(const std::vector<model::ShipmentEvent>& events,
                 bool whole = true);
  // Once they are noted.
  void CheckLastEvents() const;
  void CheckHeld(const std::vector<model::Shipment>& held) const;

  // Of all events of this cart so far; empty = of any.
  std::vector<int64_t> SequencesOf(const std::string& cart) const;

 private:
  void CheckFirstEvent(const model::ShipmentEvent& event) const;

  const DeliveryModel& world_;
  std::vector<model::ShipmentEvent> events_;
  std::map<int64_t, size_t> last_;  // of each parcel, in events_
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_TESTS_SHIPMENTS_HISTORY_CHECKER_H_
