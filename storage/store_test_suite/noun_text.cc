#include "storage/store_test_suite/noun_text.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace oms_connector::storage {

std::string TextOf(const absl::Status& status) {
  return absl::StatusCodeToString(status.code());
}

std::string TextOf(const model::FeedStatus& status) {
  return absl::StrCat(TextOf(status.lease), TextOf(status.pull),
                      TextOf(status.latest_run));
}

std::string TextOf(const model::ConnectionHeads& heads) {
  return absl::StrCat(heads.last_revision, " ", heads.last_sequence);
}

}  // namespace oms_connector::storage
