#include "tests/shipments/shipment_world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "base/status_macros.h"
#include "domain/shipments/shipment_view.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::shipments {
namespace {

using testing_support::FakeOrderManager;
using testing_support::FakeWorld;
using Request = testing_support::WatchedOrderManager::Request;

model::Connection Acme(const std::string& base_url, absl::Time now) {
  model::Connection connection;
  connection.id = kConnection;
  connection.epoch = "e1";
  connection.order_manager.base_url = base_url;
  connection.order_manager.sealed_token = "sealed";
  connection.earliest_shipment_time = now - absl::Hours(7 * 24);
  connection.etag = "c0";
  connection.create_time = now;
  connection.update_time = now;
  model::Cart cart;
  cart.cart_id = kCart;
  cart.sales_channel = "Shop";
  connection.carts.push_back(cart);
  return connection;
}

std::unique_ptr<FakeOrderManager> StartFake(std::function<absl::Time()> clock) {
  FakeOrderManager::Options options;
  options.over_http = false;
  options.clock = std::move(clock);
  return FakeOrderManager::Start(std::move(options)).value();
}

std::string NameOf(const Request& request) {
  if (request.endpoint == "order") return absl::StrCat("order ", request.id);
  if (!request.filter.shipment_ids.empty()) return "shipments by id";
  return request.filter.voided_only ? "shipments voided" : request.endpoint;
}

}  // namespace

Order MakeOrder(int64_t id, const std::string& status) {
  Order order;
  order.order_id = id;
  order.order_number = absl::StrCat("N-", id);
  order.order_status = status;
  order.sales_channel_id = kChannel;
  order.items = {{id, "L-1", "M-1", 2}};
  return order;
}

Shipment MakeShipment(int64_t id, int64_t order_id,
                      const std::string& tracking_number) {
  Shipment shipment;
  shipment.shipment_id = id;
  shipment.order_id = order_id;
  shipment.order_number = absl::StrCat("N-", order_id);
  shipment.tracking_number = tracking_number;
  shipment.ship_method.shipping_carrier = "UPS";
  return shipment;
}

ShipmentWorld::ShipmentWorld(base::Clock* given,
                             testing_support::TestStoreOptions options,
                             int pages_ahead)
    : clock(given == nullptr ? &manual_clock : given),
      fake(StartFake([this] { return OrderManagerNow(); })),
      faults_(options.faults),
      pages_ahead_(pages_ahead) {
  options.counter = &counter;
  absl::StatusOr<std::unique_ptr<storage::Store>> opened =
      testing_support::NewTestStore(clock, &sleeper, &ids, options);
  if (!opened.ok()) ADD_FAILURE() << opened.status();
  store = *std::move(opened);
  EXPECT_TRUE(store
                  ->Write(context,
                          [&](storage::WriteTransaction& txn) {
                            model::StoredSettings settings;
                            settings.etag = "s0";
                            settings.update_time = clock->Now();
                            return txn.connections().InsertConnection(
                                Acme(fake->base_url(), clock->Now()), settings);
                          })
                  .ok());
  PutChannel(kChannel, "Shop");
  server_clock_ =
      std::make_unique<base::SkewedClock>(clock, absl::ZeroDuration());
  StartServer();
}

void ShipmentWorld::StartServer(bool alone) {
  feeds::PullRunnerOptions runner_options;
  runner_options.sole_server = alone;
  runner_options.pages_ahead = pages_ahead_;
  runner_options.store = store.get();
  runner_options.clock = server_clock_.get();
  runner_options.ids = &ids;
  runner_options.executor = &pull_executor;
  runner_options.open_token = [](const model::Connection&) {
    return base::SecretString("token");
  };
  runner_options.holder = ids.NewUuid();
  runner = std::make_unique<feeds::PullRunner>(runner_options);
  auto puller =
      std::make_shared<ShipmentPuller>(store.get(), &order_manager, &signal);
  runner->SetBody(
      model::Feed::kShipments,
      [puller](feeds::PullSession& session) { return puller->Pull(session); });
  const absl::Status recovered = runner->Recover(context);
  EXPECT_TRUE(recovered.ok()) << recovered;
  ShipmentFeedOptions feed_options;
  feed_options.store = store.get();
  feed_options.runner = runner.get();
  feed_options.clock = server_clock_.get();
  feed_options.executor = &executor;
  feed_options.timers = &timers;
  feed_options.signal = &signal;
  feed = std::make_unique<ShipmentFeed>(feed_options);
}

