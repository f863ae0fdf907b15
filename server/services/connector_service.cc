#include "server/services/connector_service.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "server/convert/resource_names.h"
#include "server/convert/settings_convert.h"
#include "server/rpc/arena_messages.h"
#include "server/rpc/idempotency.h"
#include "server/services/connector_requests.h"

namespace oms_connector::server {
namespace {

// Who reads a feed from its beginning reads all of it: such calls have a small
// share of the threads, so that those who ask for what is new do not wait. Most
// of these find nothing, and need no thread of their own.
ExecutorKind ExecutorFrom(const std::string& cursor) {
  return cursor.empty() ? ExecutorKind::kCostly : ExecutorKind::kNone;
}

}  // namespace

ConnectorService::ConnectorService(const Dependencies& deps) : deps_(deps) {
  UseArenas(this, &ConnectorService::SetMessageAllocatorFor_GetSettings);
  UseArenas(this, &ConnectorService::SetMessageAllocatorFor_UpdateSettings);
  UseArenas(this, &ConnectorService::SetMessageAllocatorFor_SyncInventory);
  UseArenas(this, &ConnectorService::SetMessageAllocatorFor_PollShipments);
  UseArenas(this,
            &ConnectorService::SetMessageAllocatorFor_AcknowledgeShipments);
}

grpc::ServerUnaryReactor* ConnectorService::GetSettings(
    Context* context, const v1::GetSettingsRequest* request,
    v1::GetSettingsResponse* response) {
  return deps_.rpc->Answer(
      context, {"GetSettings", Role::kViewer, ExecutorKind::kStoreIfBusy},
      response, {ParseSettingsName("name", request->name())},
      [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const model::StoredSettings settings,
            deps_.editor->Get(call.context(), call.connection()));
        ToProto(settings, call.connection(), response->mutable_settings());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectorService::UpdateSettings(
    Context* context, const v1::UpdateSettingsRequest* request,
    v1::UpdateSettingsResponse* response) {
  return deps_.rpc->Answer(
      context, {"UpdateSettings", Role::kAdmin}, response,
      {ParseSettingsName("settings.name", request->settings().name()),
       request->request_id()},
      [=](const Call& call, RequestReader& read) {
        return ReadSettingsUpdate(call, *deps_.secrets, *request, read);
      },
      [=](const Call& call,
          connections::SettingsUpdate update) -> absl::Status {
        const auto respond = [&call](const model::StoredSettings& settings) {
          v1::UpdateSettingsResponse updated;
          ToProto(settings, call.connection(), updated.mutable_settings());
          return updated;
        };
        update.call = ReplayableCallOf<model::StoredSettings>(
            std::move(update.call.id), respond);
        OMS_ASSIGN_OR_RETURN(const auto answer,
                             deps_.editor->Update(call.context(), update));
        return Respond(answer, respond, response);
      });
}

grpc::ServerUnaryReactor* ConnectorService::SyncInventory(
    Context* context, const v1::SyncInventoryRequest* request,
    v1::SyncInventoryResponse* response) {
  const ExecutorKind executor = ExecutorFrom(request->cursor());
  return deps_.rpc->AnswerLater(
      context, {"SyncInventory", Role::kOperator, executor}, response,
      {ParseConnectionName("connection", request->connection()),
       request->request_id()},
      [=](const Call& call, RequestReader& read) {
        return ReadSync(call, *deps_.secrets, *request, read);
      },
      [=](const std::shared_ptr<const Call>& call, inventory::SyncRequest sync,
          Reply reply) {
        sync.must_not_block = executor == ExecutorKind::kNone;
        deps_.syncer->Sync(
            call->context(), sync,
            [response, connection = call->connection(),
             reply = std::move(reply)](
                absl::StatusOr<inventory::SyncPage> page) mutable {
              if (page.ok()) ToProto(*page, connection, response);
              reply(page.status());
            });
      });
}

grpc::ServerUnaryReactor* ConnectorService::PollShipments(
    Context* context, const v1::PollShipmentsRequest* request,
    v1::PollShipmentsResponse* response) {
  const bool long_poll =
      request->max_wait().seconds() > 0 || request->max_wait().nanos() > 0;
  const ExecutorKind executor = request->consumer().empty()
                                    ? ExecutorFrom(request->cursor())
                                    : ExecutorKind::kStore;
  return deps_.rpc->AnswerLater(
      context,
      {"PollShipments", Role::kOperator, executor,
       long_poll ? Admission::Kind::kLongPoll : Admission::Kind::kCall},
      response, {ParseConnectionName("connection", request->connection())},
      [=](const Call& call, RequestReader& read) {
        return ReadPoll(call, *request, read);
      },
      [=](const std::shared_ptr<const Call>& call, shipments::PollRequest poll,
          Reply reply) {
        poll.must_not_block = executor == ExecutorKind::kNone;
        deps_.feed->Poll(call->context(), poll,
                         [response, connection = call->connection(),
                          reply = std::move(reply)](
                             absl::StatusOr<shipments::PollPage> page) mutable {
                           if (page.ok()) ToProto(*page, connection, response);
                           reply(page.status());
                         });
      });
}

grpc::ServerUnaryReactor* ConnectorService::AcknowledgeShipments(
    Context* context, const v1::AcknowledgeShipmentsRequest* request,
    v1::AcknowledgeShipmentsResponse* response) {
  return deps_.rpc->Answer(
      context, {"AcknowledgeShipments", Role::kOperator}, response,
      {ParseConnectionName("connection", request->connection()),
       request->request_id()},
      [=](const Call& call, RequestReader& read) {
        return ReadOutcomes(call, *deps_.secrets, *request, read);
      },
      [=](const Call& call, ReadAcknowledgement ack) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const std::vector<shipments::OutcomeError> errors,
            deps_.acknowledgement->Acknowledge(call.context(), ack.request));
        for (const shipments::OutcomeError& error : errors) {
          ack.errors.push_back(
              {ack.index_of[static_cast<size_t>(error.index)], error.status});
        }
        *response = ToProto(ack.errors);
        return absl::OkStatus();
      });
}

}  // namespace oms_connector::server
