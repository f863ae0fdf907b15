// What callers may learn and do: every RPC, asked by every kind of principal of
// every kind of connection.

#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/digest.h"
#include "fake_order_manager/fake_order_manager.h"
#include "gtest/gtest.h"
#include "tests/support/every_rpc.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

enum class Role { kNone = 0, kViewer = 1, kOperator = 2, kAdmin = 3 };

// From docs/api: what each RPC asks for. Those that are not here: ADMIN.
const std::map<std::string, Role>& NeededRoles() {
  static const auto& roles = *new std::map<std::string, Role>{
      {"GetSettings", Role::kViewer},
      {"GetConnection", Role::kViewer},
      {"GetSyncRun", Role::kViewer},
      {"ListSettingsChanges", Role::kViewer},
      {"ListShipments", Role::kViewer},
      {"ListConsumers", Role::kViewer},
      {"ListSyncRuns", Role::kViewer},
      {"PreviewSettings", Role::kViewer},
      {"ExplainLevel", Role::kViewer},
      {"SyncInventory", Role::kOperator},
      {"PollShipments", Role::kOperator},
      {"AcknowledgeShipments", Role::kOperator},
      {"ReleaseShipments", Role::kOperator},
      {"ReplayShipments", Role::kOperator},
      {"CancelSyncRun", Role::kOperator},
      {"TestConnection", Role::kOperator},
  };
  return roles;
}

Role Needed(const RpcCase& rpc) {
  const auto found = NeededRoles().find(rpc.name);
  return found == NeededRoles().end() ? Role::kAdmin : found->second;
}

struct Person {
  const char* token;  // "" = shows none
  Role role;          // on `own`
  bool everywhere = false;
};

std::string PrincipalsText(const std::vector<Person>& people) {
  std::string text;
  for (const Person& person : people) {
    if (person.role == Role::kNone) continue;
    const char* role = person.role == Role::kViewer     ? "VIEWER"
                       : person.role == Role::kOperator ? "OPERATOR"
                                                        : "ADMIN";
    absl::StrAppend(
        &text, "principals { name: '", person.token, "' token_sha256: '",
        base::Sha256Hex(person.token), "' grants { role: ", role,
        " connections: '", person.everywhere ? "*" : "own-here", "' ",
        person.everywhere ? "" : "connections: 'own-away' ", "} }\n");
  }
  return text;
}

struct Asked {
  std::string error;
  std::string text;
  std::string details;
};

Asked Ask(const RpcCase& rpc, WireClient& client, const std::string& id) {
  const grpc::Status status = rpc.call(client, id);
  return {ErrorText(status), status.error_message(), status.error_details()};
}

// As if another connection, one that is there, had been asked for.
std::string AsIfHere(const std::string& text) {
  return absl::StrReplaceAll(text, {{"-away", "-here"}});
}

TEST(ExposureTest, EveryRpcOfEveryPrincipalOnEveryConnection) {
  const std::vector<Person> people = {{"", Role::kNone},
                                      {"nobodys-token", Role::kNone},
                                      {"viewer-token", Role::kViewer},
                                      {"operator-token", Role::kOperator},
                                      {"admin-token", Role::kAdmin},
                                      {"root-token", Role::kAdmin, true}};
  TestDirectory directory;
  server::Server::Options options;
  options.principals_file = directory.File("principals");
  std::ofstream(options.principals_file) << PrincipalsText(people);
  WireBench bench(SmallWireWorld(), options);
  WireClient root(bench.server().address(), "root-token");
  for (const char* id : {"own-here", "other-here"}) {
    ASSERT_EQ(root.Call(&ConnectionStub::CreateConnection,
                        NewConnectionRequest(id, bench.fake().base_url(), ""))
                  .error(),
              "OK");
  }
  int asked = 0;
  for (const Person& person : people) {
    WireClient client(bench.server().address(), person.token);
    const bool known = person.role != Role::kNone;
    for (const RpcCase& rpc : EveryRpc()) {
      SCOPED_TRACE(absl::StrCat(person.token, " ", rpc.name));
      const Asked own = Ask(rpc, client, "own-here");
      const Asked own_absent = Ask(rpc, client, "own-away");
      const Asked other = Ask(rpc, client, "other-here");
      const Asked other_absent = Ask(rpc, client, "other-away");
      asked += 4;
      const bool may = known && person.role >= Needed(rpc);
      const std::string refusal = known ? "PERMISSION_DENIED PERMISSION_DENIED"
                                        : "UNAUTHENTICATED UNAUTHENTICATED";
      // Where one may, one is told what there is.
      EXPECT_EQ(own.error == refusal, !may) << own.error;
      if (may) {
        EXPECT_EQ(
            absl::StrReplaceAll(own_absent.error, {{" +ResourceInfo", ""}}),
            "NOT_FOUND CONNECTION_NOT_FOUND");
      }
      // Where one may not, everything looks the same, there or not, but for
      // the id that was asked for.
      std::vector<std::pair<const Asked*, const Asked*>> hidden;
      if (!may) hidden.emplace_back(&own, &own_absent);
      if (!person.everywhere) hidden.emplace_back(&other, &other_absent);
      for (const auto& [here, away] : hidden) {
        EXPECT_EQ(here->error, refusal);
        EXPECT_EQ(away->error, refusal);
        EXPECT_EQ(here->text, AsIfHere(away->text));
        EXPECT_EQ(here->details, AsIfHere(away->details));
      }
    }
  }
  printf("%d calls asked\n", asked);
}

}  // namespace
}  // namespace oms_connector::testing_support
