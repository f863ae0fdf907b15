// One random history of stock, listings and products: random changes, random
// trouble.
//
// The Order Manager's clock is hours from ours, and ours is set ahead and back;
// three servers, whose own clocks are 70 s apart, take turns: pulls go on at
// their interval all the same. Some are killed in the middle of a pull. Lists
// shift while they are read, hide some of their rows, or come empty.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_INVENTORY_HISTORY_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_INVENTORY_HISTORY_H_

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/manual_clock.h"
#include "model/connection.h"
#include "model/settings.h"
#include "model/sync_run.h"
#include "storage/store.h"
#include "storage/store_test_suite/fault_sql_connection.h"
#include "tests/support/inventory_bench.h"
#include "tests/support/inventory_model.h"

namespace oms_connector::testing_support {

// Every method fails the test where something does not hold.
class InventoryHistory {
 public:
  using Door = InventoryBench::Door;

  InventoryHistory(uint64_t seed, Door door);
  // Of a connection that somebody else has made in this store, whose clock is
  // `clock` and whose faults are `faults`, and whose other feed has a history
  // of its own; by the direct door. Carts that are there stay.
  InventoryHistory(uint64_t seed, storage::Store* store,
                   base::ManualClock* clock, storage::FaultPlan* faults);

  void Round();

  InventoryBench& bench() { return bench_; }

 private:
  void Begin();
  FakeWorld& world() { return bench_.world(); }
  int64_t Pick(int64_t from, int64_t to);
  bool Chance(int64_t one_in) { return Pick(1, one_in) == 1; }
  absl::Duration Long();

  // ---- What happens in the world ------------------------------------------

  // Something happens in the world, to the settings, or to the connector.
  void Mutate();

  // The Order Manager's clock is its own, and goes as time goes.
  absl::Time OrderManagerNow() { return bench_.clock().SteadyNow() + ahead_; }
  // Somebody sets ours, three days ahead or back, or a little.
  void SetTheClock();

  static void Flip(bool* flag) { *flag = !*flag; }
  void GarbleARow();
  // Few names, in both cases, so that they collide.
  std::string Sku(const std::string& prefix, int64_t number);
  void ChangeProduct(int64_t id);
  // Two products in six share a SKU.
  std::string MasterSku(int64_t product);
  void ChangeStock();
  void ChangeListing();
  void RemoveSomething();
  void ChangeSettings();
  void ChangeCarts();

  // ---- Pulls, with trouble on the way -------------------------------------

  // Pulls until it goes well.
  void Pull() { PullUntil(/*complete=*/false); }
  // Until a full pull ran through in one go, so that everything gone is known
  // to be.
  void PullFully() { PullUntil(/*complete=*/true); }

  // Rows move to pages that were read already, or to the end, or no list shows
  // them; what is missed so is read by the pull that follows.
  void PullWhileRowsMove();

  // A list that comes empty once is not believed; of the second, the carts
  // whose channels went hear.
  void HideTheChannels();

  void PullUntil(bool complete);
  // Whose server is killed on the way. What is missed while rows move is read
  // by the next pull, so that one has to be whole.
  void KillInPull(model::SyncKind kind);
  bool MayKill();

  // Whatever the clock was before: a pull an interval after the last one, and
  // none before that.
  void PullWhenDue();

  // Per sales channel a store that fails may lose what was acknowledged, which
  // is not what is tested here.
  bool LosesNothing();
  // Requests fail, are refused for a while, or find rows on later pages once
  // more.
  void ArmTrouble();
  void Disarm();
  bool WasComplete(const model::SyncRun& run, absl::Time before);
  // Whether a full pull has concluded what is gone since then.
  bool HasConcludedSince(absl::Time before);

  // ---- What clients know --------------------------------------------------

  // Each cart's client reads on from where it was.
  void Read();
  // "1/2 SKU-2: 6, " for 6 of product 2 in warehouse 1.
  std::string StockText();

  // What the client of a cart has been told, in the model's terms.
  Published Told(const std::string& cart);

  std::mt19937_64 random_;
  storage::FaultPlan own_faults_;
  storage::FaultPlan& store_faults_;
  InventoryBench bench_;
  InventoryModel model_;
  bool rows_move_ = false;               // away from pages still to be read
  std::vector<int64_t> faults_;          // of the Order Manager, in force
  absl::Duration ahead_;                 // the Order Manager's clock
  std::map<int64_t, std::string> skus_;  // of products
  std::vector<model::Cart> carts_;
  std::map<std::string, int64_t> positions_;  // of each cart's client
  std::map<std::string, LevelMap> clients_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_INVENTORY_HISTORY_H_