void ShipmentWorld::AddServers(const std::vector<absl::Duration>& skews) {
  const size_t first = current_;
  for (const absl::Duration skew : skews) {
    others_[current_] = {std::move(server_clock_), std::move(runner),
                         std::move(feed)};
    current_ = others_.size();
    others_.emplace_back();
    server_clock_ = std::make_unique<base::SkewedClock>(clock, skew);
    StartServer();
  }
  SwitchServer(first);
}

void ShipmentWorld::SwitchServer(size_t number) {
  if (number == current_) return;
  others_[current_] = {std::move(server_clock_), std::move(runner),
                       std::move(feed)};
  current_ = number;
  Server& server = others_[current_];
  server_clock_ = std::move(server.clock);
  runner = std::move(server.runner);
  feed = std::move(server.feed);
}

ShipmentWorld::~ShipmentWorld() {
  feed->Shutdown();
  runner->Shutdown();
  for (Server& server : others_) {
    if (server.feed == nullptr) continue;
    server.feed->Shutdown();
    server.runner->Shutdown();
  }
  pull_executor.Shutdown();
  executor.Shutdown();
  timers.Shutdown();
}

void ShipmentWorld::StopServer() {
  feed->Shutdown();
  stopped_.push_back(std::move(runner));
}

void ShipmentWorld::Restart(bool alone) {
  runner->Shutdown();
  StopServer();
  StartServer(alone);
}

void ShipmentWorld::FollowPull(testing_support::PullMoment& moment) {
  feeds::PullRequest request;
  request.connection = kConnection;
  request.feed = model::Feed::kShipments;
  moment.Follow(*runner, request);
}

void ShipmentWorld::DieInPull(int at) {
  const auto moment = std::make_shared<testing_support::PullMoment>(at);
  const auto go_on = std::make_shared<absl::Notification>();
  order_manager.SetHook([moment, go_on](const Request&) {
    if (moment->CountRequest()) {
      moment->Come();
      go_on->WaitForNotification();
    }
    return absl::OkStatus();
  });
  FollowPull(*moment);
  StopServer();
  StartServer();
  order_manager.SetHook(nullptr);
  go_on->Notify();
  moment->WaitForEnd();  // it was not told to stop
  stopped_.back()->Shutdown();
}

void ShipmentWorld::KillInPull(int at, bool alone) {
  const auto moment = std::make_shared<testing_support::PullMoment>(at);
  order_manager.SetHook([moment, faults = faults_](const Request&) {
    if (moment->CountRequest()) {
      faults->FailAlways(model::Internal("killed"));
      moment->Come();
    }
    return absl::OkStatus();
  });
  FollowPull(*moment);
  runner->Shutdown();
  order_manager.SetHook(nullptr);
  faults_->Clear();
  Restart(alone);
}

absl::Time ShipmentWorld::OrderManagerNow() {
  return clock == &manual_clock ? manual_clock.SteadyNow() : clock->Now();
}

void ShipmentWorld::Put(Order order) {
  if (order.modified == absl::InfinitePast()) {
    order.modified = OrderManagerNow();
  }
  fake->Mutate([&](FakeWorld& world) { world.Put(std::move(order)); });
}

void ShipmentWorld::Put(Shipment shipment) {
  if (shipment.created == absl::InfinitePast()) {
    shipment.created = OrderManagerNow();
  }
  fake->Mutate([&](FakeWorld& world) { world.Put(std::move(shipment)); });
}

