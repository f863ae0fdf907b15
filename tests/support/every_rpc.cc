#include "tests/support/every_rpc.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace oms_connector::testing_support {
namespace {

// `text` is a request in which @ stands for "connections/ID".
template <typename Method>
RpcCase Case(const std::string& name, Method method, const std::string& text) {
  return {name, [=](WireClient& client, const std::string& id) {
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
      Case("GetSettings", &ConnectorStub::GetSettings, "name: '@/settings'"),
      Case("UpdateSettings", &ConnectorStub::UpdateSettings,
           "settings { name: '@/settings' }"),
      Case("SyncInventory", &ConnectorStub::SyncInventory, "connection: '@'"),
      Case("PollShipments", &ConnectorStub::PollShipments, "connection: '@'"),
      Case("AcknowledgeShipments", &ConnectorStub::AcknowledgeShipments,
           "connection: '@'"),
      Case("GetConnection", &ConnectionStub::GetConnection, "name: '@'"),
      Case("UpdateConnection", &ConnectionStub::UpdateConnection,
           "connection { name: '@' display_name: 'A' }"),
      Case("DeleteConnection", &ConnectionStub::DeleteConnection,
           "name: '@' etag: 'none'"),
      Case("TestConnection", &ConnectionStub::TestConnection, "name: '@'"),
      Case("ListSettingsChanges", &ConnectionStub::ListSettingsChanges,
           "parent: '@'"),
      Case("PreviewSettings", &ConnectionStub::PreviewSettings,
           "name: '@/settings'"),
      Case("ExplainLevel", &ConnectionStub::ExplainLevel,
           "parent: '@' sku: 'A'"),
      Case("ListShipments", &ConnectionStub::ListShipments, "parent: '@'"),
      Case("ReleaseShipments", &ConnectionStub::ReleaseShipments,
           "parent: '@' names: '@/shipments/1'"),
      Case("ReplayShipments", &ConnectionStub::ReplayShipments,
           "parent: '@' names: '@/shipments/1'"),
      Case("ListConsumers", &ConnectionStub::ListConsumers, "parent: '@'"),
      Case("ResetConsumer", &ConnectionStub::ResetConsumer,
           "parent: '@' consumer: 'a'"),
      Case("DeleteConsumer", &ConnectionStub::DeleteConsumer,
           "parent: '@' consumer: 'a'"),
      Case("GetSyncRun", &ConnectionStub::GetSyncRun, "name: '@/syncRuns/1'"),
      Case("ListSyncRuns", &ConnectionStub::ListSyncRuns, "parent: '@'"),
      Case("CancelSyncRun", &ConnectionStub::CancelSyncRun,
           "name: '@/syncRuns/1'"),
  };
}

}  // namespace oms_connector::testing_support
