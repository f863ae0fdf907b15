// Finding rows by lists of keys: one constant statement with a fixed number of
// parameters for keys, run as often as the list needs; what is left over in the
// last run repeats a key.
//
//   constexpr char kFind[] =
//       "SELECT ... WHERE connection = $1 AND sku_key IN (" OMS_KEYS_FROM_2
//       ")";
//   FindInList(connection, kFind, {id}, keys, [&](const SqlRow& row) {...});
#ifndef OMS_CONNECTOR_STORAGE_SQL_FIND_IN_LIST_H_
#define OMS_CONNECTOR_STORAGE_SQL_FIND_IN_LIST_H_

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "storage/sql/sql_query.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// How many keys a statement takes at once; more would make the statement
// longer than its plan is worth.
inline constexpr size_t kKeysAtOnce = 32;

#define OMS_KEYS_FROM_2                                          \
  "$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18," \
  "$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33"
#define OMS_KEYS_FROM_3                                          \
  "$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,"    \
  "$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32,$33," \
  "$34"

inline SqlParam SqlKey(int64_t key) { return key; }
inline SqlParam SqlKey(const std::string& key) {
  return absl::string_view(key);
}

// Reads every row whose key is in `keys`, each once. `first` are the
// parameters before the keys.
template <typename Key>
absl::Status FindInList(SqlConnection& connection, absl::string_view sql,
                        const std::vector<SqlParam>& first,
                        std::vector<Key> keys, SqlRowReader read) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (size_t begin = 0; begin < keys.size(); begin += kKeysAtOnce) {
    std::vector<SqlParam> params = first;
    for (size_t i = begin; i < begin + kKeysAtOnce; ++i) {
      params.push_back(SqlKey(keys[std::min(i, keys.size() - 1)]));
    }
    OMS_RETURN_IF_ERROR(QueryEach(connection, sql, params, read));
  }
  return absl::OkStatus();
}

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_FIND_IN_LIST_H_
