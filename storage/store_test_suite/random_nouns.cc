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
#include "storage/connection_tables.h"

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

model::Feed RandomNouns::Feed() { return OneTo<model::Feed>(2); }

absl::Time RandomNouns::Time() {
  return absl::FromUnixSeconds(1'786'960'800) +
         absl::Microseconds(Below(kSomeHoursInMicros));
}

std::optional<absl::Time> RandomNouns::MaybeTime() {
  if (Chance(0.5)) return std::nullopt;
  return Time();
}

std::string RandomNouns::Text() {
  return std::string(kTexts[Below(std::size(kTexts))]);
}

std::vector<std::string> RandomNouns::Texts() {
  std::vector<std::string> texts(Below(3));
  for (std::string& text : texts) text = Text();
  return texts;
}

absl::Status RandomNouns::Error() {
  switch (Below(3)) {
    case 0:
      return absl::OkStatus();
    case 1:
      return model::OrderManagerUnavailable(Text(), absl::Seconds(Below(60)));
    default:
      return model::SalesChannelNotFound("web", Text(), Texts());
  }
}

model::Cart RandomNouns::Cart(int number) {
  model::Cart cart;
  cart.cart_id = absl::StrCat("cart-", number);
  cart.display_name = Text();
  cart.sales_channel = Text();
  cart.sku_source = OneTo<model::SkuSource>(2);
  for (int64_t i = Below(3); i > 0; --i) {
    cart.warehouse_ids.push_back(Below(1000));
  }
  cart.carrier_custom_field = Text();
  cart.carrier_candidates = Texts();
  cart.family_rule.kind = OneTo<model::FamilyRuleKind>(3);
  cart.family_rule.order_number_pattern = Text();
  cart.family_rule.custom_field = Text();
  if (Chance(0.5)) cart.max_hold = absl::Microseconds(Below(1'000'000));
  return cart;
}

model::Connection RandomNouns::Connection(absl::string_view id) {
  model::Connection connection;
  connection.id = std::string(id);
  connection.epoch = Text();
  connection.display_name = Text();
  connection.order_manager.base_url = Text();
  connection.order_manager.path_prefix = Text();
  // Sealed tokens are any bytes.
  connection.order_manager.sealed_token =
      absl::StrCat(Text(), std::string("\0\xff\x80", 3));
  connection.order_manager.sealed_under = Text();
  connection.order_manager.token_fingerprint = Text();
  connection.inventory_interval = absl::Seconds(Below(3600));
  connection.shipment_interval = absl::Microseconds(Below(3600));
  connection.earliest_shipment_time = Time();
  connection.view_generation = Below(1000);
  connection.etag = Text();
  connection.create_time = Time();
  connection.update_time = Time();
  // Numbers downwards, so that their order is not that of their ids.
  for (int i = static_cast<int>(Below(4)); i > 0; --i) {
    connection.carts.push_back(Cart(i));
  }
  return connection;
}

model::Settings RandomNouns::Settings() {
  model::Settings settings;
  settings.inventory_sync_mode = OneTo<model::InventorySyncMode>(2);
  settings.subtract_locked_quantity = Chance(0.5);
  settings.ignore_inactive_products = Chance(0.5);
  settings.download_products_data = Chance(0.5);
  settings.split_order_handling = OneTo<model::SplitOrderHandling>(2);
  settings.parse_carrier_fallback = Chance(0.5);
  return settings;
}

model::StoredSettings RandomNouns::StoredSettings() {
  return {Settings(), Text(), Time()};
}

model::SettingsChange RandomNouns::Change() {
  model::SettingsChange change;
  change.change_time = Time();
  change.principal = Text();
  change.old_settings = Settings();
  change.new_settings = Settings();
  change.request_id = Text();
  return change;
}

model::SyncRun RandomNouns::Run(absl::string_view id, model::Feed feed) {
  model::SyncRun run;
  run.run_id = std::string(id);
  run.feed = feed;
  run.state = OneTo<model::SyncState>(5);
  run.kind = OneTo<model::SyncKind>(2);
  run.trigger = OneTo<model::SyncTrigger>(3);
  run.start_time = Time();
  run.end_time = MaybeTime();
  run.counts = {Below(9), Below(9), Below(9), Below(9), Below(9),
                Below(9), Below(9), Below(9), Below(9)};
  run.error = Error();
  run.resume_time = MaybeTime();
  for (int64_t i = Below(3); i > 0; --i) {
    run.rejected_rows.push_back({Text(), Below(100), Text(), Text()});
  }
  run.ambiguous_skus = Texts();
  for (int64_t i = Below(3); i > 0; --i) {
    run.cart_errors.push_back({Text(), Error()});
  }
  run.delta_gap_suspected = Chance(0.5);
  return run;
}

model::PullStatus RandomNouns::PullStatus() {
  return {MaybeTime(), MaybeTime(), Error()};
}

RequestKey RandomNouns::Key(absl::string_view connection) {
  return {Chance(0.5) ? "alice" : "bob", Chance(0.5) ? "Update" : "Create",
          std::string(connection), absl::StrCat("id-", Below(3))};
}

RememberedRequest RandomNouns::Request() {
  return {absl::StrCat("\xfe", Text()), std::string("\0answer", 7), Time()};
}

}  // namespace oms_connector::storage
