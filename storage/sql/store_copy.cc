#include "storage/sql/store_copy.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "storage/sql/sql_query.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

// Rows that are held in memory and sent together.
constexpr size_t kRowsAtOnce = 1000;

constexpr char kCountConnections[] = "SELECT count(*) FROM connections";

constexpr CopiedTable kTables[] = {
    {"last_connection_number", "id", "id, number", "ii"},
    {"connections", "connection",
     "connection, number, epoch, display_name, base_url, path_prefix, "
     "sealed_token, "
     "token_fingerprint, inventory_interval, shipment_interval, "
     "earliest_shipment_time, view_generation, etag, create_time, "
     "update_time, sealed_under",
     "tittttbtiiiitiit"},
    {"carts", "connection, position",
     "connection, position, cart, display_name, sales_channel, sku_source, "
     "warehouse_ids, carrier_custom_field, carrier_candidates, family_rule, "
     "order_number_pattern, family_custom_field, max_hold",
     "titttitttitti"},
    {"counters", "connection",
     "connection, last_revision, last_sequence, last_change", "tiii"},
    {"settings", "connection",
     "connection, inventory_sync_mode, subtract_locked_quantity, "
     "ignore_inactive_products, download_products_data, "
     "split_order_handling, parse_carrier_fallback, etag, update_time",
     "tiiiiiiti"},
    {"settings_changes", "connection, change_id",
     "connection, change_id, change_time, principal, request_id, "
     "old_inventory_sync_mode, old_subtract_locked_quantity, "
     "old_ignore_inactive_products, old_download_products_data, "
     "old_split_order_handling, old_parse_carrier_fallback, "
     "new_inventory_sync_mode, new_subtract_locked_quantity, "
     "new_ignore_inactive_products, new_download_products_data, "
     "new_split_order_handling, new_parse_carrier_fallback",
     "tiittiiiiiiiiiiii"},
    {"remembered_requests", "connection, principal, rpc, request_id",
     "connection, principal, rpc, request_id, fingerprint, answer, "
     "expire_time",
     "ttttbbi"},
    {"sync_runs", "connection, run_id",
     "connection, run_id, feed, state, kind, trigger, start_time, end_time, "
     "requests, pages, row_count, levels_changed, levels_unchanged, "
     "levels_withheld, products_changed, rows_rejected, skus_ambiguous, "
     "error, resume_time, rejected_rows, ambiguous_skus, cart_errors, "
     "delta_gap_suspected",
     "ttiiiiiiiiiiiiiiitittti"},
    {"pulls", "connection, feed",
     "connection, feed, run_id, holder, fence, lease_expire_time, "
     "checkpoint, last_success_time, last_full_success_time, last_error",
     "tittiitiit"},
    {"inventory_state", "connection",
     "connection, computed_generation, target_generation, position_step, "
     "position_key, locations_changed, deferred_by_run, base_url, full_pass, "
     "last_complete_full_time, acknowledge_in_flight, gap_time, "
     "last_revision",
     "tiittittiiiii"},
    {"inventory_sources", "connection, source", "connection, source, mark_time",
     "tti"},
    {"sales_channels", "connection, sales_channel_id",
     "connection, sales_channel_id, name, type, active, listed", "tittii"},
    {"warehouses", "connection, warehouse_id",
     "connection, warehouse_id, name, type, active, listed", "tittii"},
    {"stock", "connection, warehouse_id, product_id",
     "connection, warehouse_id, product_id, master_sku, sku_key, on_hand, "
     "locked, value_time, pass, missed, gone",
     "tiittiiiiii"},
    {"products", "connection, product_id",
     "connection, product_id, master_sku, sku_key, name, type, active, "
     "brand, description, upc, mpn, weight, length, width, height, "
     "map_price_currency, map_price_amount, categories, labels, image_urls, "
     "create_time, modify_time, revision, pass, missed, gone",
     "tittttittttrrrrtttttiiiiii"},
    {"listings", "connection, sales_channel_id, listing_id",
     "connection, sales_channel_id, listing_id, listing_sku, listing_key, "
     "master_sku, master_key, product_id, active, push_inventory, known, "
     "quantity, value_time, told_time, pass, missed, gone",
     "tiittttiiiiiiiiii"},
    {"levels", "connection, view, sku_key, location_kind, location_id",
     "connection, view, sku_key, location_kind, location_id, sku, "
     "master_sku, product_id, available, reason, clamped_at_zero, "
     "as_of_time, revision",
     "tttiittiiiiii"},
    {"shipment_states", "connection",
     "connection, orders_read_through, shipments_read_through, "
     "decided_under, keyed_under, next_hold_end, pruned_through",
     "tiittii"},
    {"reference_names", "connection, kind, parent_id, id",
     "connection, kind, parent_id, id, name", "tiiit"},
    {"orders", "connection, order_id",
     "connection, order_id, order_number, status, sales_channel_id, "
     "ship_country, modify_time, custom_fields, related_order_ids, lines, "
     "shipment_items, external, suppress_channel_update, known, readable, "
     "read_time, status_time, cart, family_key, released, pending",
     "tittitittttiiiiiittii"},
    {"order_links", "connection, order_id, related_id",
     "connection, order_id, related_id", "tii"},
    {"shipments", "connection, shipment_id",
     "connection, shipment_id, order_id, order_number, voided, "
     "tracking_number, tracking_key, shipping_carrier, shipping_provider_id, "
     "shipping_service_id, warehouse_id, external, ship_time, create_time, "
     "cart, family_order_ids, carrier_code, carrier_name, carrier_source, "
     "carrier_rule, carrier_confidence, carrier_candidates, carrier_service, "
     "items, warehouse_name, state, state_time, hold_reason, hold_time, "
     "blocking_orders, outcome_reason, outcome_time, last_sequence, "
     "last_kind, sent_tracking_number, sent_carrier_code, "
     "seen_shipping_carrier, seen_tracking_number, seen_custom_field, "
     "seen_custom_text",
     "tiititttiiiiiittttitittttiiiittiiitttttt"},
    {"shipment_events", "connection, sequence",
     "connection, sequence, shipment_id, cart, kind, event_time, "
     "release_group, release_group_size, order_id, order_number, "
     "family_order_ids, tracking_number, carrier_code, carrier_name, "
     "carrier_source, carrier_rule, carrier_confidence, carrier_candidates, "
     "carrier_service, items, ship_time, create_time, warehouse_id, "
     "warehouse_name, external",
     "tiitiiiiitttttititttiiiti"},
    {"shipment_consumers", "connection, consumer",
     "connection, consumer, cart, position, position_time", "tttii"},
};

