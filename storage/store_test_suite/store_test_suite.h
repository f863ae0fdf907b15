// What every store must do, whatever its database: one suite of tests, run for
// each of them.
//
// A database joins by saying where its stores come from, in a test of its own
// that depends on //storage/store_test_suite:
//
//   INSTANTIATE_TEST_SUITE_P(SqliteFile, StoreTest,
//       ::testing::Values(StoreKind{"file", [] {...}}), StoreKindName);
#ifndef OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_STORE_TEST_SUITE_H_
#define OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_STORE_TEST_SUITE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "gtest/gtest.h"
#include "storage/sql_connection.h"
#include "storage/store.h"
#include "storage/store_test_suite/fault_sql_connection.h"

namespace oms_connector::storage {

// Where the stores of one test are kept. Empty at first; gone with the test.
class StoreHome {
 public:
  // What a store needs; `decorate` stands around each of its connections.
  struct Needs {
    std::function<std::unique_ptr<SqlConnection>(
        std::unique_ptr<SqlConnection>)>
        decorate;
    base::Clock* clock = nullptr;
    base::Sleeper* sleeper = nullptr;
    base::IdGenerator* ids = nullptr;
  };

  virtual ~StoreHome() = default;
  virtual absl::StatusOr<std::unique_ptr<Store>> Open(const Needs& needs) = 0;
  // Whether a store opened again holds what was committed.
  virtual bool keeps_content() const = 0;
};

struct StoreKind {
  std::string name;
  std::function<std::unique_ptr<StoreHome>()> make_home;
};

inline std::string StoreKindName(
    const ::testing::TestParamInfo<StoreKind>& info) {
  return info.param.name;
}

// An open store whose calls to the database can be made to fail.
class StoreTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  StoreTest();

  void Open();
  // As a new server would find it.
  void Reopen();

  Store& store() { return *store_; }
  FaultPlan& faults() { return faults_; }
  bool keeps_content() const { return home_->keeps_content(); }

  absl::Status Write(
      absl::FunctionRef<absl::Status(WriteTransaction&)> function) {
    return store_->Write(base::CallContext(), function);
  }
  absl::Status Read(
      absl::FunctionRef<absl::Status(ReadTransaction&)> function) {
    return store_->Read(base::CallContext(), function);
  }
  // Stores a connection of this id, otherwise with defaults.
  void Insert(absl::string_view id);
  // Whether there is a connection of this id: OK or NOT_FOUND.
  absl::Status Find(absl::string_view id);

  base::SystemClock clock_;

 private:
  base::SystemSleeper sleeper_;
  base::SystemIdGenerator ids_;
  FaultPlan faults_;
  std::unique_ptr<StoreHome> home_;
  std::unique_ptr<Store> store_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_STORE_TEST_SUITE_H_
