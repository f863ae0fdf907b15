#include "oms_connector/client/connector_client.h"

#include <utility>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "client/channel.h"

namespace oms_connector::client {
namespace {

// From now on only what is stored: no pull is asked for or waited for.
void ReadStored(v1::SyncInventoryRequest& request) {
  request.clear_kind();
  request.clear_request_id();
  request.clear_max_staleness();
  *request.mutable_max_wait() = google::protobuf::Duration();
}

void ReadStored(v1::PollShipmentsRequest& request) {
  request.clear_max_staleness();
  *request.mutable_max_wait() = google::protobuf::Duration();
}

// Pages of a feed by `call`, from the request's cursor.
template <typename Response, typename Request, typename Call>
PageRange<Response> FeedPages(Request request, Call call) {
  return PageRange<Response>(
      [request = std::move(request), call = std::move(call),
       ended = false](absl::StatusOr<Response>& page) mutable {
        if (ended) return false;
        page = call(request);
        ended = !page.ok() || page->caught_up() ||
                page->next_cursor() == request.cursor();
        if (ended) return true;
        ReadStored(request);
        request.set_cursor(page->next_cursor());
        return true;
      });
}

}  // namespace

absl::StatusOr<ConnectorClient> ConnectorClient::Create(
    const ClientOptions& options) {
  OMS_ASSIGN_OR_RETURN(const auto channel, MakeChannel(options));
  return ConnectorClient(v1::ConnectorService::NewStub(channel),
                         UnaryCaller(options));
}

LevelPageRange ConnectorClient::LevelPages(v1::SyncInventoryRequest request,
                                           CallOptions options) const {
  return FeedPages<v1::SyncInventoryResponse>(
      std::move(request), [client = *this, options = std::move(options)](
                              const v1::SyncInventoryRequest& next) {
        return client.SyncInventory(next, options);
      });
}

LevelRange ConnectorClient::Levels(v1::SyncInventoryRequest request,
                                   CallOptions options) const {
  std::string start = request.cursor();
  return {LevelPages(std::move(request), std::move(options)),
          &v1::SyncInventoryResponse::levels,
          &v1::SyncInventoryResponse::next_cursor, std::move(start)};
}

EventPageRange ConnectorClient::EventPages(v1::PollShipmentsRequest request,
                                           CallOptions options) const {
  return FeedPages<v1::PollShipmentsResponse>(
      std::move(request), [client = *this, options = std::move(options)](
                              const v1::PollShipmentsRequest& next) {
        return client.PollShipments(next, options);
      });
}

EventRange ConnectorClient::Events(v1::PollShipmentsRequest request,
                                   CallOptions options) const {
  std::string start = request.cursor();
  return {EventPages(std::move(request), std::move(options)),
          &v1::PollShipmentsResponse::events,
          &v1::PollShipmentsResponse::next_cursor, std::move(start)};
}

}  // namespace oms_connector::client
