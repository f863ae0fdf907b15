#include "server/services/connection_service.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/connections/connection_health.h"
#include "domain/feeds/run_queries.h"
#include "domain/inventory/level_explanation.h"
#include "domain/inventory/settings_preview.h"
#include "model/errors.h"
#include "model/settings_merge.h"
#include "server/convert/connection_convert.h"
#include "server/convert/list_page.h"
#include "server/convert/page_token.h"
#include "server/convert/preview_convert.h"
#include "server/convert/resource_names.h"
#include "server/convert/settings_convert.h"
#include "server/convert/sync_run_convert.h"
#include "server/convert/to_grpc_status.h"
#include "server/rpc/arena_messages.h"
#include "server/rpc/idempotency.h"
#include "server/services/connection_requests.h"

namespace oms_connector::server {
namespace {

// The parts of a run's name, or what is wrong with it.
struct NamedRun {
  absl::StatusOr<std::string> connection;
  std::string run_id;
};

NamedRun RunOf(const std::string& name) {
  absl::StatusOr<SyncRunKey> key = ParseSyncRunName("name", name);
  if (!key.ok()) return {key.status(), ""};
  return {std::move(key->connection), std::move(key->run_id)};
}

}  // namespace

ConnectionService::ConnectionService(const Dependencies& deps) : deps_(deps) {
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_CreateConnection);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_GetConnection);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_ListConnections);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_UpdateConnection);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_DeleteConnection);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_TestConnection);
  UseArenas(this,
            &ConnectionService::SetMessageAllocatorFor_ListSettingsChanges);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_PreviewSettings);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_ExplainLevel);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_ListShipments);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_ReleaseShipments);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_ReplayShipments);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_ListConsumers);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_ResetConsumer);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_DeleteConsumer);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_GetSyncRun);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_ListSyncRuns);
  UseArenas(this, &ConnectionService::SetMessageAllocatorFor_CancelSyncRun);
}

