// What each request of ConnectionService must be by itself. Requests
// must outlive their check.
#ifndef OMS_CONNECTOR_SERVER_SERVICES_CONNECTION_CHECKS_H_
#define OMS_CONNECTOR_SERVER_SERVICES_CONNECTION_CHECKS_H_

#include "domain/connections/connection_directory.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "server/convert/request_check.h"

namespace oms_connector::server {

// `directory` knows what a connection may look like here.
RequestCheck CheckOf(const v1::CreateConnectionRequest& request,
                     const connections::ConnectionDirectory& directory);
RequestCheck CheckOf(const v1::UpdateConnectionRequest& request,
                     const connections::ConnectionDirectory& directory);

RequestCheck CheckOf(const v1::GetConnectionRequest& request);
RequestCheck CheckOf(const v1::ListConnectionsRequest& request);
RequestCheck CheckOf(const v1::DeleteConnectionRequest& request);
RequestCheck CheckOf(const v1::TestConnectionRequest& request);
RequestCheck CheckOf(const v1::ListSettingsChangesRequest& request);
RequestCheck CheckOf(const v1::PreviewSettingsRequest& request);
RequestCheck CheckOf(const v1::ExplainLevelRequest& request);
RequestCheck CheckOf(const v1::ListSyncRunsRequest& request);
RequestCheck CheckOf(const v1::ListShipmentsRequest& request);
RequestCheck CheckOf(const v1::ReleaseShipmentsRequest& request);
RequestCheck CheckOf(const v1::ReplayShipmentsRequest& request);
RequestCheck CheckOf(const v1::ListConsumersRequest& request);
RequestCheck CheckOf(const v1::ResetConsumerRequest& request);
RequestCheck CheckOf(const v1::DeleteConsumerRequest& request);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SERVICES_CONNECTION_CHECKS_H_
