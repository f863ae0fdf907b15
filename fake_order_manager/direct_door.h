// The fake Order Manager without sockets: its world, faults, quota and log
// behind the interface that the use cases see. What lies between is the real
// client; only the wire is missing.
//
//   FakeOrderManager::Options options;
//   options.world = world;
//   options.over_http = false;
//   auto fake = FakeOrderManager::Start(std::move(options)).value();
//   DirectOrderManager direct(fake.get(), &clock, &sleeper, &ids);
//   UseCase use_case(direct.get());       // with fake->base_url() as account
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_DIRECT_DOOR_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_DIRECT_DOOR_H_

#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "fake_order_manager/fake_order_manager.h"
#include "order_manager/http_transport.h"
#include "order_manager/order_manager.h"
#include "order_manager/rest_client.h"

namespace oms_connector::testing_support {

// Answers what a request over HTTP would come to: a connection that the fake
// closes or lets drip is UNAVAILABLE at once. Thread-safe.
class DirectTransport final : public order_manager::HttpTransport {
 public:
  // Not owned.
  explicit DirectTransport(FakeOrderManager* fake) : fake_(fake) {}

  order_manager::HttpResult Send(const order_manager::HttpRequest& request,
                                 const base::CallContext& context) override;

 private:
  FakeOrderManager* const fake_;
};

// Of a client that asks the fake, by whichever door.
order_manager::RestOrderManager::Options ClientOptions();

// Thread-safe.
class DirectOrderManager {
 public:
  // Nothing is owned. Waits between tries are the sleeper's.
  DirectOrderManager(FakeOrderManager* fake, base::Clock* clock,
                     base::Sleeper* sleeper, base::IdGenerator* ids);

  order_manager::OrderManager* get() { return &rest_; }

 private:
  DirectTransport transport_;
  order_manager::RestOrderManager rest_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_DIRECT_DOOR_H_
