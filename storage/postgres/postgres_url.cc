#include "storage/postgres/postgres_url.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace oms_connector::storage {

std::map<std::string, std::string> DefaultPostgresSettings() {
  return {{"application_name", "oms_connector"},
          {"connect_timeout", "5"},
          {"keepalives_idle", "5"},
          {"keepalives_interval", "5"},
          {"keepalives_count", "2"},
          {"tcp_user_timeout", "15000"},
          {"target_session_attrs", "read-write"}};
}

bool SplitsPassword(absl::string_view url, absl::string_view port) {
  if (port.find_first_not_of("0123456789,") != absl::string_view::npos) {
    return true;
  }
  url = url.substr(std::min(url.find("//"), url.size()));
  const size_t at = url.find('@');
  if (at == absl::string_view::npos) return false;
  if (url.find('/', 2) < at) return url.find('?') > at;
  url = url.substr(at + 1);
  return absl::StrContains(url.substr(0, url.find('?')), '@');
}

}  // namespace oms_connector::storage
