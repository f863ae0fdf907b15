// A world with a canary of every kind of secret, and what is said in it.
#ifndef OMS_CONNECTOR_TESTS_FAULTS_SECRETS_TEST_FIXTURE_H_
#define OMS_CONNECTOR_TESTS_FAULTS_SECRETS_TEST_FIXTURE_H_

#include <stdio.h>
#include <stdlib.h>

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
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/digest.h"
#include "fake_order_manager/fake_order_manager.h"
#include "fake_order_manager/http_client.h"
#include "fake_order_manager/http_server.h"
#include "gmock/gmock.h"
#include "grpcpp/security/credentials.h"
#include "gtest/gtest.h"
#include "tests/support/every_rpc.h"
#include "tests/support/server_process.h"
#include "tests/support/tls_files.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {

// As it is, and as it would look in a log, a URL, JSON or a dump.
inline std::set<std::string> Spellings(const std::string& secret) {
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

inline std::string FileText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read |
                                         std::filesystem::perms::owner_write);
}

inline std::string Quoted(const std::string& word) {
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", "'\\''"}}), "'");
}

// What a program says on both streams, and "ended with" its code.
inline std::string SaidBy(const std::vector<std::string>& words) {
  std::string command = "timeout 20 env";
  for (const std::string& word : words)
    absl::StrAppend(&command, " ", Quoted(word));
  FILE* program = popen(absl::StrCat(command, " 2>&1").c_str(), "r");
  EXPECT_NE(program, nullptr) << words[0];
  std::string said;
  char part[4096];
  for (size_t size; (size = fread(part, 1, sizeof part, program)) > 0;) {
    said.append(part, size);
  }
  const int code = pclose(program);
  return absl::StrCat(said, "\nended with ", WEXITSTATUS(code), "\n");
}

inline constexpr char kServerProgram[] = "server/oms_connector_server";

inline std::vector<std::string> ServerWords(
    std::vector<std::string> before, const std::vector<std::string>& flags,
    const std::vector<std::string>& more) {
  before.push_back(kServerProgram);
  before.insert(before.end(), flags.begin(), flags.end());
  before.insert(before.end(), more.begin(), more.end());
  return before;
}

// What was said, by where.
class Evidence {
 public:
  void Add(const std::string& place, const std::string& text) {
    absl::StrAppend(&places_[place], text, "\n");
  }
  template <typename Answer>
  bool AddAnswer(const Answer& answer) {
    Add("answers", absl::StrCat(answer.status.error_message(), "\n",
                                answer.status.error_details(), "\n",
                                answer.response.DebugString()));
    return answer.ok();
  }
  void AddPages(const ServerProcess& server) {
    const std::string& admin = server.admin_address();
    const int port = atoi(admin.substr(admin.rfind(':') + 1).c_str());
    for (const char* page : {"/metrics", "/statusz", "/healthz", "/readyz"}) {
      const std::string text = Get(port, page).body;
      EXPECT_NE(text, "") << page;
      Add(page, text);
    }
  }
  // Every file but those that hold the secrets.
  void AddFiles(const TestDirectory& directory,
                const std::set<std::string>& secret_files) {
    for (const auto& entry :
         std::filesystem::directory_iterator(directory.path())) {
      const std::string name = entry.path().filename();
      if (secret_files.count(name) == 0 && entry.is_regular_file()) {
        Add(name, FileText(entry.path()));
      }
    }
  }
  const std::string& At(const std::string& place) { return places_[place]; }

  void ExpectNowhere(const std::map<std::string, std::string>& secrets) const {
    for (const auto& [place, text] : places_) {
      for (const auto& [name, secret] : secrets) {
        ASSERT_GE(secret.size(), 8u) << name;
        for (const std::string& spelling : Spellings(secret)) {
          EXPECT_FALSE(absl::StrContains(text, spelling))
              << place << " shows " << name;
        }
      }
    }
    printf("%zu secrets, %zu places\n", secrets.size(), places_.size());
  }

 private:
  std::map<std::string, std::string> places_;
};

// An Order Manager that repeats what it was asked with wherever it can.
inline HttpAnswer Echo(const HttpRequest& request) {
  HttpAnswer answer;
  answer.status = absl::StrContains(request.path, "channel") ? 403 : 500;
  answer.headers["X-Echo"] = request.authorization;
  answer.headers["Retry-After"] = request.authorization;
  answer.body = absl::StrCat("{\"error\": \"", request.authorization, "\"}");
  return answer;
}

class SecretsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    FakeOrderManager::Options fake_options;
    fake_options.world = SmallWireWorld();
    fake_options.token = secrets_["the Order Manager's token"];
    fake_ = *FakeOrderManager::Start(std::move(fake_options));
    echo_ = *HttpServer::Start({}, Echo);
    MakeKeyFile(directory_.File("key"));
    MakeKeyFile(directory_.File("previous_key"));
    const TestAuthority authority("servers");
    const TestKeyPair pair = authority.Issue("connector", "DNS:localhost");
    ca_ = authority.certificate();
    WriteFile(directory_.File("ca.pem"), ca_);
    WriteFile(directory_.File("server.pem"), pair.certificate);
    WriteFile(directory_.File("server.key"), pair.key);
    AddKey("the key", "key");
    AddKey("the previous key", "previous_key");
    int lines = 0;
    for (const absl::string_view line : absl::StrSplit(pair.key, '\n')) {
      if (line.size() < 40 || absl::StartsWith(line, "-----")) continue;
      secrets_[absl::StrCat("line ", ++lines, " of the TLS key")] =
          std::string(line);
      std::string bytes;
      ASSERT_TRUE(absl::Base64Unescape(line, &bytes));
      secrets_[absl::StrCat("bytes ", lines, " of the TLS key")] = bytes;
    }
    ASSERT_GT(lines, 2);
    WritePrincipals(
        "principals { name: 'ops' token_sha256: '$' grants { "
        "role: ADMIN connections: '*' } }");
    WriteFile(directory_.File("caller_token"), secrets_["a caller's token"]);
    WriteFile(directory_.File("stranger_token"),
              secrets_["a stranger's token"]);
    WriteFile(directory_.File("om_token"),
              secrets_["the Order Manager's token"]);
  }

  void AddKey(const std::string& name, const std::string& file) {
    secrets_[name] = FileText(directory_.File(file));
    ASSERT_GE(secrets_[name].size(), 32u);
  }

  // `text` has the hash of the caller's token at '$'.
  void WritePrincipals(const std::string& text) {
    const std::string hash = base::Sha256Hex(secrets_["a caller's token"]);
    WriteFile(directory_.File("principals"),
              absl::StrReplaceAll(text, {{"$", hash}}));
  }

  std::vector<std::string> Flags(const std::string& store,
                                 const std::string& key = "key") const {
    std::vector<std::string> flags = {
        "--listen=127.0.0.1:0",
        "--admin_listen=127.0.0.1:0",
        absl::StrCat("--secret_key_file=", directory_.File(key)),
        absl::StrCat("--principals_file=", directory_.File("principals")),
        absl::StrCat("--tls_cert_file=", directory_.File("server.pem")),
        absl::StrCat("--tls_key_file=", directory_.File("server.key")),
        "--allow_loopback_order_manager",
        "--order_manager_requests_per_second=0",
        "--log_level=debug",
        "--drain_delay=0s"};
    if (!store.empty()) flags.push_back(absl::StrCat("--store=", store));
    return flags;
  }

  WireClient Client(const ServerProcess& server, const std::string& name) {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = ca_;
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return WireClient(
        grpc::CreateCustomChannel(server.address(), grpc::SslCredentials(ssl),
                                  arguments),
        secrets_[name]);
  }

  v1::CreateConnectionRequest NewAcme(const std::string& base_url) {
    auto create = NewConnectionRequest(
        "acme", base_url, "carts { id: 'shop' sales_channel: '7' }");
    create.mutable_connection()->mutable_order_manager()->set_access_token(
        secrets_["the Order Manager's token"]);
    create.set_request_id("0c7e3a32-4a58-4d0e-8b53-9a3b9ad6d0aa");
    return create;
  }

  // Each way in which callers give tokens, and calls that use them.
  void CallAround(const ServerProcess& server) {
    WireClient ops = Client(server, "a caller's token");
    WireClient stranger = Client(server, "a stranger's token");
    const auto create = NewAcme(fake_->base_url());
    ASSERT_TRUE(
        said_.AddAnswer(ops.Call(&ConnectionStub::CreateConnection, create)));
    said_.AddAnswer(ops.Call(&ConnectionStub::CreateConnection, create));
    said_.AddAnswer(stranger.Call(&ConnectionStub::CreateConnection, create));
    Look(ops);
    // An Order Manager that repeats the token, then one that refuses it, and
    // one that nobody would take.
    v1::UpdateConnectionRequest update;
    FillFromText(absl::StrCat("connection { name: 'connections/acme' "
                              "order_manager { base_url: 'http://127.0.0.1:",
                              echo_->port(), "' } }"),
                 &update);
    auto* const account = update.mutable_connection()->mutable_order_manager();
    account->set_access_token(secrets_["the Order Manager's token"]);
    EXPECT_TRUE(
        said_.AddAnswer(ops.Call(&ConnectionStub::UpdateConnection, update)));
    Look(ops);
    account->set_base_url(fake_->base_url());
    for (const char* end : {"", "\n"}) {
      account->set_access_token(secrets_["a token that is refused"] + end);
      said_.AddAnswer(ops.Call(&ConnectionStub::UpdateConnection, update));
    }
    Look(ops);
    for (const RpcCase& rpc : EveryRpc()) {
      for (WireClient* client : {&ops, &stranger}) {
        const grpc::Status status = rpc.call(*client, "acme");
        said_.Add("answers",
                  absl::StrCat(status.error_message(), status.error_details()));
      }
    }
    // Deleted by one of these.
    auto again = create;
    again.clear_request_id();
    said_.AddAnswer(ops.Call(&ConnectionStub::CreateConnection, again));
  }

  void Look(WireClient& ops) {
    said_.AddAnswer(
        ops.Call(&ConnectorStub::SyncInventory,
                 "connection: 'connections/acme' max_staleness {}"));
    said_.AddAnswer(
        ops.Call(&ConnectorStub::PollShipments,
                 "connection: 'connections/acme' max_staleness {}"));
    said_.AddAnswer(
        ops.Call(&ConnectionStub::TestConnection, "name: 'connections/acme'"));
    said_.AddAnswer(
        ops.Call(&ConnectionStub::GetConnection, "name: 'connections/acme'"));
    said_.AddAnswer(ops.Call(&ConnectionStub::ListConnections, ""));
    said_.AddAnswer(
        ops.Call(&ConnectionStub::ListSyncRuns, "parent: 'connections/acme'"));
    said_.AddAnswer(ops.Call(&ConnectionStub::ListSettingsChanges,
                             "parent: 'connections/acme'"));
  }

  void Omsctl(const ServerProcess& server, const std::string& token_file,
              const std::vector<std::string>& arguments) {
    std::vector<std::string> words = {
        absl::StrCat("OMSCTL_SERVER=", server.address()),
        absl::StrCat("OMSCTL_TLS_CA=", directory_.File("ca.pem")),
        absl::StrCat("OMSCTL_AUTH_TOKEN_FILE=", directory_.File(token_file)),
        "omsctl/omsctl", "--tls-server-name=localhost"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    said_.Add("omsctl", SaidBy(words));
  }

  void OmsctlAround(const ServerProcess& server) {
    Omsctl(server, "caller_token",
           {"connections", "create", "other", "--base-url", fake_->base_url(),
            "--token-file", directory_.File("om_token")});
    EXPECT_THAT(said_.At("omsctl"), ::testing::HasSubstr("ended with 0"));
    for (const char* token : {"caller_token", "stranger_token"}) {
      for (const std::vector<std::string>& command :
           std::vector<std::vector<std::string>>{
               {"connections", "get", "acme"},
               {"connections", "list", "--json"},
               {"connections", "test", "acme"},
               {"connections", "update", "acme", "--token-file",
                directory_.File("om_token")},
               {"sync", "acme", "--max-staleness", "0s"},
               {"poll", "acme", "--cart", "shop"},
               {"runs", "list", "acme"},
               {"settings", "history", "acme"},
               {"doctor", "acme"}}) {
        Omsctl(server, token, command);
      }
    }
    // Files that hold something else than they should.
    for (const char* file : {"key", "server.key", "principals"}) {
      Omsctl(server, file, {"connections", "list"});
    }
  }

  static size_t RefusedReloads(const ServerProcess& server) {
    return std::vector<std::string>(
               absl::StrSplit(server.Log(), "could not reload"))
               .size() -
           1;
  }

  void OneOff(const std::vector<std::string>& flags,
              const std::vector<std::string>& more,
              const std::vector<std::string>& environment = {}) {
    said_.Add("one-off modes", SaidBy(ServerWords(environment, flags, more)));
  }

  TestDirectory directory_;
  std::map<std::string, std::string> secrets_ = {
      {"the Order Manager's token", "canary-order-manager-4f1e9b"},
      {"a token that is refused", "canary-rotated-77c0d2"},
      {"a caller's token", "canary-caller-a91be3"},
      {"a stranger's token", "canary-stranger-5d02aa"},
      {"PostgreSQL's password", "canary-password-c3d18e"},
      {"a wrong password", "canary-wrongword-0b77fe"}};
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<HttpServer> echo_;
  std::string ca_;
  Evidence said_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_FAULTS_SECRETS_TEST_FIXTURE_H_
