#ifndef OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_RANDOM_NOUNS_H_
#define OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_RANDOM_NOUNS_H_

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/connection.h"
#include "model/settings.h"
#include "model/sync_run.h"
#include "storage/connection_tables.h"

namespace oms_connector::storage {

// Nouns with every field filled at random, awkward texts included; the same
// seed gives the same nouns.
class RandomNouns {
 public:
  explicit RandomNouns(uint64_t seed) : random_(seed) {}

  // Uniform in [0, bound).
  int64_t Below(int64_t bound);
  bool Chance(double probability);
  // One of a few, so that ids meet each other.
  std::string ConnectionId();
  std::string RunId();
  model::Feed Feed();
  // Within some hours, in whole microseconds.
  absl::Time Time();
  std::string Text();

  model::Connection Connection(absl::string_view id);
  model::Settings Settings();
  model::StoredSettings StoredSettings();
  model::SettingsChange Change();
  model::SyncRun Run(absl::string_view id, model::Feed feed);
  model::PullStatus PullStatus();
  RequestKey Key(absl::string_view connection);
  RememberedRequest Request();
  absl::Status Error();

 private:
  std::optional<absl::Time> MaybeTime();
  std::vector<std::string> Texts();
  model::Cart Cart(int number);
  template <typename Enum>
  Enum OneTo(int last) {
    return static_cast<Enum>(1 + Below(last));
  }

  std::mt19937_64 random_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_RANDOM_NOUNS_H_
