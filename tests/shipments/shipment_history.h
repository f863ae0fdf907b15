// One random history of orders and parcels: random changes, random trouble.
//
// What changes: orders, their families by either rule, splits and merges of
// them, cancellations and restores; parcels, their numbers, carriers and voids,
// and these taken back; settings, the cart's rules and its channel; what is
// released by hand; orders also without a date that tells of it. What goes
// wrong: requests, quotas, answers on their way, calls to the database, servers
// that are started again, hang in the middle of a pull while others take over,
// or are killed there and leave their lease; the clock that they go by, lists
// that shift while they are read or come empty, rows that are half readable.
// Three servers, whose own clocks are 70 s apart, take turns. All of it is one
// history, one thing after the other: clocks, ids and the Order Manager are the
// test's own.
#ifndef OMS_CONNECTOR_TESTS_SHIPMENTS_SHIPMENT_HISTORY_H_
#define OMS_CONNECTOR_TESTS_SHIPMENTS_SHIPMENT_HISTORY_H_

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "absl/time/time.h"
#include "domain/shipments/acknowledgement.h"
#include "domain/shipments/shipment_admin.h"
#include "model/shipment.h"
#include "storage/store_test_suite/fault_sql_connection.h"
#include "tests/shipments/delivery_model.h"
#include "tests/shipments/feed_reader.h"
#include "tests/shipments/history_checker.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {

// Every method fails the test where something does not hold.
class ShipmentHistory {
 public:
  // `pages_ahead` as PullRunnerOptions: with 0, a history can be told again.
  explicit ShipmentHistory(uint64_t seed, int pages_ahead = 1);
  void Mutate();
  // A pull that fails somewhere, in one of three histories' steps.
  void Stumble();
  // One call to the database fails in the middle of a pull, or of what it says
  // at its end.
  void BreakTheStore();
  // The server that pulls; where another one may be there, nobody pulls before
  // its lease has run out.
  void Kill(int at);
  void PullAndCompare();
  // A pull that goes well.
  void Compare();
  // What a pull misses while rows move, the next one has.
  void PullWhileRowsMove();
  // The feed read from the beginning is what was seen as it came, and the
  // consumers have read all of it that is theirs.
  void CompareWhole();

  ShipmentWorld& world() { return world_; }
  storage::FaultPlan& faults() { return faults_; }

 private:
  int Pick(int from, int to);
  bool Chance(int one_in) { return Pick(1, one_in) == 1; }

  void ChangeOrder();
  void Redraw(ModelOrder& order, int64_t id);
  void PutOrder(int64_t id, absl::Time modified);
  void ShiftRows();
  void HideRows();
  void AddParcel();
  void ChangeParcel();
  // One empty list of channels is not believed; of the second, the cart hears.
  void LoseTheChannels();
  // No list tells of it: a day later all that are not finished were read.
  void ChangeWithoutADate();
  // Three days ahead or back, or a little. Holds are counted by our clock, so
  // what is held is decided by the new time.
  void SetTheClock();
  // A pull an interval after the last one, and none before that.
  void PullWhenDue();
  void Redraw(int64_t id);
  // The change is applied by the next pull, which comes first.
  void ChangeSplitHandling();
  void ChangeFallback();
  void ChangeMaxHold();
  void ChangeFamilyRule();
  // The field that may hold the carrier, or where the cart sells.
  void ChangeCart();
  // A poll that pulls nothing applies what the settings say to what is stored;
  // the pull that follows has nothing to take back of it.
  void ChangeBetweenPulls();
  std::vector<model::Shipment> Held();
  // Right after a pull, so that store and model know the same.
  void ReleaseOne();
  // What carts say changes no event.
  void Confirm();
  std::mt19937_64 random_;
  storage::FaultPlan faults_;
  ShipmentWorld world_;
  DeliveryModel model_;
  ShipmentAdmin desk_{world_.store.get(), &world_.signal};
  Acknowledgement acknowledgement_{world_.store.get()};
  std::map<int64_t, absl::Time> created_;
  std::set<Expected> by_hand_;
  int64_t doubted_lists_ = 0;  // that the next pull notes
  HistoryChecker checker_{&model_};
  FeedReader readers_[2] = {{"erp", ""}, {"shop-worker", kCart}};
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_TESTS_SHIPMENTS_SHIPMENT_HISTORY_H_
