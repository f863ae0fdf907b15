// Whether a secret ever shows in what the programs say, log, keep or copy: the
// Order Manager's tokens, callers' tokens, the keys that seal tokens, the key
// of the TLS certificate and PostgreSQL's password, in whichever way they come
// and when something is wrong with them.
#include <signal.h>
#include <stdlib.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/secrets_test_fixture.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;

TEST_F(SecretsTest, NoTokenAndNoKeyShowsAnywhere) {
  const std::string store =
      absl::StrCat("sqlite:", directory_.File("store.db"));
  auto flags = Flags(store, "previous_key");
  auto server = ServerProcess::Start(flags, directory_.File("log"));
  ASSERT_NE(server->address(), "") << server->Log();
  CallAround(*server);
  OmsctlAround(*server);
  said_.AddPages(*server);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->Wait(), 0) << server->Log();

  // A new key, and files that are not sound while the server runs.
  flags = Flags(store);
  flags.push_back(absl::StrCat("--previous_secret_key_file=",
                               directory_.File("previous_key")));
  flags.push_back("--log_format=json");
  server = ServerProcess::Start(flags, directory_.File("log"));
  ASSERT_NE(server->address(), "") << server->Log();
  const std::string key = FileText(directory_.File("server.key"));
  const std::string& caller = secrets_["a caller's token"];
  size_t reloads = 0;
  for (const std::string& principals :
       {absl::StrCat("principals { name: 'ops' token_sha256: '", caller, "' }"),
        absl::StrCat("principals { name: 'ops' token_sha256: ",
                     absl::StrReplaceAll(caller, {{"-", "_"}}), " }")}) {
    WritePrincipals(principals);
    WriteFile(directory_.File("server.key"), key.substr(0, key.size() / 2));
    OneOff(flags, {"--check_config"});
    server->Signal(SIGHUP);
    ++reloads;
    for (int looks = 0; looks < 3000 && RefusedReloads(*server) < reloads;
         ++looks) {
      absl::SleepFor(absl::Milliseconds(10));
    }
    EXPECT_EQ(RefusedReloads(*server), reloads);
  }
  WriteFile(directory_.File("principals"), key);  // the wrong file
  WriteFile(directory_.File("short_key"), secrets_["the key"].substr(0, 20));
  OneOff(flags, {"--check_config"});
  OneOff(flags,
         {absl::StrCat("--secret_key_file=", directory_.File("short_key"))});
  OneOff(flags,
         {absl::StrCat("--secret_key_file=", directory_.File("short_key")),
          "--check_config"});
  WriteFile(directory_.File("server.key"), key);
  WritePrincipals(
      "principals { name: 'ops' token_sha256: '$' grants { role: "
      "ADMIN connections: '*' } }");
  OneOff(flags, {"--check_config"});
  EXPECT_THAT(said_.At("one-off modes"), HasSubstr("ended with 0"));
  server->Signal(SIGHUP);
  WireClient ops = Client(*server, "a caller's token");
  Look(ops);
  OmsctlAround(*server);
  said_.AddPages(*server);
  OneOff(flags, {absl::StrCat("--backup_to=", directory_.File("copy.db"))});
  server->Signal(SIGTERM);
  EXPECT_EQ(server->Wait(), 0) << server->Log();
  OneOff(flags, {absl::StrCat("--restore_from=", directory_.File("copy.db"))});
  for (const char* mode :
       {"--mark_restored", "--version", "--help", "--check_config"}) {
    OneOff(flags, {mode});
  }

  said_.AddFiles(directory_, {"key", "previous_key", "short_key", "server.key",
                              "caller_token", "stranger_token", "om_token"});
  EXPECT_THAT(said_.At("log"), HasSubstr("were sealed anew"));
  EXPECT_THAT(said_.At("log"), HasSubstr("audit"));
  for (const char* place :
       {"log", "store.db", "copy.db", "answers", "omsctl"}) {
    EXPECT_GT(said_.At(place).size(), 1000u) << place;
  }
  secrets_["a caller's token, otherwise"] =
      absl::StrReplaceAll(caller, {{"-", "_"}});
  said_.ExpectNowhere(secrets_);
}

