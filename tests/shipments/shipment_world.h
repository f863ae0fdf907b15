// A connection with a real store, a runner and the fake Order Manager, for
// tests of shipments. The connection "acme" has the cart "shop", whose
// sales channel is 7, "Shop".
#ifndef OMS_CONNECTOR_TESTS_SHIPMENTS_SHIPMENT_WORLD_H_
#define OMS_CONNECTOR_TESTS_SHIPMENTS_SHIPMENT_WORLD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "base/executor.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "base/timer_queue.h"
#include "domain/feeds/pull_runner.h"
#include "domain/shipments/event_signal.h"
#include "domain/shipments/shipment_feed.h"
#include "domain/shipments/shipment_puller.h"
#include "fake_order_manager/direct_door.h"
#include "fake_order_manager/fake_order_manager.h"
#include "fake_order_manager/world.h"
#include "model/connection.h"
#include "model/settings.h"
#include "model/shipment.h"
#include "storage/store.h"
#include "tests/endpoints/sql_counter.h"
#include "tests/endpoints/test_store.h"
#include "tests/support/pull_moment.h"
#include "tests/support/watched_order_manager.h"

namespace oms_connector::shipments {

inline constexpr char kConnection[] = "acme";
inline constexpr char kCart[] = "shop";
inline constexpr int64_t kChannel = 7;

// As the Order Manager holds them.
using testing_support::Order;
using testing_support::Shipment;

// A shipped order of the shop's channel, and a parcel of it with a tracking
// number.
Order MakeOrder(int64_t id, const std::string& status = "SHIPPED");
Shipment MakeShipment(int64_t id, int64_t order_id,
                      const std::string& tracking_number);

class ShipmentWorld {
 public:
  // `clock` null = `this->clock`, which stands still unless advanced.
  // `pages_ahead` as PullRunnerOptions.
  explicit ShipmentWorld(base::Clock* clock = nullptr,
                         testing_support::TestStoreOptions options = {},
                         int pages_ahead = 1);
  ~ShipmentWorld();

  // The Order Manager's clock, which nobody sets.
  absl::Time OrderManagerNow();
  // Changes the row as the Order Manager would: with a time, where it has none.
  void Put(Order order);
  void Put(Shipment shipment);
  void PutChannel(int64_t id, const std::string& name);

  // Called before each request of a pull with its name ("orders", "order 7",
  // "shipments", "shipments voided", "shipments by id", "channels", ...); an
  // error is the answer.
  void SetFault(std::function<absl::Status(const std::string&)> fault);
  // The requests so far, by those names; cleared by the call.
  std::vector<std::string> TakeRequests();

  void Set(const std::function<void(model::Settings&)>& change);
  void Configure(const std::function<void(model::Connection&)>& change);
  // Switches to Wait for All Records.
  void Wait();

  // Everything but the store is made anew, as in a server that is started
  // again. One that is `alone` ends what a dead one has left running; others
  // wait until its lease has run out.
  void Restart(bool alone = true);
  // Starts a pull whose server hangs at its `at`-th request while another one
  // is started and takes the store over; then it goes on for as long as it is
  // let. Where the pull needs fewer requests it ends as any other.
  void DieInPull(int at);
  // Starts a pull whose server is killed at its `at`-th request, and started
  // again: of what it does from there on nothing reaches the database, not even
  // that the pull has ended.
  void KillInPull(int at, bool alone);

  // A pull to its end; how it went.
  absl::Status Pull();
  absl::StatusOr<PollPage> Poll(PollRequest request);
  // Pulls, then the events after what the last Take saw.
  std::vector<model::ShipmentEvent> Take();
  // The shipment as stored; fails the test when there is none.
  model::Shipment Find(int64_t shipment_id);
  PollPage PollStored(int64_t cursor);
  // Of shipments.
  model::SyncRun LatestRun();

  // Beside the one that there is, servers over the same store whose clocks are
  // wrong by so much; and whom of all of them everything is asked of from here
  // on, 0 being the first.
  void AddServers(const std::vector<absl::Duration>& skews);
  void SwitchServer(size_t number);

  base::ManualClock manual_clock;
  base::ManualSleeper sleeper{&manual_clock};
  base::Clock* const clock;
  base::SequentialIdGenerator ids;
  const std::unique_ptr<testing_support::FakeOrderManager> fake;
  // The client's own, beside the pull's threads: what it waits between tries is
  // none of the world's time, so that a history can be told again.
  base::ManualClock client_clock;
  base::ManualSleeper client_sleeper{&client_clock};
  base::SequentialIdGenerator client_ids;
  testing_support::DirectOrderManager direct{fake.get(), &client_clock,
                                             &client_sleeper, &client_ids};
  testing_support::WatchedOrderManager order_manager{direct.get()};
  testing_support::SqlCounter counter;
  std::unique_ptr<storage::Store> store;
  base::Executor pull_executor{"pulls", 2, 100};
  base::Executor executor{"feed", 2, 1000};
  base::TimerQueue timers;
  EventSignal signal;
  std::unique_ptr<feeds::PullRunner> runner;
  std::unique_ptr<ShipmentFeed> feed;
  base::CallContext context;
  int64_t taken = 0;  // the last sequence that Take saw

 private:
  struct Server {
    std::unique_ptr<base::SkewedClock> clock;
    std::unique_ptr<feeds::PullRunner> runner;
    std::unique_ptr<ShipmentFeed> feed;
  };

  void StartServer(bool alone = true);
  void StopServer();
  void FollowPull(testing_support::PullMoment& moment);

  storage::FaultPlan* const faults_;
  const int pages_ahead_;
  // Those that are not asked; the place of the one that is stays empty.
  std::vector<Server> others_{1};
  size_t current_ = 0;
  std::unique_ptr<base::SkewedClock> server_clock_;
  // Stopped ones stay until their executor has ended, as in a server: a pull's
  // thread may still be on its way out.
  std::vector<std::unique_ptr<feeds::PullRunner>> stopped_;
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_TESTS_SHIPMENTS_SHIPMENT_WORLD_H_
