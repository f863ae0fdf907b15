#include "client/idempotency_policy.h"

namespace oms_connector::client {

bool MayRetry(const v1::GetSettingsRequest&) { return true; }
bool MayRetry(const v1::SyncInventoryRequest&) { return true; }
bool MayRetry(const v1::PollShipmentsRequest&) { return true; }
bool MayRetry(const v1::GetConnectionRequest&) { return true; }
bool MayRetry(const v1::ListConnectionsRequest&) { return true; }
bool MayRetry(const v1::TestConnectionRequest&) { return true; }
bool MayRetry(const v1::ListSettingsChangesRequest&) { return true; }
bool MayRetry(const v1::PreviewSettingsRequest&) { return true; }
bool MayRetry(const v1::ListShipmentsRequest&) { return true; }
bool MayRetry(const v1::ListConsumersRequest&) { return true; }
bool MayRetry(const v1::GetSyncRunRequest&) { return true; }
bool MayRetry(const v1::ListSyncRunsRequest&) { return true; }
bool MayRetry(const v1::CancelSyncRunRequest&) { return true; }
bool MayRetry(const v1::ResetConsumerRequest&) { return true; }

bool MayRetry(const v1::UpdateSettingsRequest& request) {
  return request.validate_only() || !request.request_id().empty();
}

bool MayRetry(const v1::AcknowledgeShipmentsRequest& request) {
  return !request.request_id().empty();
}

bool MayRetry(const v1::CreateConnectionRequest& request) {
  return !request.request_id().empty();
}

bool MayRetry(const v1::UpdateConnectionRequest& request) {
  return !request.request_id().empty();
}

bool MayRetry(const v1::ReleaseShipmentsRequest& request) {
  return !request.request_id().empty();
}

bool MayRetry(const v1::ReplayShipmentsRequest& request) {
  return !request.request_id().empty();
}

bool MayRetry(const v1::DeleteConnectionRequest&) { return false; }
bool MayRetry(const v1::DeleteConsumerRequest&) { return false; }

}  // namespace oms_connector::client
