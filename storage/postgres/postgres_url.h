// What a database's URL says, before and after libpq has read it.
#ifndef OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_URL_H_
#define OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_URL_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::storage {

// What we want of a connection unless the URL says otherwise, by libpq's names.
std::map<std::string, std::string> DefaultPostgresSettings();

// Whether a password has its '/' or '@' written as they are, so that libpq has
// taken parts of it for the host, the port or the database, and would tell them
// in errors. `port` is what it took for the port.
bool SplitsPassword(absl::string_view url, absl::string_view port);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_POSTGRES_POSTGRES_URL_H_
