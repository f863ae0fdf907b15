// Nouns and results as text, so that tests can compare what two stores say and
// show where they differ. Times are whole microseconds, as stores keep them.
#ifndef OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_NOUN_TEXT_H_
#define OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_NOUN_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "model/connection.h"
#include "model/settings.h"
#include "model/sync_run.h"
#include "storage/connection_tables.h"
#include "storage/run_tables.h"

namespace oms_connector::storage {

std::string TextOf(int64_t number);
std::string TextOf(const std::string& text);
std::string TextOf(const model::Connection& connection);
std::string TextOf(const model::StoredSettings& settings);
std::string TextOf(const model::SettingsChange& change);
std::string TextOf(const model::SyncRun& run);
std::string TextOf(const model::PullStatus& status);
std::string TextOf(const RememberedRequest& request);
std::string TextOf(const PullLease& lease);

// The code alone: messages are for people.
std::string TextOf(const absl::Status& status);

template <typename Noun>
std::string TextOf(const std::optional<Noun>& noun) {
  return noun.has_value() ? TextOf(*noun) : "none";
}

template <typename Noun>
std::string TextOf(const std::vector<Noun>& nouns) {
  std::string text = "[";
  for (const Noun& noun : nouns) absl::StrAppend(&text, TextOf(noun), "; ");
  return absl::StrCat(text, "]");
}

template <typename Noun>
std::string TextOf(const absl::StatusOr<Noun>& noun) {
  return noun.ok() ? TextOf(*noun) : TextOf(noun.status());
}

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_NOUN_TEXT_H_
