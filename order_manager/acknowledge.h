// POST /service/v1.2/inventory/acknowledge: numbers of listings that have
// changed since this account last asked, as the Order Manager computed them
// with its own channel allocation rules.
//
// That it exists, and that it tells only what changed since the previous call,
// is documented. Its bodies are not public: this pair of files holds all that
// is ASSUMED of them, and is the one place to correct:
//   request  {"salesChannelIds":[7]}
//   answer   [{listingId, listingSku, masterSku, salesChannelId, quantity,
//              lastModified}], `availableQuantity` where `quantity` is absent
#ifndef OMS_CONNECTOR_ORDER_MANAGER_ACKNOWLEDGE_H_
#define OMS_CONNECTOR_ORDER_MANAGER_ACKNOWLEDGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "order_manager/json_rows.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// Always under /service, whatever the connection's path prefix.
inline constexpr absl::string_view kAcknowledgePath =
    "/service/v1.2/inventory/acknowledge";

std::string AcknowledgeRequestBody(
    const std::vector<int64_t>& sales_channel_ids);

// Needed: listing id, listing SKU, a quantity, and a channel among those that
// were asked for; where only one was, a row need not name it. Since a number is
// told once, a row that is rejected says whose number it was. No row means "no
// change". DATA_LOSS where `text`, which may be changed, is garbled.
absl::StatusOr<Acknowledged> ReadAcknowledged(
    JsonRows& reader, std::string* text,
    const std::vector<int64_t>& sales_channel_ids);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_ACKNOWLEDGE_H_
