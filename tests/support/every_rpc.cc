#include "tests/support/every_rpc.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace oms_connector::testing_support {
namespace {

using server::Role;

// `text` is a request in which @ stands for "connections/ID".
template <typename Method>
RpcCase Case(const std::string& name, Role role, Method method,
             const std::string& text) {
  return {name, role, [=](WireClient& client, const std::string& id) {
            return client
                .Call(method,
                      absl::StrReplaceAll(
                          text, {{"@", absl::StrCat("connections/", id)}}))
                .status;
          }};
}

}  // namespace

std::vector<RpcCase> EveryRpc() {
  return {
      Case("GetSettings", Role::kViewer, &ConnectorStub::GetSettings,
           "name: '@/settings'"),
      Case("UpdateSettings", Role::kAdmin, &ConnectorStub::UpdateSettings,
           "settings { name: '@/settings' }"),
      Case("SyncInventory", Role::kOperator, &ConnectorStub::SyncInventory,
           "connection: '@'"),
      Case("PollShipments", Role::kOperator, &ConnectorStub::PollShipments,
           "connection: '@'"),
      Case("AcknowledgeShipments", Role::kOperator,
           &ConnectorStub::AcknowledgeShipments, "connection: '@'"),
      Case("GetConnection", Role::kViewer, &ConnectionStub::GetConnection,
           "name: '@'"),
      Case("UpdateConnection", Role::kAdmin, &ConnectionStub::UpdateConnection,
           "connection { name: '@' display_name: 'A' }"),
      Case("DeleteConnection", Role::kAdmin, &ConnectionStub::DeleteConnection,
           "name: '@' etag: 'none'"),
      Case("TestConnection", Role::kOperator, &ConnectionStub::TestConnection,
           "name: '@'"),
      Case("ListSettingsChanges", Role::kViewer,
           &ConnectionStub::ListSettingsChanges, "parent: '@'"),
      Case("PreviewSettings", Role::kViewer, &ConnectionStub::PreviewSettings,
           "name: '@/settings'"),
      Case("ExplainLevel", Role::kViewer, &ConnectionStub::ExplainLevel,
           "parent: '@' sku: 'A'"),
      Case("ListShipments", Role::kViewer, &ConnectionStub::ListShipments,
           "parent: '@'"),
      Case("ReleaseShipments", Role::kOperator,
           &ConnectionStub::ReleaseShipments,
           "parent: '@' names: '@/shipments/1'"),
      Case("ReplayShipments", Role::kOperator, &ConnectionStub::ReplayShipments,
           "parent: '@' names: '@/shipments/1'"),
      Case("ListConsumers", Role::kViewer, &ConnectionStub::ListConsumers,
           "parent: '@'"),
      Case("ResetConsumer", Role::kAdmin, &ConnectionStub::ResetConsumer,
           "parent: '@' consumer: 'a'"),
      Case("DeleteConsumer", Role::kAdmin, &ConnectionStub::DeleteConsumer,
           "parent: '@' consumer: 'a'"),
      Case("GetSyncRun", Role::kViewer, &ConnectionStub::GetSyncRun,
           "name: '@/syncRuns/1'"),
      Case("ListSyncRuns", Role::kViewer, &ConnectionStub::ListSyncRuns,
           "parent: '@'"),
      Case("CancelSyncRun", Role::kOperator, &ConnectionStub::CancelSyncRun,
           "name: '@/syncRuns/1'"),
  };
}

}  // namespace oms_connector::testing_support