absl::Status ConnectionService::AddHealth(const Call& call,
                                          absl::string_view id,
                                          v1::Connection* connection) const {
  OMS_ASSIGN_OR_RETURN(
      const connections::ConnectionHealth health,
      connections::ReadHealth(*deps_.store, call.context(), id));
  *connection->mutable_health() = ToProto(health);
  if (!deps_.store->writable()) {
    *connection->mutable_health()->mutable_store_error() =
        ToRpcStatus(model::StoreFull());
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ConnectionService::CreateConnection(
    Context* context, const v1::CreateConnectionRequest* request,
    v1::CreateConnectionResponse* response) {
  // A malformed id is told together with the rest, to whom it would be granted.
  return deps_.rpc->Answer(
      context, {"CreateConnection", Role::kAdmin}, response,
      {request->connection_id(), request->request_id()},
      [=](const Call& call, RequestReader& read) {
        return ReadNewConnection(call, *deps_.secrets, *deps_.directory,
                                 *request, read);
      },
      [=](const Call& call, NewConnection made) -> absl::Status {
        const auto respond = [](const model::Connection& connection) {
          v1::CreateConnectionResponse created;
          *created.mutable_connection() = ToProto(connection);
          return created;
        };
        made.call = ReplayableCallOf<model::Connection>(std::move(made.call.id),
                                                        respond);
        OMS_ASSIGN_OR_RETURN(
            const auto answer,
            deps_.directory->Create(call.context(), call.connection(),
                                    made.draft, made.call));
        OMS_RETURN_IF_ERROR(Respond(answer, respond, response));
        return AddHealth(call, call.connection(),
                         response->mutable_connection());
      });
}

grpc::ServerUnaryReactor* ConnectionService::GetConnection(
    Context* context, const v1::GetConnectionRequest* request,
    v1::GetConnectionResponse* response) {
  return deps_.rpc->Answer(
      context, {"GetConnection", Role::kViewer}, response,
      {ParseConnectionName("name", request->name())},
      [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const model::Connection connection,
            deps_.directory->Get(call.context(), call.connection()));
        *response->mutable_connection() = ToProto(connection);
        return AddHealth(call, call.connection(),
                         response->mutable_connection());
      });
}

grpc::ServerUnaryReactor* ConnectionService::ListConnections(
    Context* context, const v1::ListConnectionsRequest* request,
    v1::ListConnectionsResponse* response) {
  return deps_.rpc->Answer(
      context, {"ListConnections", Role::kViewer}, response,
      {std::string(kNoConnection)},
      [=](const Call& call, RequestReader& read) {
        return ReadListPosition(call.rpc(), *request, read);
      },
      [=](const Call& call, const ListPosition& from) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            std::vector<model::Connection> connections,
            deps_.directory->List(call.context(), from.after, from.size + 1,
                                  [&](absl::string_view id) {
                                    return MayCall(call.principal(),
                                                   Role::kViewer, id);
                                  }));
        // Only what the caller may see makes another page.
        const bool more = static_cast<int>(connections.size()) > from.size;
        if (more) connections.pop_back();
        ListPage<v1::Connection> page(response->mutable_connections());
        for (const model::Connection& connection : connections) {
          v1::Connection row = ToProto(connection);
          OMS_RETURN_IF_ERROR(AddHealth(call, connection.id, &row));
          if (!page.Add(std::move(row))) break;
        }
        if (more || page.is_cut()) {
          response->set_next_page_token(
              EncodePageToken(from.list, connections[page.rows() - 1].id));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::UpdateConnection(
    Context* context, const v1::UpdateConnectionRequest* request,
    v1::UpdateConnectionResponse* response) {
  return deps_.rpc->Answer(
      context, {"UpdateConnection", Role::kAdmin}, response,
      {ParseConnectionName("connection.name", request->connection().name()),
       request->request_id()},
      [=](const Call& call, RequestReader& read) {
        return ReadConnectionUpdate(call, *deps_.secrets, *deps_.directory,
                                    *request, read);
      },
      [=](const Call& call,
          connections::ConnectionUpdate update) -> absl::Status {
        const auto respond = [](const model::Connection& connection) {
          v1::UpdateConnectionResponse updated;
          *updated.mutable_connection() = ToProto(connection);
          return updated;
        };
        update.call = ReplayableCallOf<model::Connection>(
            std::move(update.call.id), respond);
        OMS_ASSIGN_OR_RETURN(const auto answer,
                             deps_.directory->Update(call.context(), update));
        OMS_RETURN_IF_ERROR(Respond(answer, respond, response));
        return AddHealth(call, call.connection(),
                         response->mutable_connection());
      });
}

grpc::ServerUnaryReactor* ConnectionService::DeleteConnection(
    Context* context, const v1::DeleteConnectionRequest* request,
    v1::DeleteConnectionResponse* response) {
  return deps_.rpc->Answer(
      context, {"DeleteConnection", Role::kAdmin}, response,
      {ParseConnectionName("name", request->name())}, [=](const Call& call) {
        return deps_.directory->Delete(call.context(), call.connection(),
                                       request->etag());
      });
}

grpc::ServerUnaryReactor* ConnectionService::TestConnection(
    Context* context, const v1::TestConnectionRequest* request,
    v1::TestConnectionResponse* response) {
  return deps_.rpc->Answer(
      context, {"TestConnection", Role::kOperator, ExecutorKind::kOrderManager},
      response, {ParseConnectionName("name", request->name())},
      [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const connections::ConnectionTest test,
            deps_.tester->Test(
                call.context(), call.connection(), [&](absl::string_view id) {
                  return MayCall(call.principal(), Role::kViewer, id);
                }));
        *response = ToProto(test);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::ListSettingsChanges(
    Context* context, const v1::ListSettingsChangesRequest* request,
    v1::ListSettingsChangesResponse* response) {
  return deps_.rpc->Answer(
      context, {"ListSettingsChanges", Role::kViewer}, response,
      {ParseConnectionName("parent", request->parent())},
      [=](const Call& call, RequestReader& read) {
        const ListPosition from = ReadListPosition(call.rpc(), *request, read);
        return std::make_pair(from, from.AfterNumber(read));
      },
      [=](const Call& call,
          const std::pair<ListPosition, int64_t>& question) -> absl::Status {
        const auto& [from, before] = question;
        OMS_ASSIGN_OR_RETURN(
            const std::vector<model::SettingsChange> changes,
            deps_.editor->ListChanges(call.context(), call.connection(), before,
                                      from.size));
        ListPage<v1::SettingsChange> page(response->mutable_changes());
        for (const model::SettingsChange& change : changes) {
          if (!page.Add(ToProto(change, call.connection()))) break;
        }
        if (page.MayGoOn(changes.size(), from.size)) {
          response->set_next_page_token(EncodePageToken(
              from.list, absl::StrCat(changes[page.rows() - 1].change_id)));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::PreviewSettings(
    Context* context, const v1::PreviewSettingsRequest* request,
    v1::PreviewSettingsResponse* response) {
  return deps_.rpc->Answer(
      context, {"PreviewSettings", Role::kViewer, ExecutorKind::kCostly},
      response, {ParseSettingsName("name", request->name())},
      [=](const Call& call, RequestReader& read) {
        return ReadPreview(call, *request, read);
      },
      [=](const Call& call, PreviewQuestion question) -> absl::Status {
        inventory::PreviewRequest& preview = question.preview;
        OMS_ASSIGN_OR_RETURN(
            model::StoredSettings settings,
            deps_.editor->Get(call.context(), call.connection()));
        OMS_ASSIGN_OR_RETURN(
            settings.values,
            model::MergeSettings(settings.values, question.sent,
                                 question.mask));
        preview.settings = settings.values;
        OMS_ASSIGN_OR_RETURN(
            const inventory::PreviewPage page,
            inventory::PreviewSettings(*deps_.store, call.context(), preview,
                                       call.start_time()));
        *response = ToProto(page);
        ToProto(settings, call.connection(), response->mutable_settings());
        v1::PreviewSettingsResponse all;
        all.mutable_rows()->Swap(response->mutable_rows());
        ListPage<v1::SettingsPreviewRow> rows(response->mutable_rows());
        for (v1::SettingsPreviewRow& row : *all.mutable_rows()) {
          if (!rows.Add(std::move(row))) break;
        }
        const auto shown = static_cast<int64_t>(rows.rows());
        if (page.next_offset.has_value() || rows.is_cut()) {
          response->set_next_page_token(EncodePageToken(
              question.from.list, absl::StrCat(preview.offset + shown)));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::ExplainLevel(
    Context* context, const v1::ExplainLevelRequest* request,
    v1::ExplainLevelResponse* response) {
  return deps_.rpc->Answer(
      context, {"ExplainLevel", Role::kViewer}, response,
      {ParseConnectionName("parent", request->parent())},
      [=](const Call& call, RequestReader& read) {
        return ReadLevelQuestion(call, *request, read);
      },
      [=](const Call& call,
          const inventory::LevelQuestion& question) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const inventory::LevelExplanations explained,
            inventory::ExplainLevel(*deps_.store, call.context(), question,
                                    call.start_time()));
        *response = ToProto(explained);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::GetSyncRun(
    Context* context, const v1::GetSyncRunRequest* request,
    v1::GetSyncRunResponse* response) {
  const NamedRun named = RunOf(request->name());
  return deps_.rpc->Answer(
      context, {"GetSyncRun", Role::kViewer}, response, {named.connection},
      [=, run_id = named.run_id](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(const model::SyncRun run,
                             feeds::GetSyncRun(*deps_.store, call.context(),
                                               call.connection(), run_id));
        *response->mutable_run() = ToProto(run, call.connection());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::CancelSyncRun(
    Context* context, const v1::CancelSyncRunRequest* request,
    v1::CancelSyncRunResponse* response) {
  const NamedRun named = RunOf(request->name());
  return deps_.rpc->AnswerLater(
      context, {"CancelSyncRun", Role::kOperator, ExecutorKind::kControl},
      response, {named.connection},
      [=, run_id = named.run_id](const std::shared_ptr<const Call>& call,
                                 Reply reply) {
        feeds::CancelSyncRun(*deps_.store, *deps_.runner, call->context(),
                             call->connection(), run_id,
                             [response, call, reply = std::move(reply)](
                                 absl::StatusOr<model::SyncRun> run) mutable {
                               if (run.ok()) {
                                 *response->mutable_run() =
                                     ToProto(*run, call->connection());
                               }
                               reply(run.status());
                             });
      });
}

grpc::ServerUnaryReactor* ConnectionService::ListSyncRuns(
    Context* context, const v1::ListSyncRunsRequest* request,
    v1::ListSyncRunsResponse* response) {
  return deps_.rpc->Answer(
      context, {"ListSyncRuns", Role::kViewer}, response,
      {ParseConnectionName("parent", request->parent())},
      [=](const Call& call, RequestReader& read) {
        return ReadRunQuestion(call, *request, read);
      },
      [=](const Call& call, const RunQuestion& question) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const std::vector<model::SyncRun> runs,
            feeds::ListSyncRuns(*deps_.store, call.context(), call.connection(),
                                question.feed, question.before,
                                question.from.size));
        ListPage<v1::SyncRun> page(response->mutable_runs());
        for (const model::SyncRun& run : runs) {
          if (!page.Add(ToProto(run, call.connection()))) break;
        }
        if (page.MayGoOn(runs.size(), question.from.size)) {
          response->set_next_page_token(EncodePageToken(
              question.from.list, PositionBehind(runs[page.rows() - 1])));
        }
        return absl::OkStatus();
      });
}

}  // namespace oms_connector::server
