#include "server/services/connection_service.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
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
#include "server/rpc/repeatable.h"
#include "server/services/connection_checks.h"

namespace oms_connector::server {
namespace {

// Where ListSyncRuns goes on: "MICROSECONDS RUN".
std::string EncodeRunPosition(const model::SyncRun& run) {
  return absl::StrCat(absl::ToUnixMicros(run.start_time), " ", run.run_id);
}

absl::StatusOr<feeds::RunPosition> DecodeRunPosition(absl::string_view text) {
  feeds::RunPosition position;
  if (text.empty()) return position;
  const std::vector<std::string> parts = absl::StrSplit(text, ' ');
  int64_t micros = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &micros)) {
    return model::InvalidField("page_token", "is no token of this list");
  }
  position.start_time = absl::FromUnixMicros(micros);
  position.run_id = parts[1];
  return position;
}

absl::StatusOr<int64_t> DecodeNumber(absl::string_view text) {
  int64_t number = 0;
  if (text.empty() || absl::SimpleAtoi(text, &number)) return number;
  return model::InvalidField("page_token", "is no token of this list");
}

// The id in the name of a connection that a request holds whole.
absl::StatusOr<std::string> IdOfConnection(const v1::Connection& connection) {
  return ParseConnectionName("connection.name", connection.name());
}

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

// `request` is one that makes or changes a connection.
template <typename Request>
absl::StatusOr<connections::ConnectionCall> RepeatableOf(
    const Call& call, const base::SecretBox& secrets, const Request& request) {
  return RepeatableAs<model::Connection, v1::Connection>(
      call, secrets, request,
      [](const model::Connection& connection) { return ToProto(connection); },
      ConnectionFromProto);
}

}  // namespace

absl::Status ConnectionService::AddHealth(const Call& call,
                                          v1::Connection* connection) const {
  OMS_ASSIGN_OR_RETURN(const std::string id, IdOfConnection(*connection));
  OMS_ASSIGN_OR_RETURN(const connections::ConnectionHealth health,
                       connections::ReadHealth(*parts_.store, call.context(),
                                               id, call.start_time()));
  *connection->mutable_health() = ToProto(health);
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* ConnectionService::CreateConnection(
    Context* context, const v1::CreateConnectionRequest* request,
    v1::CreateConnectionResponse* response) {
  return parts_.door->Answer(
      context, {"CreateConnection", Role::kAdmin}, response,
      CheckOf(*request, *parts_.directory),
      [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(const connections::ConnectionDraft draft,
                             DraftFromProto(request->connection()));
        OMS_ASSIGN_OR_RETURN(const connections::ConnectionCall repeatable,
                             RepeatableOf(call, *parts_.secrets, *request));
        OMS_ASSIGN_OR_RETURN(
            const model::Connection connection,
            parts_.directory->Create(call.context(), call.connection(), draft,
                                     repeatable));
        *response->mutable_connection() = ToProto(connection);
        return AddHealth(call, response->mutable_connection());
      });
}

grpc::ServerUnaryReactor* ConnectionService::GetConnection(
    Context* context, const v1::GetConnectionRequest* request,
    v1::GetConnectionResponse* response) {
  return parts_.door->Answer(
      context, {"GetConnection", Role::kViewer}, response, CheckOf(*request),
      [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const model::Connection connection,
            parts_.directory->Get(call.context(), call.connection()));
        *response->mutable_connection() = ToProto(connection);
        return AddHealth(call, response->mutable_connection());
      });
}

