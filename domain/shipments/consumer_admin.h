// The named readers of the feed, for the people who look after them.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_CONSUMER_ADMIN_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_CONSUMER_ADMIN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "model/shipment.h"
#include "storage/store.h"

namespace oms_connector::shipments {

struct ConsumerLag {
  model::Consumer consumer;
  int64_t lag = 0;  // events of its cart after its position
};

// Thread-safe; does not own the store. All methods give CONNECTION_NOT_FOUND
// and the store's errors.
class ConsumerAdmin {
 public:
  explicit ConsumerAdmin(storage::Store* store);

  // By name.
  absl::StatusOr<std::vector<ConsumerLag>> List(
      const base::CallContext& context, const std::string& connection);

  // Sets the position, forward or backward; 0 = the beginning.
  // CONSUMER_NOT_FOUND, CURSOR_EXPIRED.
  absl::Status Reset(const base::CallContext& context,
                     const std::string& connection, const std::string& consumer,
                     int64_t position);

  // Its name may be used anew, for any cart. CONSUMER_NOT_FOUND.
  absl::Status Delete(const base::CallContext& context,
                      const std::string& connection,
                      const std::string& consumer);

 private:
  storage::Store* const store_;
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_CONSUMER_ADMIN_H_
