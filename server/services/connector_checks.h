// What each request of ConnectorService must be by itself. Requests
// must outlive their check.
#ifndef OMS_CONNECTOR_SERVER_SERVICES_CONNECTOR_CHECKS_H_
#define OMS_CONNECTOR_SERVER_SERVICES_CONNECTOR_CHECKS_H_

#include "oms_connector/v1/connector_service.pb.h"
#include "server/convert/request_check.h"

namespace oms_connector::server {

RequestCheck CheckOf(const v1::GetSettingsRequest& request);
RequestCheck CheckOf(const v1::UpdateSettingsRequest& request);
RequestCheck CheckOf(const v1::SyncInventoryRequest& request);
RequestCheck CheckOf(const v1::PollShipmentsRequest& request);
// Its outcomes aside, which are judged one by one.
RequestCheck CheckOf(const v1::AcknowledgeShipmentsRequest& request);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SERVICES_CONNECTOR_CHECKS_H_