// A value that outlives the row it was read from.
struct Bytes {
  std::string bytes;
};
using Value = std::variant<std::nullptr_t, int64_t, double, std::string, Bytes>;

Value ValueAt(const SqlRow& row, int column, char kind) {
  if (row.IsNull(column)) return nullptr;
  switch (kind) {
    case 'i':
      return row.Int64(column);
    case 'r':
      return row.Double(column);
    case 'b':
      return Bytes{std::string(row.Bytes(column))};
    default:
      return row.String(column);
  }
}

struct ToParam {
  SqlParam operator()(std::nullptr_t) const { return nullptr; }
  SqlParam operator()(int64_t value) const { return value; }
  SqlParam operator()(double value) const { return value; }
  SqlParam operator()(const std::string& text) const {
    return absl::string_view(text);
  }
  SqlParam operator()(const Bytes& bytes) const { return Blob{bytes.bytes}; }
};

// The statements are put together from the constants above alone.
std::string SelectFrom(const CopiedTable& table) {
  return absl::StrCat("SELECT ", table.columns, " FROM ", table.name,
                      " ORDER BY ", table.key);
}

std::string InsertInto(const CopiedTable& table) {
  std::string params;
  for (size_t i = 1; i <= table.kinds.size(); ++i) {
    absl::StrAppend(&params, i == 1 ? "$" : ", $", i);
  }
  return absl::StrCat("INSERT INTO ", table.name, " (", table.columns,
                      ") VALUES (", params, ")");
}

// Collects rows and sends them on together.
class TableWriter {
 public:
  TableWriter(const CopiedTable& table, SqlConnection& to)
      : table_(table), insert_(InsertInto(table)), to_(to) {}

  absl::Status Add(const SqlRow& row) {
    std::vector<Value>& values = rows_.emplace_back();
    for (size_t i = 0; i < table_.kinds.size(); ++i) {
      values.push_back(ValueAt(row, static_cast<int>(i), table_.kinds[i]));
    }
    return rows_.size() < kRowsAtOnce ? absl::OkStatus() : Flush();
  }

  absl::Status Flush() {
    std::vector<std::vector<SqlParam>> params;
    params.reserve(rows_.size());
    for (const std::vector<Value>& values : rows_) {
      std::vector<SqlParam>& row = params.emplace_back();
      for (const Value& value : values) {
        row.push_back(std::visit(ToParam(), value));
      }
    }
    OMS_RETURN_IF_ERROR(to_.ExecuteBatch(insert_, params).status());
    count_ += static_cast<int64_t>(rows_.size());
    rows_.clear();
    return absl::OkStatus();
  }

  int64_t count() const { return count_; }

 private:
  const CopiedTable& table_;
  const std::string insert_;
  SqlConnection& to_;
  std::vector<std::vector<Value>> rows_;
  int64_t count_ = 0;
};

absl::StatusOr<int64_t> CopyTable(const CopiedTable& table, SqlConnection& from,
                                  SqlConnection& to) {
  TableWriter writer(table, to);
  OMS_RETURN_IF_ERROR(from.Query(SelectFrom(table), {}, [&](const SqlRow& row) {
    return writer.Add(row);
  }));
  OMS_RETURN_IF_ERROR(writer.Flush());
  base::LogInfo("copied a table",
                {{"table", table.name}, {"rows", writer.count()}});
  return writer.count();
}

absl::Status CheckEmpty(SqlConnection& to) {
  int64_t connections = 0;
  OMS_RETURN_IF_ERROR(
      QueryOne(to, kCountConnections, {},
               [&](const SqlRow& row) { connections = row.Int64(0); }));
  if (connections == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "The store to copy to holds connections already. Copy into an empty "
      "one.");
}

absl::StatusOr<int64_t> CopyAll(SqlConnection& from, SqlConnection& to) {
  OMS_RETURN_IF_ERROR(from.Begin(/*write=*/false, base::CallContext()));
  OMS_RETURN_IF_ERROR(to.Begin(/*write=*/true, base::CallContext()));
  OMS_RETURN_IF_ERROR(CheckEmpty(to));
  int64_t rows = 0;
  for (const CopiedTable& table : kTables) {
    OMS_ASSIGN_OR_RETURN(const int64_t copied, CopyTable(table, from, to));
    rows += copied;
  }
  OMS_RETURN_IF_ERROR(to.Commit());
  return rows;
}

}  // namespace

absl::Span<const CopiedTable> CopiedTables() { return kTables; }

absl::StatusOr<int64_t> CopyTables(SqlConnection& from, SqlConnection& to) {
  const absl::StatusOr<int64_t> rows = CopyAll(from, to);
  if (!rows.ok()) to.Rollback();
  from.Rollback();
  return rows;
}

}  // namespace oms_connector::storage
