#ifndef OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_STATUS_H_
#define OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oms_connector::storage {

// What a broken connection is told as where the server could say nothing any
// more (SQLSTATE connection_failure).
inline constexpr absl::string_view kConnectionFailure = "08006";

// How long a caller should wait that was told STORE_BUSY.
inline constexpr absl::Duration kPostgresBusyRetryDelay = absl::Seconds(1);

// The status, as storage/sql_connection.h lists them, for an error of the
// server. `sqlstate` is its code of five characters, `message` its text, which
// goes into the log only. Source:
// https://www.postgresql.org/docs/15/errcodes-appendix.html
//
// A statement that was cancelled (57014) is DEADLINE_EXCEEDED: only the
// caller's context and the timeouts that were set from it cancel statements.
absl::Status PostgresStatus(absl::string_view sqlstate,
                            absl::string_view message);

// Whether the connection is of no use after this error: the server ends it, is
// one that must not be written to (a standby after a failover), or cannot say
// itself what it has committed.
bool EndsConnection(absl::string_view sqlstate);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_STATUS_H_
