// The requests of ConnectorService, read into what their use cases take, and
// the pages of the two feeds as answers.
#ifndef OMS_CONNECTOR_SERVER_SERVICES_CONNECTOR_REQUESTS_H_
#define OMS_CONNECTOR_SERVER_SERVICES_CONNECTOR_REQUESTS_H_

#include <string>
#include <vector>

#include "base/secret_box.h"
#include "domain/connections/settings_editor.h"
#include "domain/inventory/inventory_syncer.h"
#include "domain/shipments/acknowledgement.h"
#include "domain/shipments/shipment_feed.h"
#include "oms_connector/v1/connector_service.pb.h"
#include "server/convert/request_reader.h"
#include "server/rpc/call.h"

namespace oms_connector::server {

// Its response is the caller's to add.
connections::SettingsUpdate ReadSettingsUpdate(
    const Call& call, const base::SecretBox& secrets,
    const v1::UpdateSettingsRequest& request, RequestReader& read);
inventory::SyncRequest ReadSync(const Call& call,
                                const base::SecretBox& secrets,
                                const v1::SyncInventoryRequest& request,
                                RequestReader& read);
shipments::PollRequest ReadPoll(const Call& call,
                                const v1::PollShipmentsRequest& request,
                                RequestReader& read);

// An acknowledgement without the outcomes that could not be read, which stand
// in `errors` under their index in the request; `index_of` gives the index of
// each that could.
struct ReadAcknowledgement {
  shipments::AcknowledgeRequest request;
  std::vector<shipments::OutcomeError> errors;
  std::vector<int> index_of;
};
ReadAcknowledgement ReadOutcomes(const Call& call,
                                 const base::SecretBox& secrets,
                                 const v1::AcknowledgeShipmentsRequest& request,
                                 RequestReader& read);

// Into an answer that is empty, where it stands.
void ToProto(const inventory::SyncPage& page, const std::string& connection,
             v1::SyncInventoryResponse* proto);
void ToProto(const shipments::PollPage& page, const std::string& connection,
             v1::PollShipmentsResponse* proto);
v1::AcknowledgeShipmentsResponse ToProto(
    const std::vector<shipments::OutcomeError>& errors);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SERVICES_CONNECTOR_REQUESTS_H_
