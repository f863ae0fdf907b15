#ifndef OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_SCHEMA_H_
#define OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_SCHEMA_H_

#include "absl/types/span.h"
#include "storage/sql/schema_step.h"

namespace oms_connector::storage {

// The files of storage/postgres/schema in order of their numbers, which are
// those of SQLite's. The number of the last one applied is kept in
// oms_connector_store.
absl::Span<const SchemaStep> PostgresSchema();

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_SCHEMA_H_
