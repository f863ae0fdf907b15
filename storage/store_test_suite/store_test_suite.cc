#include "storage/store_test_suite/store_test_suite.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "model/connection.h"
#include "model/settings.h"
#include "storage/sql_connection.h"
#include "storage/store.h"
#include "storage/store_test_suite/fault_sql_connection.h"

namespace oms_connector::storage {

StoreTest::StoreTest() : home_(GetParam().make_home()) { Open(); }

void StoreTest::Open() {
  StoreHome::Needs needs;
  needs.decorate = [this](std::unique_ptr<SqlConnection> connection) {
    return std::make_unique<FaultSqlConnection>(std::move(connection),
                                                &faults_);
  };
  needs.clock = &clock_;
  needs.sleeper = &sleeper_;
  needs.ids = &ids_;
  auto store = home_->Open(needs);
  ASSERT_TRUE(store.ok()) << store.status();
  store_ = *std::move(store);
}

void StoreTest::Reopen() {
  store_ = nullptr;
  Open();
}

void StoreTest::Insert(absl::string_view id) {
  model::Connection connection;
  connection.id = std::string(id);
  ASSERT_EQ(Write([&](WriteTransaction& txn) {
              return txn.connections().InsertConnection(
                  connection, model::StoredSettings());
            }),
            absl::OkStatus());
}

absl::Status StoreTest::Find(absl::string_view id) {
  return Read([&](ReadTransaction& txn) {
    return txn.connections().GetConnection(id).status();
  });
}

}  // namespace oms_connector::storage