grpc::ServerUnaryReactor* ConnectionService::ListConnections(
    Context* context, const v1::ListConnectionsRequest* request,
    v1::ListConnectionsResponse* response) {
  return parts_.door->Answer(
      context, {"ListConnections", Role::kViewer}, response, CheckOf(*request),
      [=](const Call& call) -> absl::Status {
        const std::string list = ListIdentity(call.rpc(), *request);
        OMS_ASSIGN_OR_RETURN(const int size, PageSize(request->page_size()));
        OMS_ASSIGN_OR_RETURN(const std::string after,
                             DecodePageToken(list, request->page_token()));
        OMS_ASSIGN_OR_RETURN(
            std::vector<model::Connection> connections,
            parts_.directory->List(
                call.context(), after, size + 1, [&](absl::string_view id) {
                  return MayCall(call.principal(), Role::kViewer, id);
                }));
        // Only what the caller may see makes another page.
        const bool more = static_cast<int>(connections.size()) > size;
        if (more) connections.pop_back();
        ListPage<v1::Connection> page(response->mutable_connections());
        for (const model::Connection& connection : connections) {
          v1::Connection row = ToProto(connection);
          OMS_RETURN_IF_ERROR(AddHealth(call, &row));
          if (!page.Add(std::move(row))) break;
        }
        if (more || page.is_cut()) {
          response->set_next_page_token(
              EncodePageToken(list, connections[page.rows() - 1].id));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::UpdateConnection(
    Context* context, const v1::UpdateConnectionRequest* request,
    v1::UpdateConnectionResponse* response) {
  return parts_.door->Answer(
      context, {"UpdateConnection", Role::kAdmin}, response,
      CheckOf(*request, *parts_.directory),
      [=](const Call& call) -> absl::Status {
        connections::ConnectionUpdate update;
        update.connection = call.connection();
        OMS_ASSIGN_OR_RETURN(update.sent,
                             DraftFromProto(request->connection()));
        update.mask = PathsOf(request->update_mask());
        update.etag = request->connection().etag();
        OMS_ASSIGN_OR_RETURN(update.call,
                             RepeatableOf(call, *parts_.secrets, *request));
        OMS_ASSIGN_OR_RETURN(const model::Connection connection,
                             parts_.directory->Update(call.context(), update));
        *response->mutable_connection() = ToProto(connection);
        return AddHealth(call, response->mutable_connection());
      });
}

grpc::ServerUnaryReactor* ConnectionService::DeleteConnection(
    Context* context, const v1::DeleteConnectionRequest* request,
    v1::DeleteConnectionResponse* response) {
  return parts_.door->Answer(
      context, {"DeleteConnection", Role::kAdmin}, response, CheckOf(*request),
      [=](const Call& call) {
        return parts_.directory->Delete(call.context(), call.connection(),
                                        request->etag());
      });
}

grpc::ServerUnaryReactor* ConnectionService::TestConnection(
    Context* context, const v1::TestConnectionRequest* request,
    v1::TestConnectionResponse* response) {
  return parts_.door->Answer(
      context, {"TestConnection", Role::kOperator, Lane::kOrderManager},
      response, CheckOf(*request), [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const connections::ConnectionTest test,
            parts_.tester->Test(
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
  return parts_.door->Answer(
      context, {"ListSettingsChanges", Role::kViewer}, response,
      CheckOf(*request), [=](const Call& call) -> absl::Status {
        const std::string list = ListIdentity(call.rpc(), *request);
        OMS_ASSIGN_OR_RETURN(const int size, PageSize(request->page_size()));
        OMS_ASSIGN_OR_RETURN(const std::string token,
                             DecodePageToken(list, request->page_token()));
        OMS_ASSIGN_OR_RETURN(const int64_t before, DecodeNumber(token));
        OMS_ASSIGN_OR_RETURN(
            const std::vector<model::SettingsChange> changes,
            parts_.editor->ListChanges(call.context(), call.connection(),
                                       before, size));
        ListPage<v1::SettingsChange> page(response->mutable_changes());
        for (const model::SettingsChange& change : changes) {
          if (!page.Add(ToProto(change, call.connection()))) break;
        }
        if (page.MayGoOn(changes.size(), size)) {
          response->set_next_page_token(EncodePageToken(
              list, absl::StrCat(changes[page.rows() - 1].change_id)));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::PreviewSettings(
    Context* context, const v1::PreviewSettingsRequest* request,
    v1::PreviewSettingsResponse* response) {
  return parts_.door->Answer(
      context, {"PreviewSettings", Role::kViewer, Lane::kCostly}, response,
      CheckOf(*request), [=](const Call& call) -> absl::Status {
        const std::string list = ListIdentity(call.rpc(), *request);
        inventory::PreviewRequest preview;
        preview.connection = call.connection();
        preview.cart = request->cart();
        OMS_ASSIGN_OR_RETURN(preview.page_size, PageSize(request->page_size()));
        OMS_ASSIGN_OR_RETURN(const std::string token,
                             DecodePageToken(list, request->page_token()));
        OMS_ASSIGN_OR_RETURN(preview.offset, DecodeNumber(token));
        OMS_ASSIGN_OR_RETURN(const model::PartialSettings sent,
                             FromProto(request->settings()));
        OMS_ASSIGN_OR_RETURN(
            model::StoredSettings settings,
            parts_.editor->Get(call.context(), call.connection()));
        OMS_ASSIGN_OR_RETURN(
            settings.values,
            model::MergeSettings(settings.values, sent,
                                 PathsOf(request->update_mask())));
        preview.settings = settings.values;
        OMS_ASSIGN_OR_RETURN(
            const inventory::PreviewPage page,
            inventory::PreviewSettings(*parts_.store, call.context(), preview,
                                       call.start_time()));
        *response = ToProto(page);
        *response->mutable_settings() = ToProto(settings, call.connection());
        v1::PreviewSettingsResponse all;
        all.mutable_rows()->Swap(response->mutable_rows());
        ListPage<v1::SettingsPreviewRow> rows(response->mutable_rows());
        for (v1::SettingsPreviewRow& row : *all.mutable_rows()) {
          if (!rows.Add(std::move(row))) break;
        }
        const auto shown = static_cast<int64_t>(rows.rows());
        if (page.next_offset.has_value() || rows.is_cut()) {
          response->set_next_page_token(
              EncodePageToken(list, absl::StrCat(preview.offset + shown)));
        }
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::ExplainLevel(
    Context* context, const v1::ExplainLevelRequest* request,
    v1::ExplainLevelResponse* response) {
  return parts_.door->Answer(
      context, {"ExplainLevel", Role::kViewer}, response, CheckOf(*request),
      [=](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(
            const inventory::LevelExplanations explained,
            inventory::ExplainLevel(
                *parts_.store, call.context(),
                {call.connection(), request->cart(), request->sku()},
                call.start_time()));
        *response = ToProto(explained);
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::GetSyncRun(
    Context* context, const v1::GetSyncRunRequest* request,
    v1::GetSyncRunResponse* response) {
  const NamedRun named = RunOf(request->name());
  return parts_.door->Answer(
      context, {"GetSyncRun", Role::kViewer}, response, named.connection,
      [=, run_id = named.run_id](const Call& call) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(const model::SyncRun run,
                             feeds::GetSyncRun(*parts_.store, call.context(),
                                               call.connection(), run_id));
        *response->mutable_run() = ToProto(run, call.connection());
        return absl::OkStatus();
      });
}

grpc::ServerUnaryReactor* ConnectionService::CancelSyncRun(
    Context* context, const v1::CancelSyncRunRequest* request,
    v1::CancelSyncRunResponse* response) {
  const NamedRun named = RunOf(request->name());
  return parts_.door->AnswerLater(
      context, {"CancelSyncRun", Role::kOperator, Lane::kControl}, response,
      named.connection,
      [=, run_id = named.run_id](const std::shared_ptr<const Call>& call,
                                 Reply reply) {
        feeds::CancelSyncRun(*parts_.store, *parts_.runner, call->context(),
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
  return parts_.door->Answer(
      context, {"ListSyncRuns", Role::kViewer}, response, CheckOf(*request),
      [=](const Call& call) -> absl::Status {
        const std::string list = ListIdentity(call.rpc(), *request);
        OMS_ASSIGN_OR_RETURN(const int size, PageSize(request->page_size()));
        OMS_ASSIGN_OR_RETURN(const std::string token,
                             DecodePageToken(list, request->page_token()));
        OMS_ASSIGN_OR_RETURN(const feeds::RunPosition before,
                             DecodeRunPosition(token));
        OMS_ASSIGN_OR_RETURN(const std::optional<model::Feed> feed,
                             FeedFromProto(request->feed(), "feed"));
        OMS_ASSIGN_OR_RETURN(
            const std::vector<model::SyncRun> runs,
            feeds::ListSyncRuns(*parts_.store, call.context(),
                                call.connection(), feed, before, size));
        ListPage<v1::SyncRun> page(response->mutable_runs());
        for (const model::SyncRun& run : runs) {
          if (!page.Add(ToProto(run, call.connection()))) break;
        }
        if (page.MayGoOn(runs.size(), size)) {
          response->set_next_page_token(
              EncodePageToken(list, EncodeRunPosition(runs[page.rows() - 1])));
        }
        return absl::OkStatus();
      });
}

}  // namespace oms_connector::server
