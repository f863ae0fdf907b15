#include "tests/endpoints/test_store.h"

#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/call_context.h"
#include "base/status_macros.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"
#include "tests/endpoints/test_database.h"

namespace oms_connector::testing_support {
namespace {

// Drops its database when it goes.
class TemporaryStore final : public storage::Store {
 public:
  TemporaryStore(std::unique_ptr<storage::Store> store,
                 std::unique_ptr<TestDatabase> database)
      : database_(std::move(database)), store_(std::move(store)) {}

  absl::Status Read(const base::CallContext& context,
                    absl::FunctionRef<absl::Status(storage::ReadTransaction&)>
                        function) override {
    return store_->Read(context, function);
  }
  absl::Status Write(const base::CallContext& context,
                     absl::FunctionRef<absl::Status(storage::WriteTransaction&)>
                         function) override {
    return store_->Write(context, function);
  }

 private:
  const std::unique_ptr<TestDatabase> database_;
  const std::unique_ptr<storage::Store> store_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<storage::Store>> NewTestStore(
    base::Clock* clock, base::Sleeper* sleeper, base::IdGenerator* ids,
    const TestStoreOptions& test_options) {
  OMS_ASSIGN_OR_RETURN(auto database,
                       TestDatabase::Make(test_options.sqlite_path));
  storage::StoreOptions options;
  options.url = database->url();
  options.commits_wait_for_disk = false;  // no test here takes the power away
  options.shared_clock = clock;
  options.clock = clock;
  options.sleeper = sleeper;
  options.ids = ids;
  options.decorate =
      [test_options](std::unique_ptr<storage::SqlConnection> connection) {
        if (test_options.counter != nullptr) {
          connection = test_options.counter->decorator()(std::move(connection));
        }
        if (test_options.faults != nullptr) {
          connection = std::make_unique<storage::FaultSqlConnection>(
              std::move(connection), test_options.faults);
        }
        return connection;
      };
  OMS_ASSIGN_OR_RETURN(auto store, storage::OpenStore(options));
  return std::make_unique<TemporaryStore>(std::move(store),
                                          std::move(database));
}

}  // namespace oms_connector::testing_support
