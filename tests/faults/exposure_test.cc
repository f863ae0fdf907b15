// What callers may learn and do: every RPC, asked by every kind of principal of
// every kind of connection; and whether a token or the key ever shows in what
// the server says, logs, keeps or copies.
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/digest.h"
#include "fake_order_manager/fake_order_manager.h"
#include "fake_order_manager/http_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/every_rpc.h"
#include "tests/support/server_process.h"
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

// ---- Canaries

// As it is, and as it would look in a log, a URL, JSON or a dump.
std::set<std::string> Spellings(const std::string& secret) {
  std::set<std::string> spellings = {secret, absl::BytesToHexString(secret),
                                     absl::Base64Escape(secret),
                                     absl::WebSafeBase64Escape(secret)};
  // Base64 of a text that the secret stands in, at each of three places.
  for (const char* before : {"x", "xx"}) {
    const std::string text = absl::Base64Escape(before + secret);
    spellings.insert(text.substr(4, text.size() - 8));
  }
  return spellings;
}

std::string FileText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST(ExposureTest, NoTokenAndNoKeyShowsAnywhere) {
  constexpr char kOrderManagerToken[] = "canary-order-manager-4f1e9b";
  constexpr char kNewToken[] = "canary-rotated-77c0d2";
  constexpr char kCallerToken[] = "canary-caller-a91be3";
  constexpr char kStrangerToken[] = "canary-stranger-5d02aa";
  TestDirectory directory;
  FakeOrderManager::Options fake_options;
  fake_options.world = SmallWireWorld();
  fake_options.token = kOrderManagerToken;
  auto started = FakeOrderManager::Start(std::move(fake_options));
  ASSERT_TRUE(started.ok()) << started.status();
  FakeOrderManager& fake = **started;
  MakeKeyFile(directory.File("key"));
  std::ofstream(directory.File("principals"))
      << "principals { name: 'ops' token_sha256: '"
      << base::Sha256Hex(kCallerToken)
      << "' grants { role: ADMIN connections: '*' } }";
  const std::vector<std::string> arguments = {
      "--listen=127.0.0.1:0",
      "--admin_listen=127.0.0.1:0",
      absl::StrCat("--store=sqlite:", directory.File("store.db")),
      absl::StrCat("--secret_key_file=", directory.File("key")),
      absl::StrCat("--principals_file=", directory.File("principals")),
      "--allow_loopback_order_manager",
      "--order_manager_requests_per_second=0",
      "--log_level=debug",
      "--drain_delay=0s"};
  const auto server = ServerProcess::Start(arguments, directory.File("log"));
  ASSERT_NE(server->address(), "") << server->Log();

  std::string said;
  const auto note = [&](const auto& answer) {
    absl::StrAppend(&said, answer.status.error_message(), "\n",
                    answer.status.error_details(), "\n",
                    answer.response.DebugString());
    return answer.ok();
  };
  WireClient ops(server->address(), kCallerToken);
  WireClient stranger(server->address(), kStrangerToken);
  auto create = NewConnectionRequest("acme", fake.base_url(),
                                     "carts { id: 'shop' sales_channel: '7' }");
  create.mutable_connection()->mutable_order_manager()->set_access_token(
      kOrderManagerToken);
  create.set_request_id("0c7e3a32-4a58-4d0e-8b53-9a3b9ad6d0aa");
  ASSERT_TRUE(note(ops.Call(&ConnectionStub::CreateConnection, create)));
  note(ops.Call(&ConnectionStub::CreateConnection, create));
  note(stranger.Call(&ConnectionStub::CreateConnection, create));
  note(ops.Call(&ConnectorStub::SyncInventory,
                "connection: 'connections/acme'"));
  note(ops.Call(&ConnectorStub::PollShipments,
                "connection: 'connections/acme'"));
  note(ops.Call(&ConnectionStub::TestConnection, "name: 'connections/acme'"));
  // One that the Order Manager does not take, and one that nobody would.
  for (const std::string& token :
       {std::string(kNewToken), absl::StrCat(kNewToken, "\n")}) {
    v1::UpdateConnectionRequest update;
    update.mutable_connection()->set_name("connections/acme");
    update.mutable_connection()->mutable_order_manager()->set_access_token(
        token);
    note(ops.Call(&ConnectionStub::UpdateConnection, update));
  }
  note(ops.Call(&ConnectorStub::SyncInventory,
                "connection: 'connections/acme' max_staleness {}"));
  note(ops.Call(&ConnectionStub::TestConnection, "name: 'connections/acme'"));
  note(ops.Call(&ConnectionStub::GetConnection, "name: 'connections/acme'"));
  note(ops.Call(&ConnectionStub::ListConnections, ""));
  note(ops.Call(&ConnectionStub::ListSyncRuns, "parent: 'connections/acme'"));
  note(ops.Call(&ConnectionStub::ListSettingsChanges,
                "parent: 'connections/acme'"));
  for (const RpcCase& rpc : EveryRpc()) {
    for (WireClient* client : {&ops, &stranger}) {
      const grpc::Status status = rpc.call(*client, "acme");
      absl::StrAppend(&said, status.error_message(), status.error_details());
    }
  }
  const std::string& admin = server->admin_address();
  const int port = atoi(admin.substr(admin.rfind(':') + 1).c_str());
  for (const char* page : {"/metrics", "/statusz", "/healthz", "/readyz"}) {
    absl::StrAppend(&said, Get(port, page).body);
  }
  // A copy, beside the running server.
  std::vector<std::string> backup = arguments;
  backup.push_back(absl::StrCat("--backup_to=", directory.File("copy.db")));
  EXPECT_EQ(ServerProcess::Start(backup, directory.File("backup_log"))->Wait(),
            0);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->Wait(), 0) << server->Log();

  std::map<std::string, std::string> places = {{"answers and pages", said}};
  for (const auto& entry :
       std::filesystem::directory_iterator(directory.path())) {
    if (entry.path().filename() == "key") continue;
    places[entry.path().filename()] = FileText(entry.path());
  }
  for (const char* place : {"log", "store.db", "copy.db"}) {
    EXPECT_GT(places[place].size(), 1000u) << place;
  }
  // Bytes, of which the last may look like the end of a line.
  const std::string key = FileText(directory.File("key"));
  ASSERT_GE(key.size(), 32u);
  for (const auto& [place, text] : places) {
    for (const std::string& secret :
         {std::string(kOrderManagerToken), std::string(kNewToken),
          std::string(kCallerToken), std::string(kStrangerToken), key}) {
      for (const std::string& spelling : Spellings(secret)) {
        EXPECT_FALSE(absl::StrContains(text, spelling))
            << place << " shows " << secret.substr(0, 16);
      }
    }
  }
  printf("%zu places looked at\n", places.size());
}

}  // namespace
}  // namespace oms_connector::testing_support
