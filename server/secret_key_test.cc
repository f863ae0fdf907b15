#include "server/secret_key.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/id_generator.h"
#include "base/manual_clock.h"
#include "base/secret_box.h"
#include "base/secret_string.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/connection.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"

namespace oms_connector::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kPostgres[] = "postgres://nowhere/oms";

class SecretKeyTest : public ::testing::Test {
 protected:
  SecretKeyTest() {
    folder_ = absl::StrCat(::testing::TempDir(), "/keysXXXXXX");
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
  }

  std::string File(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }
  base::SecretBox NewKey(const std::string& name) const {
    return *base::SecretBox::LoadOrCreate(File(name));
  }

  std::string folder_;
};

TEST_F(SecretKeyTest, LiesBesideAnSqliteStoreAndIsMadeThere) {
  const std::string store = absl::StrCat("sqlite:", File("oms.db"));
  ASSERT_TRUE(LoadSecretKey(store, "").ok());
  struct stat made;
  EXPECT_EQ(stat(File("oms.db.key").c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777, 0600u);
}

TEST_F(SecretKeyTest, IsRequiredWithPostgres) {
  EXPECT_EQ(LoadSecretKey(kPostgres, "").status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(SecretKeyTest, IsNeverMadeForServersThatShareAStore) {
  const absl::Status missing = LoadSecretKey(kPostgres, File("key")).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(missing.message()),
              AllOf(HasSubstr("--secret_key_file"), HasSubstr(File("key")),
                    HasSubstr("/dev/urandom")));
  EXPECT_FALSE(std::ifstream(File("key")).good());
  NewKey("key");
  EXPECT_TRUE(LoadSecretKey(kPostgres, File("key")).ok());
}

TEST_F(SecretKeyTest, OpensTheTokensInTheStoreOrIsRefused) {
  base::ManualClock clock;
  base::ManualSleeper sleeper(&clock);
  base::SystemIdGenerator ids;
  storage::StoreOptions options;
  options.url = "sqlite::memory:";
  options.clock = &clock;
  options.sleeper = &sleeper;
  options.ids = &ids;
  const std::unique_ptr<storage::Store> store = *storage::OpenStore(options);
  const base::SecretBox right = NewKey("right");
  const base::SecretBox wrong = NewKey("wrong");
  EXPECT_EQ(CheckSecretKey(*store, wrong), absl::OkStatus());

  const auto add = [&](const std::string& id, const std::string& sealed) {
    model::Connection connection;
    connection.id = id;
    connection.epoch = "epoch-of-" + id;
    connection.order_manager.sealed_token = sealed;
    ASSERT_EQ(store->Write({},
                           [&](storage::WriteTransaction& txn) {
                             return txn.connections().InsertConnection(
                                 connection, {});
                           }),
              absl::OkStatus());
  };
  add("acme", "");
  EXPECT_EQ(CheckSecretKey(*store, wrong), absl::OkStatus());
  add("bolt", right.Seal(base::SecretString("token"), "epoch-of-bolt"));
  EXPECT_EQ(CheckSecretKey(*store, right), absl::OkStatus());
  EXPECT_EQ(CheckSecretKey(*store, wrong).code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(SecretKeyTest, TokensAreSealedAnewWithTheKeyInForce) {
  base::ManualClock clock;
  base::ManualSleeper sleeper(&clock);
  base::SystemIdGenerator ids;
  storage::StoreOptions options;
  options.url = "sqlite::memory:";
  options.clock = &clock;
  options.sleeper = &sleeper;
  options.ids = &ids;
  const std::unique_ptr<storage::Store> store = *storage::OpenStore(options);
  const base::SecretBox old = NewKey("old");
  const base::SecretBox next = NewKey("next");
  const base::SecretBox lost = NewKey("lost");
  const auto add = [&](const std::string& id, const base::SecretBox& box) {
    model::Connection connection;
    connection.id = id;
    connection.epoch = "epoch";
    connection.order_manager.sealed_token =
        box.Seal(base::SecretString("token"), "epoch");
    ASSERT_EQ(store->Write({},
                           [&](storage::WriteTransaction& txn) {
                             return txn.connections().InsertConnection(
                                 connection, {});
                           }),
              absl::OkStatus());
  };
  add("acme", old);
  add("bolt", next);
  add("cove", lost);
  EXPECT_EQ(*ReSealTokens(*store, next, old), 1);
  EXPECT_EQ(*ReSealTokens(*store, next, old), 0);
  EXPECT_EQ(CheckSecretKey(*store, next), absl::OkStatus());
  EXPECT_FALSE(CheckSecretKey(*store, old).ok());
}

}  // namespace
}  // namespace oms_connector::server