void ShipmentWorld::PutChannel(int64_t id, const std::string& name) {
  testing_support::SalesChannel channel;
  channel.sales_channel_id = id;
  channel.name = name;
  fake->Mutate([&](FakeWorld& world) { world.Put(std::move(channel)); });
}

void ShipmentWorld::SetFault(
    std::function<absl::Status(const std::string&)> fault) {
  if (!fault) return order_manager.SetHook(nullptr);
  order_manager.SetHook([fault = std::move(fault)](const Request& request) {
    return fault(NameOf(request));
  });
}

std::vector<std::string> ShipmentWorld::TakeRequests() {
  std::vector<std::string> names;
  for (const Request& request : order_manager.TakeRequests()) {
    names.push_back(NameOf(request));
  }
  return names;
}

void ShipmentWorld::Set(const std::function<void(model::Settings&)>& change) {
  const absl::Status status =
      store->Write(context, [&](storage::WriteTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(model::StoredSettings settings,
                             txn.connections().GetSettings(kConnection));
        change(settings.values);
        settings.etag += "'";
        return txn.connections().UpdateSettings(kConnection, settings, false);
      });
  EXPECT_TRUE(status.ok()) << status;
}

void ShipmentWorld::Configure(
    const std::function<void(model::Connection&)>& change) {
  const absl::Status status =
      store->Write(context, [&](storage::WriteTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(model::Connection connection,
                             txn.connections().GetConnection(kConnection));
        change(connection);
        connection.etag += "'";
        return txn.connections().UpdateConnection(connection);
      });
  EXPECT_TRUE(status.ok()) << status;
}

void ShipmentWorld::Wait() {
  Set([](model::Settings& settings) {
    settings.split_order_handling =
        model::SplitOrderHandling::kWaitForAllRecords;
  });
}

absl::Status ShipmentWorld::Pull() {
  feeds::PullRequest request;
  request.connection = kConnection;
  request.feed = model::Feed::kShipments;
  OMS_ASSIGN_OR_RETURN(const model::SyncRun run,
                       runner->RunToEnd(context, request));
  return run.error;
}

absl::StatusOr<PollPage> ShipmentWorld::Poll(PollRequest request) {
  request.connection = kConnection;
  absl::Notification done;
  absl::StatusOr<PollPage> answer;
  feed->Poll(context, request, [&](absl::StatusOr<PollPage> page) {
    answer = std::move(page);
    done.Notify();
  });
  done.WaitForNotification();
  return answer;
}

PollPage ShipmentWorld::PollStored(int64_t cursor) {
  PollRequest request;
  request.cursor = cursor;
  request.max_staleness = absl::Hours(24 * 365);
  request.max_wait = absl::ZeroDuration();
  absl::StatusOr<PollPage> page = Poll(request);
  EXPECT_TRUE(page.ok()) << page.status();
  return page.ok() ? *std::move(page) : PollPage();
}

std::vector<model::ShipmentEvent> ShipmentWorld::Take() {
  const absl::Status pulled = Pull();
  EXPECT_TRUE(pulled.ok()) << pulled;
  PollPage page = PollStored(taken);
  EXPECT_TRUE(page.caught_up);
  taken = page.next_cursor;
  return std::move(page.events);
}

model::SyncRun ShipmentWorld::LatestRun() {
  model::SyncRun run;
  const absl::Status status =
      store->Read(context, [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(
            const std::optional<model::SyncRun> latest,
            txn.runs().LatestRun(kConnection, model::Feed::kShipments));
        if (latest.has_value()) run = *latest;
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  return run;
}

model::Shipment ShipmentWorld::Find(int64_t shipment_id) {
  std::vector<model::StoredShipment> found;
  const absl::Status status =
      store->Read(context, [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(
            found, txn.shipments().FindShipments(kConnection, {shipment_id}));
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(found.size(), 1u) << shipment_id;
  return found.empty() ? model::Shipment() : ShipmentOf(found.front());
}

}  // namespace oms_connector::shipments
