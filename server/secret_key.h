// The key that seals the access tokens in a store: where it lies, when it is
// made, and whether it is the right one.
//
//   OMS_ASSIGN_OR_RETURN(auto key, LoadSecretKey("postgres://db/oms", "key"));
//   OMS_RETURN_IF_ERROR(CheckSecretKey(store, key));
//
// Messages are for the operator.
#ifndef OMS_CONNECTOR_SERVER_SECRET_KEY_H_
#define OMS_CONNECTOR_SERVER_SECRET_KEY_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/secret_box.h"
#include "storage/store.h"

namespace oms_connector::server {

// `file`, or, where that is empty, the one beside an SQLite store.
// INVALID_ARGUMENT for PostgreSQL without a file, and for a `store` that is no
// store's URL.
absl::StatusOr<std::string> SecretKeyFile(const std::string& store,
                                          const std::string& file);

// The key in SecretKeyFile. A server alone with an SQLite store makes one where
// there is none. Servers that share a PostgreSQL store must not: none could
// read what another has sealed; FAILED_PRECONDITION then. Other errors as
// SecretBox::Load.
absl::StatusOr<base::SecretBox> LoadSecretKey(const std::string& store,
                                              const std::string& file);

// Whether the tokens in the store open with this key: tries the first.
// FAILED_PRECONDITION where it does not; the store's errors.
absl::Status CheckSecretKey(storage::Store& store, const base::SecretBox& key);

// Seals anew with `key` what `previous` has sealed, so that the previous key is
// not needed any more; how many tokens. The store's errors; what neither opens
// stays as it is.
absl::StatusOr<int> ReSealTokens(storage::Store& store,
                                 const base::SecretBox& key,
                                 const base::SecretBox& previous);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SECRET_KEY_H_
