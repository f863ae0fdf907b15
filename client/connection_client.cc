#include "oms_connector/client/connection_client.h"

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "client/channel.h"

namespace oms_connector::client {
namespace {

// The entries of a list, page by page by `call`, from the request's page token.
template <typename Request, typename Response, typename Item, typename Call>
ItemRange<Response, Item> ListItems(
    Request request,
    const google::protobuf::RepeatedPtrField<Item>& (Response::*items)() const,
    Call call) {
  std::string start = request.page_token();
  return {PageRange<Response>(
              [request = std::move(request), call = std::move(call),
               ended = false](absl::StatusOr<Response>& page) mutable {
                if (ended) return false;
                page = call(request);
                ended = !page.ok() || page->next_page_token().empty();
                if (!ended) request.set_page_token(page->next_page_token());
                return true;
              }),
          items, &Response::next_page_token, std::move(start)};
}

}  // namespace

absl::StatusOr<ConnectionClient> ConnectionClient::Create(
    const ClientOptions& options) {
  OMS_ASSIGN_OR_RETURN(const auto channel, MakeChannel(options));
  return ConnectionClient(v1::ConnectionService::NewStub(channel),
                          UnaryCaller(options));
}

ItemRange<v1::ListConnectionsResponse, v1::Connection>
ConnectionClient::Connections(v1::ListConnectionsRequest request,
                              CallOptions options) const {
  return ListItems(
      std::move(request), &v1::ListConnectionsResponse::connections,
      [client = *this,
       options = std::move(options)](const v1::ListConnectionsRequest& next) {
        return client.ListConnections(next, options);
      });
}

ItemRange<v1::ListSettingsChangesResponse, v1::SettingsChange>
ConnectionClient::SettingsChanges(v1::ListSettingsChangesRequest request,
                                  CallOptions options) const {
  return ListItems(std::move(request),
                   &v1::ListSettingsChangesResponse::changes,
                   [client = *this, options = std::move(options)](
                       const v1::ListSettingsChangesRequest& next) {
                     return client.ListSettingsChanges(next, options);
                   });
}

ItemRange<v1::PreviewSettingsResponse, v1::SettingsPreviewRow>
ConnectionClient::PreviewRows(v1::PreviewSettingsRequest request,
                              CallOptions options) const {
  return ListItems(std::move(request), &v1::PreviewSettingsResponse::rows,
                   [client = *this, options = std::move(options)](
                       const v1::PreviewSettingsRequest& next) {
                     return client.PreviewSettings(next, options);
                   });
}

ItemRange<v1::ListShipmentsResponse, v1::Shipment> ConnectionClient::Shipments(
    v1::ListShipmentsRequest request, CallOptions options) const {
  return ListItems(std::move(request), &v1::ListShipmentsResponse::shipments,
                   [client = *this, options = std::move(options)](
                       const v1::ListShipmentsRequest& next) {
                     return client.ListShipments(next, options);
                   });
}

ItemRange<v1::ListSyncRunsResponse, v1::SyncRun> ConnectionClient::SyncRuns(
    v1::ListSyncRunsRequest request, CallOptions options) const {
  return ListItems(std::move(request), &v1::ListSyncRunsResponse::runs,
                   [client = *this, options = std::move(options)](
                       const v1::ListSyncRunsRequest& next) {
                     return client.ListSyncRuns(next, options);
                   });
}

}  // namespace oms_connector::client
