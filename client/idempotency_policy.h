#ifndef OMS_CONNECTOR_CLIENT_IDEMPOTENCY_POLICY_H_
#define OMS_CONNECTOR_CLIENT_IDEMPOTENCY_POLICY_H_

// Which calls may be sent a second time when nobody knows whether the first one
// arrived. Every RPC is named here, by its request; there is no default.

#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/connector_service.pb.h"
#include "oms_connector/v1/shipment_requests.pb.h"

namespace oms_connector::client {

// Reads, and calls that only make stored data fresher.
bool MayRetry(const v1::GetSettingsRequest& request);
bool MayRetry(const v1::SyncInventoryRequest& request);
bool MayRetry(const v1::PollShipmentsRequest& request);
bool MayRetry(const v1::GetConnectionRequest& request);
bool MayRetry(const v1::ListConnectionsRequest& request);
bool MayRetry(const v1::TestConnectionRequest& request);
bool MayRetry(const v1::ListSettingsChangesRequest& request);
bool MayRetry(const v1::PreviewSettingsRequest& request);
bool MayRetry(const v1::ListShipmentsRequest& request);
bool MayRetry(const v1::ListConsumersRequest& request);
bool MayRetry(const v1::GetSyncRunRequest& request);
bool MayRetry(const v1::ListSyncRunsRequest& request);

// The same end state however often they arrive.
bool MayRetry(const v1::CancelSyncRunRequest& request);
bool MayRetry(const v1::ResetConsumerRequest& request);

// Only with a request id, which makes the server answer a repeat with the first
// result. (A `validate_only` update changes nothing and needs none.)
bool MayRetry(const v1::UpdateSettingsRequest& request);
bool MayRetry(const v1::AcknowledgeShipmentsRequest& request);
bool MayRetry(const v1::CreateConnectionRequest& request);
bool MayRetry(const v1::UpdateConnectionRequest& request);
bool MayRetry(const v1::ReleaseShipmentsRequest& request);
bool MayRetry(const v1::ReplayShipmentsRequest& request);

// Never: a repeat of one that succeeded says NOT_FOUND, and under a name that
// was used again in the meantime it would remove something else.
bool MayRetry(const v1::DeleteConnectionRequest& request);
bool MayRetry(const v1::DeleteConsumerRequest& request);

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_IDEMPOTENCY_POLICY_H_
