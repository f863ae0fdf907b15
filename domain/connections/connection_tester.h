// Asks an Order Manager whether it can be read, for a person who sets up a
// connection.
#ifndef OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_TESTER_H_
#define OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_TESTER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/secret_string.h"
#include "model/connection.h"
#include "model/inventory.h"
#include "model/sync_run.h"
#include "order_manager/order_manager.h"
#include "storage/store.h"

namespace oms_connector::connections {

// The sales channel that a cart means.
struct CartChannel {
  std::string cart_id;
  model::SalesChannel sales_channel;
};

struct ConnectionTest {
  std::vector<model::SalesChannel> sales_channels;
  std::vector<model::Warehouse> warehouses;
  std::vector<model::CartError> cart_errors;  // carts that cannot be served
  // The channels of the other carts that name one.
  std::vector<CartChannel> cart_channels;
  // How long the Order Manager took for both; our own throttle aside.
  absl::Duration latency;
  absl::Status error;  // from model/errors.h; OK when both answered
};

// Thread-safe. Owns nothing that it is given.
class ConnectionTester {
 public:
  using OpenToken = std::function<absl::StatusOr<base::SecretString>(
      const model::Connection&)>;

  ConnectionTester(storage::Store* store,
                   order_manager::OrderManager* order_manager,
                   base::Clock* clock, OpenToken open_token);

  // Sends two requests, each once, and gives up after 20 seconds. An Order
  // Manager that cannot be reached, is too slow or refuses us is an answer, in
  // `error`. CONNECTION_NOT_FOUND, or the store's errors, or the context's.
  // Another connection is named only where `visible` admits it.
  absl::StatusOr<ConnectionTest> Test(
      const base::CallContext& context, absl::string_view connection,
      const std::function<bool(absl::string_view)>& visible);

 private:
  storage::Store* const store_;
  order_manager::OrderManager* const order_manager_;
  base::Clock* const clock_;
  const OpenToken open_token_;
};

}  // namespace oms_connector::connections

#endif  // OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_TESTER_H_
