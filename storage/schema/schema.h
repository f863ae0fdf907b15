// The numbered schema files, compiled into the program.
//
// They are written once, in SQLite's words; embed_schema.py maps the words for
// types when it embeds them for PostgreSQL.
#ifndef OMS_CONNECTOR_STORAGE_SCHEMA_SCHEMA_H_
#define OMS_CONNECTOR_STORAGE_SCHEMA_SCHEMA_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace oms_connector::storage {

// One schema file. Steps are applied in order, each in a transaction of its
// own; an applied one is never edited, a change is a new file. Each database
// keeps the number of the last step that was applied to it.
struct SchemaStep {
  int number = 0;          // 1, 2, ... without gaps
  absl::string_view name;  // "0001_connections.sql"
  absl::string_view sql;   // its statements
};

absl::Span<const SchemaStep> SqliteSchema();
absl::Span<const SchemaStep> PostgresSchema();

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SCHEMA_SCHEMA_H_
