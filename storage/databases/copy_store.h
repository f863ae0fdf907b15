#ifndef OMS_CONNECTOR_STORAGE_DATABASES_COPY_STORE_H_
#define OMS_CONNECTOR_STORAGE_DATABASES_COPY_STORE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "storage/databases/open_store.h"

namespace oms_connector::storage {

// Copies the SQLite store that `options` name into an empty PostgreSQL database
// `to_url`, for servers that have outgrown one machine. Cursors that were given
// out stay valid; the new servers need the same secret key. What a server that
// still runs on the old store writes meanwhile is not in the copy.
//
// The number of rows. INVALID_ARGUMENT for other kinds of stores,
// FAILED_PRECONDITION, with a message for the operator, when either cannot be
// used or the new one is not empty; nothing is copied then.
absl::StatusOr<int64_t> CopyStore(const StoreOptions& options,
                                  const std::string& to_url);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_DATABASES_COPY_STORE_H_
