// Prepares our database with PostgreSQL: checks that it is ours and fit, and
// brings its schema up to date. Servers that start together take turns on the
// row of `oms_connector_store`; servers of the version before go on working
// meanwhile, since a step only adds what they do not know of.
#ifndef OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_DATABASE_H_
#define OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_DATABASE_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/clock.h"
#include "storage/postgres/postgres_connection.h"
#include "storage/schema/schema.h"

namespace oms_connector::storage {

// Applies the steps of `schema` that the database lacks, each in a transaction
// of its own. INVALID_ARGUMENT for a URL that cannot be read. All other errors
// are FAILED_PRECONDITION with a message for the operator: the server cannot be
// reached or refuses us; the database holds tables of another program, is newer
// than this program, keeps text in another encoding than UTF-8, or orders text
// by a language's rules, which change from one system to the next.
absl::Status PreparePostgresDatabase(const PostgresConnection::Options& options,
                                     absl::Span<const SchemaStep> schema,
                                     base::Sleeper* sleeper);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_DATABASE_H_
