// Connections to the database over TLS, as the URL asks for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "model/connection.h"
#include "storage/postgres/postgres_store.h"
#include "storage/store.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::storage {
namespace {

using testing_support::PostgresServer;

class PostgresTlsTest : public ::testing::Test {
 protected:
  static std::unique_ptr<PostgresServer> StartServer() {
    PostgresServer::Options options;
    options.tls = true;
    auto server = PostgresServer::Start(options);
    EXPECT_TRUE(server.ok()) << server.status();
    return server.ok() ? *std::move(server) : nullptr;
  }

  void SetUp() override {
    server_ = StartServer();
    ASSERT_NE(server_, nullptr);
    url_ = server_->TlsUrl(*server_->NewDatabase());
  }

  absl::StatusOr<std::unique_ptr<Store>> Open(const std::string& url) {
    PostgresStoreOptions options;
    options.url = url;
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    return OpenPostgresStore(options);
  }

  std::string WhyNot(const std::string& url) {
    const auto store = Open(url);
    EXPECT_TRUE(absl::IsFailedPrecondition(store.status())) << store.status();
    return std::string(store.status().message());
  }

  base::SystemClock clock_;
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  std::unique_ptr<PostgresServer> server_;
  std::string url_;
};

TEST_F(PostgresTlsTest, ReadsAndWritesOverTheConnectionThatTheUrlAsksFor) {
  const auto store = Open(url_);
  ASSERT_TRUE(store.ok()) << store.status();
  EXPECT_EQ((*store)->Write({},
                            [](WriteTransaction& txn) {
                              model::Connection connection;
                              connection.id = "acme";
                              return txn.connections().InsertConnection(
                                  connection, {});
                            }),
            absl::OkStatus());
  EXPECT_EQ(
      (*store)->Read({},
                     [](ReadTransaction& txn) {
                       return txn.connections().GetConnection("acme").status();
                     }),
      absl::OkStatus());
  // One that reads and one that writes, both encrypted.
  EXPECT_EQ(*server_->Execute(
                "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity "
                "USING (pid) WHERE ssl AND application_name = 'oms_connector'"),
            "2");
}

TEST_F(PostgresTlsTest, RefusesACertificateThatItsRootHasNotSigned) {
  const std::unique_ptr<PostgresServer> stranger = StartServer();
  ASSERT_NE(stranger, nullptr);
  EXPECT_THAT(WhyNot(absl::StrReplaceAll(
                  url_, {{server_->certificate(), stranger->certificate()}})),
              ::testing::HasSubstr("certificate verify failed"));
}

TEST_F(PostgresTlsTest, RefusesACertificateForAnotherHost) {
  EXPECT_THAT(
      WhyNot(absl::StrReplaceAll(url_, {{"@localhost:", "@127.0.0.1:"}})),
      ::testing::HasSubstr("does not match host name"));
}

}  // namespace
}  // namespace oms_connector::storage
