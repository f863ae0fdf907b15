#include "storage/store_test_suite/random_nouns.h"

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/connection.h"
#include "model/errors.h"
#include "model/settings.h"
#include "model/sync_run.h"

namespace oms_connector::storage {
namespace {

constexpr absl::string_view kTexts[] = {
    "",
    "plain",
    "O'Neil; DROP TABLE carts; --",
    "tab\tand\nline",
    "back\\n",
    "Füße 鞋",
    "$1 ? :a @b",
    "\"quoted\"",
    " spaces ",
    "%_like%",
};
constexpr int64_t kSomeHoursInMicros = 6ll * 3600 * 1000 * 1000;

}  // namespace

int64_t RandomNouns::Below(int64_t bound) {
  return std::uniform_int_distribution<int64_t>(0, bound - 1)(random_);
}

bool RandomNouns::Chance(double probability) {
  return std::bernoulli_distribution(probability)(random_);
}

std::string RandomNouns::ConnectionId() {
  return absl::StrCat("shop-", Below(4));
}

std::string RandomNouns::RunId() { return absl::StrCat("run-", Below(8)); }

model::Feed RandomNouns::Feed() { return Any<model::Feed>(); }

absl::Time RandomNouns::Time() {
  return absl::FromUnixSeconds(1'786'960'800) +
         absl::Microseconds(Below(kSomeHoursInMicros));
}

std::string RandomNouns::Text() {
  return std::string(kTexts[Below(std::size(kTexts))]);
}

absl::Status RandomNouns::Error() {
  switch (Below(3)) {
    case 0:
      return absl::OkStatus();
    case 1:
      return model::OrderManagerUnavailable(Text(), absl::Seconds(Below(60)));
    default:
      return model::SalesChannelNotFound("web", Text(), {Text(), Text()});
  }
}

model::Connection RandomNouns::Connection(absl::string_view id) {
  model::Connection connection = Any<model::Connection>();
  connection.id = std::string(id);
  // Sealed tokens are any bytes.
  connection.order_manager.sealed_token += std::string("\0\xff\x80", 3);
  return connection;
}

model::SyncRun RandomNouns::Run(absl::string_view id, model::Feed feed) {
  model::SyncRun run = Any<model::SyncRun>();
  run.run_id = std::string(id);
  run.feed = feed;
  run.state = static_cast<model::SyncState>(1 + Below(5));
  return run;
}

model::RequestKey RandomNouns::Key(absl::string_view connection) {
  return {Chance(0.5) ? "alice" : "bob", Chance(0.5) ? "Update" : "Create",
          std::string(connection), absl::StrCat("id-", Below(3))};
}

model::RememberedRequest RandomNouns::Request() {
  return {absl::StrCat("\xfe", Text()), std::string("\0answer", 7), Time()};
}

}  // namespace oms_connector::storage
