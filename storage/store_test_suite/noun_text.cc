#include "storage/store_test_suite/noun_text.h"

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "model/connection.h"
#include "model/errors.h"
#include "model/settings.h"
#include "model/sync_run.h"
#include "storage/connection_tables.h"
#include "storage/run_tables.h"

namespace oms_connector::storage {
namespace {

std::string Micros(absl::Time time) {
  return absl::StrCat(absl::ToUnixMicros(time));
}

std::string Micros(const std::optional<absl::Time>& time) {
  return time.has_value() ? Micros(*time) : "none";
}

std::string Micros(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Microseconds(duration));
}

template <typename Enum>
int64_t Number(Enum value) {
  return static_cast<int64_t>(value);
}

std::string ValuesText(const model::Settings& values) {
  return absl::StrCat(
      Number(values.inventory_sync_mode), values.subtract_locked_quantity,
      values.ignore_inactive_products, values.download_products_data,
      Number(values.split_order_handling), values.parse_carrier_fallback);
}

std::string CartText(const model::Cart& cart) {
  const model::FamilyRule& rule = cart.family_rule;
  return absl::StrJoin(
      {TextOf(cart.cart_id), TextOf(cart.display_name),
       TextOf(cart.sales_channel), absl::StrCat(Number(cart.sku_source)),
       absl::StrJoin(cart.warehouse_ids, ","),
       TextOf(cart.carrier_custom_field), TextOf(cart.carrier_candidates),
       absl::StrCat(Number(rule.kind)), TextOf(rule.order_number_pattern),
       TextOf(rule.custom_field),
       cart.max_hold.has_value() ? Micros(*cart.max_hold)
                                 : std::string("none")},
      " ");
}

std::string CountsText(const model::SyncCounts& counts) {
  return absl::StrJoin(
      {counts.requests, counts.pages, counts.rows, counts.levels_changed,
       counts.levels_unchanged, counts.levels_withheld, counts.products_changed,
       counts.rows_rejected, counts.skus_ambiguous},
      ",");
}

// With everything that the status carries.
std::string WholeText(const absl::Status& status) {
  return TextOf(model::SerializeStatus(status));
}

}  // namespace

std::string TextOf(int64_t number) { return absl::StrCat(number); }

std::string TextOf(const std::string& text) {
  return absl::StrCat("'", absl::CEscape(text), "'");
}

std::string TextOf(const absl::Status& status) {
  return absl::StatusCodeToString(status.code());
}

std::string TextOf(const model::Connection& connection) {
  const model::OrderManagerAccount& account = connection.order_manager;
  std::string text = absl::StrJoin(
      {TextOf(connection.id), TextOf(connection.epoch),
       TextOf(connection.display_name), TextOf(account.base_url),
       TextOf(account.path_prefix), TextOf(account.sealed_token),
       TextOf(account.sealed_under), TextOf(account.token_fingerprint),
       Micros(connection.inventory_interval),
       Micros(connection.shipment_interval),
       Micros(connection.earliest_shipment_time),
       absl::StrCat(connection.view_generation), TextOf(connection.etag),
       Micros(connection.create_time), Micros(connection.update_time)},
      " ");
  for (const model::Cart& cart : connection.carts) {
    absl::StrAppend(&text, " {", CartText(cart), "}");
  }
  return text;
}

std::string TextOf(const model::StoredSettings& settings) {
  return absl::StrJoin({ValuesText(settings.values), TextOf(settings.etag),
                        Micros(settings.update_time)},
                       " ");
}

std::string TextOf(const model::SettingsChange& change) {
  return absl::StrJoin(
      {TextOf(change.change_id), Micros(change.change_time),
       TextOf(change.principal), TextOf(change.request_id),
       ValuesText(change.old_settings), ValuesText(change.new_settings)},
      " ");
}

std::string TextOf(const model::SyncRun& run) {
  std::string text = absl::StrJoin(
      {TextOf(run.run_id), absl::StrCat(Number(run.feed)),
       absl::StrCat(Number(run.state)), absl::StrCat(Number(run.kind)),
       absl::StrCat(Number(run.trigger)), Micros(run.start_time),
       Micros(run.end_time), CountsText(run.counts), WholeText(run.error),
       Micros(run.resume_time), TextOf(run.ambiguous_skus),
       absl::StrCat(run.delta_gap_suspected)},
      " ");
  for (const model::RejectedRow& row : run.rejected_rows) {
    absl::StrAppend(&text, " {", TextOf(row.endpoint), " ", row.page, " ",
                    TextOf(row.identifier), " ", TextOf(row.reason), "}");
  }
  for (const model::CartError& error : run.cart_errors) {
    absl::StrAppend(&text, " {", TextOf(error.cart_id), " ",
                    WholeText(error.status), "}");
  }
  return text;
}

std::string TextOf(const model::PullStatus& status) {
  return absl::StrJoin(
      {Micros(status.last_success_time), Micros(status.last_full_success_time),
       WholeText(status.last_error)},
      " ");
}

std::string TextOf(const RememberedRequest& request) {
  return absl::StrJoin({TextOf(request.fingerprint), TextOf(request.answer),
                        Micros(request.expire_time)},
                       " ");
}

std::string TextOf(const PullLease& lease) {
  return absl::StrJoin({TextOf(lease.run_id), TextOf(lease.holder),
                        absl::StrCat(lease.fence), Micros(lease.expire_time)},
                       " ");
}

}  // namespace oms_connector::storage
