#include "tests/endpoints/test_database.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/status_macros.h"
#include "storage/databases/open_store.h"
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

absl::Status MakeSchema(const std::string& url) {
  base::SystemClock clock;
  base::SystemSleeper sleeper;
  base::SystemIdGenerator ids;
  storage::StoreOptions options;
  options.url = url;
  options.clock = &clock;
  options.sleeper = &sleeper;
  options.ids = &ids;
  return storage::OpenStore(options).status();
}

absl::StatusOr<Endpoint> StartEndpoint() {
  Endpoint endpoint;
  OMS_ASSIGN_OR_RETURN(endpoint.server, PostgresServer::Start());
  OMS_ASSIGN_OR_RETURN(endpoint.prepared, endpoint.server->NewDatabase());
  OMS_RETURN_IF_ERROR(MakeSchema(endpoint.prepared));
  return endpoint;
}

// Started when it is first asked for.
const absl::StatusOr<Endpoint>& OnlyEndpoint() {
  static const absl::StatusOr<Endpoint> endpoint = StartEndpoint();
  return endpoint;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TestDatabase>> TestDatabase::Make(
    const std::string& sqlite_path) {
  if (!OnPostgres()) {
    return absl::WrapUnique(
        new TestDatabase(absl::StrCat("sqlite:", sqlite_path), nullptr));
  }
  const absl::StatusOr<Endpoint>& endpoint = OnlyEndpoint();
  OMS_RETURN_IF_ERROR(endpoint.status());
  PostgresServer* const server = endpoint->server.get();
  OMS_ASSIGN_OR_RETURN(std::string url,
                       server->CopyDatabase(endpoint->prepared));
  return absl::WrapUnique(new TestDatabase(std::move(url), server));
}

TestDatabase::TestDatabase(std::string url, PostgresServer* server)
    : url_(std::move(url)), server_(server) {}

TestDatabase::~TestDatabase() {
  if (server_ != nullptr) server_->DropDatabase(url_);
}

}  // namespace oms_connector::testing_support