TEST_F(SecretsTest, NoPasswordOfPostgresShowsAnywhere) {
  const auto postgres = PostgresServer::Start();
  ASSERT_TRUE(postgres.ok()) << postgres.status();
  PostgresServer& database = **postgres;
  const std::string& password = secrets_["PostgreSQL's password"];
  const std::string& wrong = secrets_["a wrong password"];
  ASSERT_TRUE(
      database
          .Execute(absl::StrCat("CREATE USER canary PASSWORD '", password, "'"))
          .ok());
  ASSERT_TRUE(database.Execute("CREATE DATABASE kept OWNER canary").ok());
  // Only our user is asked for a password.
  ASSERT_TRUE(database
                  .Execute("COPY (VALUES ('local all canary scram-sha-256'), "
                           "('local all all trust')) TO PROGRAM 'cat > "
                           "pg_hba.conf'")
                  .ok());
  ASSERT_TRUE(database.Execute("SELECT pg_reload_conf()").ok());

  const std::string& folder = database.directory();
  const auto url = [&](const std::string& user) {
    return absl::StrCat("postgres://", user, "@/kept?host=", folder);
  };
  const auto write_files = [&](const std::string& word) {
    WriteFile(directory_.File("pgpass"),
              absl::StrCat("*:*:*:canary:", word, "\n"));
    WriteFile(
        directory_.File("services"),
        absl::StrCat("[kept]\nhost=", folder,
                     "\ndbname=kept\nuser=canary\npassword=", word, "\n"));
  };
  struct Way {
    std::string store;  // "" = by the variable alone
    std::vector<std::string> environment;
  };
  const auto ways = [&](const std::string& word) {
    return std::vector<Way>{
        {absl::StrCat(url("canary"), "&passfile=", directory_.File("pgpass")),
         {}},
        {"postgres:///?service=kept",
         {absl::StrCat("PGSERVICEFILE=", directory_.File("services"))}},
        {url("canary"), {absl::StrCat("PGPASSWORD=", word)}},
        {url(absl::StrCat("canary:", word)), {}},
        {absl::StrCat(url("canary"), "&password=", word), {}},
        {"",
         {absl::StrCat("OMS_CONNECTOR_STORE=",
                       url(absl::StrCat("canary:", word)))}},
    };
  };
  write_files(password);
  int ran = 0;
  for (const Way& way : ways(password)) {
    SCOPED_TRACE(way.store);
    for (const std::string& variable : way.environment) {
      const std::pair<std::string, std::string> parts =
          absl::StrSplit(variable, absl::MaxSplits('=', 1));
      setenv(parts.first.c_str(), parts.second.c_str(), 1);
    }
    const auto flags = Flags(way.store);
    OneOff(flags, {"--check_config"});
    const auto server = ServerProcess::Start(flags, directory_.File("log"));
    ASSERT_NE(server->address(), "") << server->Log();
    if (ran++ == 0) CallAround(*server);
    WireClient ops = Client(*server, "a caller's token");
    Look(ops);
    said_.AddPages(*server);
    // The user is refused meanwhile.
    if (ran == 1) {
      ASSERT_TRUE(database.Execute("ALTER USER canary NOLOGIN").ok());
      ASSERT_TRUE(database
                      .Execute("SELECT count(pg_terminate_backend(pid)) FROM "
                               "pg_stat_activity WHERE usename = 'canary'")
                      .ok());
      said_.AddAnswer(ops.Call(&ConnectionStub::ListConnections, ""));
      said_.AddPages(*server);
      ASSERT_TRUE(database.Execute("ALTER USER canary LOGIN").ok());
    }
    server->Signal(SIGTERM);
    EXPECT_EQ(server->Wait(), 0) << server->Log();
    OneOff(flags, {absl::StrCat("--copy_store_to=sqlite:",
                                directory_.File("copied.db"))});
    for (const char* mode : {"--backup_to=/nowhere/x", "--mark_restored"}) {
      OneOff(flags, {mode});
    }
    for (const std::string& variable : way.environment) {
      unsetenv(variable.substr(0, variable.find('=')).c_str());
    }
  }
  EXPECT_EQ(ran, 6);

  write_files(wrong);
  for (const Way& way : ways(wrong)) {
    for (const char* mode : {"--nocheck_config", "--check_config"}) {
      OneOff(Flags(way.store), {mode}, way.environment);
    }
  }
  // Slips in the URL.
  for (const std::string& store :
       {absl::StrCat("postgres://canary:", wrong, "/x@localhost/kept"),
        absl::StrCat("postgres://canary:x/", wrong, "@localhost/kept"),
        absl::StrCat("postgres://canary:", wrong, "@[::1/kept"),
        absl::StrCat("postgres://canary:", wrong, "@localhost:port/kept"),
        absl::StrCat("postgres://localhost/kept?sslpassword=x&password=",
                     wrong),
        absl::StrCat("postgres//canary:", wrong, "@localhost/kept"),
        absl::StrCat("host=localhost user=canary password=", wrong),
        absl::StrCat("host=localhost password='x ", wrong, "' user=canary"),
        absl::StrCat("mysql://canary:", wrong, "@localhost/kept")}) {
    for (const char* mode : {"--nocheck_config", "--check_config"}) {
      OneOff(Flags(store), {mode});
    }
  }
  OneOff({}, {absl::StrCat("postgres://canary:", wrong, "@localhost/kept")});

  const std::string dump = SaidBy(
      {"/usr/lib/postgresql/15/bin/pg_dump", "--inserts",
       absl::StrCat("--dbname=postgres://postgres@/kept?host=", folder)});
  EXPECT_THAT(dump, HasSubstr("INSERT INTO public.connections"));
  said_.Add("the database", dump);
  said_.AddFiles(directory_,
                 {"key", "previous_key", "server.key", "pgpass", "services",
                  "caller_token", "stranger_token", "om_token"});
  EXPECT_THAT(said_.At("one-off modes"), HasSubstr("authentication failed"));
  said_.ExpectNowhere(secrets_);
}

}  // namespace
}  // namespace oms_connector::testing_support
