#ifndef OMS_CONNECTOR_BASE_SECRET_FILE_H_
#define OMS_CONNECTOR_BASE_SECRET_FILE_H_

// Small files that only their owner may read. Messages name the path, so they
// are for the operator only.

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/secret_string.h"

namespace oms_connector::base {

// The contents of `path`, which must be exactly `size` bytes. NOT_FOUND if
// there is no such file; FAILED_PRECONDITION if it is no regular file, has
// another size, or anybody but its owner may read or write it; UNAVAILABLE or
// PERMISSION_DENIED if it cannot be read.
absl::StatusOr<SecretString> ReadSecretFile(const std::string& path,
                                            size_t size);

// Writes a new file, mode 0600, that appears whole and safe on disk or not at
// all. ALREADY_EXISTS if `path` exists, which is then left as it is.
absl::Status CreateSecretFile(const std::string& path,
                              const SecretString& contents);

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_SECRET_FILE_H_
