// What callers may learn and do: every RPC, asked by every kind of principal of
// every kind of connection.

#include <fstream>
#include <optional>
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

using server::Role;

struct Person {
  const char* token;         // "" = shows none
  std::optional<Role> role;  // on `own`
  bool everywhere = false;
};

std::string PrincipalsText(const std::vector<Person>& people) {
  std::string text;
  for (const Person& person : people) {
    if (!person.role.has_value()) continue;
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
  const std::vector<Person> people = {{"", std::nullopt},
                                      {"nobodys-token", std::nullopt},
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
    const bool known = person.role.has_value();
    for (const RpcCase& rpc : EveryRpc()) {
      SCOPED_TRACE(absl::StrCat(person.token, " ", rpc.name));
      const Asked own = Ask(rpc, client, "own-here");
      const Asked own_absent = Ask(rpc, client, "own-away");
      const Asked other = Ask(rpc, client, "other-here");
      const Asked other_absent = Ask(rpc, client, "other-away");
      asked += 4;
      const bool may = known && *person.role >= rpc.role;
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
