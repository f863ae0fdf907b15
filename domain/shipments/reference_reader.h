// Reads the names of sales channels, warehouses and services at the start of a
// pull.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_REFERENCE_READER_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_REFERENCE_READER_H_

#include "absl/status/status.h"
#include "domain/feeds/pull_session.h"
#include "order_manager/order_manager.h"

namespace oms_connector::shipments {

// Stores the names, and notes carts whose sales channel there is not in the
// run's cart_errors. Names that cannot be read stay as they were, with a line
// in the log: they do not keep shipments from their carts. Errors that concern
// the whole account are returned, and for sales channels any but a refusal.
absl::Status ReadReferences(feeds::PullSession& session,
                            order_manager::OrderManager& order_manager);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_REFERENCE_READER_H_
