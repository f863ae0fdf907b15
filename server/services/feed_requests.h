// The requests of the two feeds, read into what their use cases take, and their
// pages as answers.
#ifndef OMS_CONNECTOR_SERVER_SERVICES_FEED_REQUESTS_H_
#define OMS_CONNECTOR_SERVER_SERVICES_FEED_REQUESTS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/secret_box.h"
#include "domain/inventory/inventory_syncer.h"
#include "domain/shipments/acknowledgement.h"
#include "domain/shipments/shipment_feed.h"
#include "oms_connector/v1/connector_service.pb.h"
#include "server/rpc/call.h"

namespace oms_connector::server {

// All of them: INVALID_REQUEST naming the field for what the request's fields
// cannot be. `connection` is the id of the one that the request names.
absl::StatusOr<inventory::SyncRequest> SyncRequestFromProto(
    const Call& call, const base::SecretBox& secrets,
    const v1::SyncInventoryRequest& request);
absl::StatusOr<shipments::PollRequest> PollRequestFromProto(
    const std::string& connection, const v1::PollShipmentsRequest& request);

// An acknowledgement without the outcomes that could not be read, which stand
// in `errors` under their index in the request; `index_of` gives the index of
// each that could.
struct ReadAcknowledgement {
  shipments::AcknowledgeRequest request;
  std::vector<shipments::OutcomeError> errors;
  std::vector<int> index_of;
};
absl::StatusOr<ReadAcknowledgement> AcknowledgementFromProto(
    const std::string& connection,
    const v1::AcknowledgeShipmentsRequest& request);

v1::SyncInventoryResponse ToProto(const inventory::SyncPage& page,
                                  const std::string& connection);
v1::PollShipmentsResponse ToProto(const shipments::PollPage& page,
                                  const std::string& connection);
v1::AcknowledgeShipmentsResponse ToProto(
    const std::vector<shipments::OutcomeError>& errors);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SERVICES_FEED_REQUESTS_H_
