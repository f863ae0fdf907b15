#ifndef OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_RANDOM_NOUNS_H_
#define OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_RANDOM_NOUNS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/connection.h"
#include "model/fields.h"
#include "model/remembered_request.h"
#include "model/settings.h"
#include "model/sync_run.h"

namespace oms_connector::storage {

// Values with every field filled at random, awkward texts included; the same
// seed gives the same values.
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
  absl::Status Error();

  // Fills what a field may be (storage/document.h). Of an enumeration it knows
  // the numbers 1 and 2, which all of ours have.
  template <typename T>
  void Fill(T* value);
  template <typename T>
  T Any() {
    T value{};
    Fill(&value);
    return value;
  }

  model::Connection Connection(absl::string_view id);
  model::StoredSettings StoredSettings() {
    return Any<model::StoredSettings>();
  }
  model::SettingsChange Change() { return Any<model::SettingsChange>(); }
  model::SyncRun Run(absl::string_view id, model::Feed feed);
  model::PullStatus PullStatus() { return Any<model::PullStatus>(); }
  model::RequestKey Key(absl::string_view connection);
  model::RememberedRequest Request();

 private:
  template <typename T>
  void Fill(std::optional<T>* value) {
    value->reset();
    if (Chance(0.5)) Fill(&value->emplace());
  }
  template <typename T>
  void Fill(std::vector<T>* values) {
    values->assign(static_cast<size_t>(Below(3)), T{});
    for (T& value : *values) Fill(&value);
  }
  template <typename T, size_t n>
  void Fill(std::array<T, n>* values) {
    for (T& value : *values) Fill(&value);
  }

  std::mt19937_64 random_;
};

template <typename T>
void RandomNouns::Fill(T* value) {
  if constexpr (model::HasFields<T>::value) {
    T::VisitFields(
        [&](int, const char*, auto field) { Fill(&(value->*field)); });
  } else if constexpr (std::is_same_v<T, bool>) {
    *value = Chance(0.5);
  } else if constexpr (std::is_enum_v<T>) {
    *value = static_cast<T>(1 + Below(2));
  } else if constexpr (std::is_arithmetic_v<T>) {
    *value = static_cast<T>(Below(1000));
  } else if constexpr (std::is_same_v<T, absl::Time>) {
    *value = Time();
  } else if constexpr (std::is_same_v<T, absl::Duration>) {
    *value = absl::Microseconds(Below(1'000'000'000));
  } else if constexpr (std::is_same_v<T, absl::Status>) {
    *value = Error();
  } else {
    *value = Text();
  }
}

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_STORE_TEST_SUITE_RANDOM_NOUNS_H_
