#include "storage/postgres/postgres_status.h"

#include <algorithm>
#include <iterator>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "model/errors.h"

namespace oms_connector::storage {
namespace {

constexpr absl::string_view kForeignKeyViolation = "23503";
constexpr absl::string_view kUniqueViolation = "23505";
constexpr absl::string_view kDiskFull = "53100";
constexpr absl::string_view kQueryCanceled = "57014";
constexpr absl::string_view kConnectionExceptions = "08";  // a class

// The transaction did nothing and may run again.
constexpr absl::string_view kTransient[] = {
    "25006",  // read_only_sql_transaction: a standby after a failover
    "40001",  // serialization_failure
    "40003",  // statement_completion_unknown
    "40P01",  // deadlock_detected
    "53200",  // out_of_memory
    "53300",  // too_many_connections
    "55P03",  // lock_not_available
    "57P01",  // admin_shutdown
    "57P02",  // crash_shutdown
    "57P03",  // cannot_connect_now
    "57P05",  // idle_session_timeout
    "25P03",  // idle_in_transaction_session_timeout
};

// After 40003 the transaction may have been committed, which only a new
// connection can tell.
constexpr absl::string_view kEnding[] = {"25006", "25P03", "40003", "57P01",
                                         "57P02", "57P03", "57P05"};

bool IsTransient(absl::string_view sqlstate) {
  return absl::StartsWith(sqlstate, kConnectionExceptions) ||
         std::find(std::begin(kTransient), std::end(kTransient), sqlstate) !=
             std::end(kTransient);
}

}  // namespace

absl::Status PostgresStatus(absl::string_view sqlstate,
                            absl::string_view message) {
  if (IsTransient(sqlstate)) return model::StoreBusy(kPostgresBusyRetryDelay);
  if (sqlstate == kDiskFull) return model::StoreFull();
  if (sqlstate == kUniqueViolation) {
    return absl::AlreadyExistsError("A row with this key exists already.");
  }
  if (sqlstate == kForeignKeyViolation) {
    return absl::NotFoundError("The row that this one belongs to is gone.");
  }
  if (sqlstate == kQueryCanceled) {
    return absl::DeadlineExceededError("The store did not answer in time.");
  }
  return model::Internal(absl::StrCat("PostgreSQL failed with SQLSTATE ",
                                      sqlstate, ": ", message));
}

bool EndsConnection(absl::string_view sqlstate) {
  return absl::StartsWith(sqlstate, kConnectionExceptions) ||
         std::find(std::begin(kEnding), std::end(kEnding), sqlstate) !=
             std::end(kEnding);
}

}  // namespace oms_connector::storage
