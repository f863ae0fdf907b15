// The requests of ConnectionService that hold more than a name, read into what
// their use cases take.
#ifndef OMS_CONNECTOR_SERVER_SERVICES_CONNECTION_REQUESTS_H_
#define OMS_CONNECTOR_SERVER_SERVICES_CONNECTION_REQUESTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/secret_box.h"
#include "domain/connections/connection_directory.h"
#include "domain/feeds/run_queries.h"
#include "domain/inventory/level_explanation.h"
#include "domain/inventory/settings_preview.h"
#include "domain/shipments/shipment_admin.h"
#include "model/settings.h"
#include "model/sync_run.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "server/convert/cursor_token.h"
#include "server/convert/page_token.h"
#include "server/convert/request_reader.h"
#include "server/rpc/call.h"

namespace oms_connector::server {

// Where a call has an id, its response is the caller's to add.

// `directory` knows what a connection may look like here.
struct NewConnection {
  connections::ConnectionDraft draft;
  connections::ConnectionCall call;
};
NewConnection ReadNewConnection(
    const Call& call, const base::SecretBox& secrets,
    const connections::ConnectionDirectory& directory,
    const v1::CreateConnectionRequest& request, RequestReader& read);
connections::ConnectionUpdate ReadConnectionUpdate(
    const Call& call, const base::SecretBox& secrets,
    const connections::ConnectionDirectory& directory,
    const v1::UpdateConnectionRequest& request, RequestReader& read);

struct PreviewQuestion {
  ListPosition from;
  inventory::PreviewRequest preview;  // but for the settings
  model::PartialSettings sent;
  std::vector<std::string> mask;
};
PreviewQuestion ReadPreview(const Call& call,
                            const v1::PreviewSettingsRequest& request,
                            RequestReader& read);

inventory::LevelQuestion ReadLevelQuestion(
    const Call& call, const v1::ExplainLevelRequest& request,
    RequestReader& read);

struct RunQuestion {
  ListPosition from;
  std::optional<model::Feed> feed;
  feeds::RunPosition before;
};
RunQuestion ReadRunQuestion(const Call& call,
                            const v1::ListSyncRunsRequest& request,
                            RequestReader& read);
// A page token's text for going on behind `run`.
std::string PositionBehind(const model::SyncRun& run);

struct ShipmentQuestion {
  ListPosition from;
  shipments::ShipmentListRequest list;
};
ShipmentQuestion ReadShipmentQuestion(const Call& call,
                                      const v1::ListShipmentsRequest& request,
                                      RequestReader& read);
shipments::ReleaseRequest ReadRelease(
    const Call& call, const base::SecretBox& secrets,
    const v1::ReleaseShipmentsRequest& request, RequestReader& read);

// The ends of a range are cursors, whose connection the caller has to look at.
struct ReplayQuestion {
  shipments::ReplayRequest replay;
  ReadCursor start, end;
};
ReplayQuestion ReadReplay(const Call& call, const base::SecretBox& secrets,
                          const v1::ReplayShipmentsRequest& request,
                          RequestReader& read);

// The name of a consumer.
std::string ReadConsumer(const std::string& name, RequestReader& read);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SERVICES_CONNECTION_REQUESTS_H_
