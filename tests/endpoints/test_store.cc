#include "tests/endpoints/test_store.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/call_context.h"
#include "base/status_macros.h"
#include "storage/databases/open_store.h"
#include "storage/store.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::testing_support {
namespace {

bool OnPostgres() {
  const char* name = std::getenv("OMS_TEST_STORE");
  return name != nullptr && absl::string_view(name) == "postgres";
}

// The program's server, and a database on it that has the schema; copies of it
// are made faster than the schema.
struct Endpoint {
  std::unique_ptr<PostgresServer> server;
  std::string prepared;
};

absl::StatusOr<Endpoint> StartEndpoint(const storage::StoreOptions& given) {
  Endpoint endpoint;
  OMS_ASSIGN_OR_RETURN(endpoint.server, PostgresServer::Start());
  OMS_ASSIGN_OR_RETURN(endpoint.prepared, endpoint.server->NewDatabase());
  storage::StoreOptions options = given;
  options.url = endpoint.prepared;
  OMS_RETURN_IF_ERROR(storage::OpenStore(options).status());
  return endpoint;
}

// Started when it is first asked for.
const absl::StatusOr<Endpoint>& OnlyEndpoint(
    const storage::StoreOptions& options) {
  static const absl::StatusOr<Endpoint> endpoint = StartEndpoint(options);
  return endpoint;
}

// Drops its database when it goes.
class TemporaryStore final : public storage::Store {
 public:
  TemporaryStore(std::unique_ptr<storage::Store> store, PostgresServer* server,
                 std::string url)
      : store_(std::move(store)), server_(server), url_(std::move(url)) {}
  ~TemporaryStore() override {
    store_ = nullptr;
    server_->DropDatabase(url_);
  }

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
  std::unique_ptr<storage::Store> store_;
  PostgresServer* const server_;
  const std::string url_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<storage::Store>> NewTestStore(
    base::Clock* clock, base::Sleeper* sleeper, base::IdGenerator* ids) {
  storage::StoreOptions options;
  options.url = "sqlite::memory:";
  options.clock = clock;
  options.sleeper = sleeper;
  options.ids = ids;
  if (!OnPostgres()) return storage::OpenStore(options);
  const absl::StatusOr<Endpoint>& endpoint = OnlyEndpoint(options);
  OMS_RETURN_IF_ERROR(endpoint.status());
  PostgresServer* const server = endpoint->server.get();
  OMS_ASSIGN_OR_RETURN(options.url, server->CopyDatabase(endpoint->prepared));
  OMS_ASSIGN_OR_RETURN(auto store, storage::OpenStore(options));
  return std::make_unique<TemporaryStore>(std::move(store), server,
                                          options.url);
}

}  // namespace oms_connector::testing_support
