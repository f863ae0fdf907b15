#include "storage/databases/open_store.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "storage/sqlite/sqlite_store.h"

namespace oms_connector::storage {
namespace {

// The scheme alone: a URL may hold a password.
absl::string_view SchemeOf(absl::string_view url) {
  const size_t colon = url.find(':');
  return colon == absl::string_view::npos ? "" : url.substr(0, colon);
}

}  // namespace

absl::StatusOr<std::string> SqlitePathOf(absl::string_view url) {
  if (!absl::ConsumePrefix(&url, "sqlite:") || url.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--store must be sqlite:PATH, not a URL of the kind \"",
                     SchemeOf(url), "\""));
  }
  return std::string(url);
}

absl::StatusOr<std::unique_ptr<Store>> OpenStore(const StoreOptions& options) {
  SqliteStoreOptions sqlite;
  OMS_ASSIGN_OR_RETURN(sqlite.path, SqlitePathOf(options.url));
  sqlite.synchronous = options.sqlite_synchronous_full
                           ? SqliteSynchronous::kFull
                           : SqliteSynchronous::kNormal;
  sqlite.readers = options.readers;
  sqlite.clock = options.clock;
  sqlite.sleeper = options.sleeper;
  sqlite.ids = options.ids;
  return OpenSqliteStore(sqlite);
}

}  // namespace oms_connector::storage
