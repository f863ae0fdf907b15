#include "server/services/connector_service.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "server/convert/resource_names.h"
#include "server/convert/settings_convert.h"
#include "server/rpc/repeatable.h"
#include "server/services/connector_checks.h"
#include "server/services/feed_requests.h"
#include "server/services/outcome_errors_text.h"

namespace oms_connector::server {
namespace {

// Who reads a feed from its beginning reads all of it: such calls have a small
// share of the threads, so that those who ask for what is new do not wait.
Lane LaneFrom(const std::string& cursor) {
  return cursor.empty() ? Lane::kCostly : Lane::kStore;
}

}  // namespace

grpc::ServerUnaryReactor* ConnectorService::GetSettings(
    Context* context, const v1::GetSettingsRequest* request,
    v1::GetSettingsResponse* response) {
  return parts_.door->Answer(
      context, {"GetSettings", Role::kViewer}, response, CheckOf(*request),
      [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const model::StoredSettings settings,
            parts_.editor->Get(call.context(), call.connection()));
        *response->mutable_settings() = ToProto(settings, call.connection());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectorService::UpdateSettings(
    Context* context, const v1::UpdateSettingsRequest* request,
    v1::UpdateSettingsResponse* response) {
  return parts_.door->Answer(
      context, {"UpdateSettings", Role::kAdmin}, response, CheckOf(*request),
      [=](const Call& call) -> absl::Status {
        const std::string& connection = call.connection();
        connections::SettingsUpdate update;
        update.connection = connection;
        OMS_ASSIGN_OR_RETURN(update.sent, FromProto(request->settings()));
        update.mask = PathsOf(request->update_mask());
        update.etag = request->settings().etag();
        update.validate_only = request->validate_only();
        update.principal = call.principal().name;
        OMS_ASSIGN_OR_RETURN(
            update.call,
            (RepeatableAs<model::StoredSettings, v1::Settings>(
                call, *parts_.secrets, *request,
                [connection](const model::StoredSettings& settings) {
                  return ToProto(settings, connection);
                },
                StoredSettingsFromProto)));
        OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                             parts_.editor->Update(call.context(), update));
        *response->mutable_settings() = ToProto(settings, connection);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectorService::SyncInventory(
    Context* context, const v1::SyncInventoryRequest* request,
    v1::SyncInventoryResponse* response) {
  return parts_.door->AnswerLater(
      context, {"SyncInventory", Role::kOperator, LaneFrom(request->cursor())},
      response, CheckOf(*request),
      [=](std::shared_ptr<const Call> call, Reply reply) {
        const auto sync =
            SyncRequestFromProto(*call, *parts_.secrets, *request);
        if (!sync.ok()) return reply(sync.status());
        parts_.syncer->Sync(
            call->context(), *sync,
            [response, connection = call->connection(),
             reply = std::move(reply)](
                absl::StatusOr<inventory::SyncPage> page) mutable {
              if (page.ok()) *response = ToProto(*page, connection);
              reply(page.status());
            });
      });
}

grpc::ServerUnaryReactor* ConnectorService::PollShipments(
    Context* context, const v1::PollShipmentsRequest* request,
    v1::PollShipmentsResponse* response) {
  const bool long_poll =
      request->max_wait().seconds() > 0 || request->max_wait().nanos() > 0;
  return parts_.door->AnswerLater(
      context,
      {"PollShipments", Role::kOperator,
       request->consumer().empty() ? LaneFrom(request->cursor()) : Lane::kStore,
       long_poll ? Admission::Kind::kLongPoll : Admission::Kind::kCall},
      response, CheckOf(*request),
      [=](std::shared_ptr<const Call> call, Reply reply) {
        const auto poll = PollRequestFromProto(call->connection(), *request);
        if (!poll.ok()) return reply(poll.status());
        parts_.feed->Poll(
            call->context(), *poll,
            [response, connection = call->connection(),
             reply = std::move(reply)](
                absl::StatusOr<shipments::PollPage> page) mutable {
              if (page.ok()) *response = ToProto(*page, connection);
              reply(page.status());
            });
      });
}

grpc::ServerUnaryReactor* ConnectorService::AcknowledgeShipments(
    Context* context, const v1::AcknowledgeShipmentsRequest* request,
    v1::AcknowledgeShipmentsResponse* response) {
  return parts_.door->Answer(
      context, {"AcknowledgeShipments", Role::kOperator}, response,
      CheckOf(*request), [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            ReadAcknowledgement read,
            AcknowledgementFromProto(call.connection(), *request));
        OMS_ASSIGN_OR_RETURN(read.request.call,
                             Repeatable<std::vector<shipments::OutcomeError>>(
                                 call, *parts_.secrets, *request,
                                 EncodeOutcomeErrors, DecodeOutcomeErrors));
        OMS_ASSIGN_OR_RETURN(
            const std::vector<shipments::OutcomeError> errors,
            parts_.acknowledgement->Acknowledge(call.context(), read.request));
        for (const shipments::OutcomeError& error : errors) {
          read.errors.push_back(
              {read.index_of[static_cast<size_t>(error.index)], error.status});
        }
        *response = ToProto(read.errors);
        return absl::OkStatus();
      });
}

}  // namespace oms_connector::server
