#ifndef OMS_CONNECTOR_STORAGE_SQL_SCHEMA_STEP_H_
#define OMS_CONNECTOR_STORAGE_SQL_SCHEMA_STEP_H_

#include "absl/strings/string_view.h"

namespace oms_connector::storage {

// One numbered schema file of a database, compiled into the program. Steps are
// applied in order, each in a transaction of its own; an applied one is never
// edited, a change is a new file.
struct SchemaStep {
  int number = 0;          // 1, 2, ... without gaps
  absl::string_view name;  // "0001_connections.sql"
  absl::string_view sql;   // its statements
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SCHEMA_STEP_H_
