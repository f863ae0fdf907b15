#ifndef OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_SCHEMA_H_
#define OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_SCHEMA_H_

#include "absl/types/span.h"
#include "storage/sql/schema_step.h"

namespace oms_connector::storage {

// The files of storage/sqlite/schema in order of their numbers. The number of
// the last one applied is kept in the database's user_version.
absl::Span<const SchemaStep> SqliteSchema();

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQLITE_SQLITE_SCHEMA_H_
