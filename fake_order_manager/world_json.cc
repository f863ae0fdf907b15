#include "fake_order_manager/world_json.h"

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "fake_order_manager/field_json.h"

namespace oms_connector::testing_support {
namespace {

using Json = nlohmann::json;
using IdPair = std::pair<int64_t, int64_t>;

// Calls `use` with the name, the rows and the key fields of each table.
template <typename World, typename Use>
void ForEachTable(World& world, Use&& use) {
  use("salesChannels", world.sales_channels, {"salesChannelId"});
  use("warehouses", world.warehouses, {"warehouseId"});
  use("products", world.products, {"productId"});
  use("stock", world.stock, {"warehouseId", "productId"});
  use("listings", world.listings, {"listingId"});
  use("orders", world.orders, {"orderId"});
  use("shipments", world.shipments, {"shipmentId"});
  use("providers", world.providers, {"shippingProviderId"});
}

using KeyFields = std::vector<const char*>;

void SetKey(const std::vector<int64_t>& ids, int64_t& key) { key = ids[0]; }
void SetKey(const std::vector<int64_t>& ids, IdPair& key) {
  key = {ids[0], ids[1]};
}

template <typename Key>
absl::StatusOr<Key> KeyOf(const Json& row, const KeyFields& fields,
                          const std::string& where) {
  std::vector<int64_t> ids;
  for (const char* field : fields) {
    if (!row.is_object() || !row.contains(field) ||
        !row[field].is_number_integer()) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": needs a whole number as ", field));
    }
    ids.push_back(row[field].get<int64_t>());
  }
  Key key;
  SetKey(ids, key);
  return key;
}

// When a row was modified, unless its JSON says so itself.
template <typename Row>
void StampModified(const Json&, absl::Time, Row&) {}
void StampModified(const Json& json, absl::Time now, Product& row) {
  if (!json.contains("modifiedDate")) row.modified = now;
}
void StampModified(const Json& json, absl::Time now, Order& row) {
  if (!json.contains("modifiedDate")) row.modified = now;
}
void StampModified(const Json& json, absl::Time now, Shipment& row) {
  const bool is_new = row.created == absl::InfinitePast();
  if (is_new && !json.contains("created")) row.created = now;
}
void StampModified(const Json& json, absl::Time now, Listing& row) {
  if (!json.contains("lastModified")) row.last_modified = now;
  if (json.contains("quantity") && !json.contains("quantityModified")) {
    row.quantity_modified = now;
  }
}

template <typename Rows>
absl::Status MergeRow(const Json& json, const KeyFields& key_fields,
                      const std::string& where, absl::Time now, Rows& rows) {
  const auto key = KeyOf<typename Rows::key_type>(json, key_fields, where);
  if (!key.ok()) return key.status();
  const auto found = rows.find(*key);
  typename Rows::mapped_type row;
  if (found != rows.end()) row = found->second;
  FieldReader reader(json, now, where);
  reader.Object(row);
  if (!reader.status().ok()) return reader.status();
  StampModified(json, now, row);
  rows.insert_or_assign(*key, std::move(row));
  return absl::OkStatus();
}

template <typename Rows>
absl::Status MergeTable(const Json& json, const KeyFields& key_fields,
                        const std::string& table, absl::Time now, Rows& rows) {
  if (!json.is_array()) return MergeRow(json, key_fields, table, now, rows);
  Rows merged = rows;
  size_t index = 0;
  for (const Json& row : json) {
    const std::string where = absl::StrCat(table, "[", index++, "]");
    const absl::Status status = MergeRow(row, key_fields, where, now, merged);
    if (!status.ok()) return status;
  }
  rows = std::move(merged);
  return absl::OkStatus();
}

absl::Status MergeStyle(const Json& json, absl::Time now, WireStyle& style) {
  WireStyle merged = style;
  FieldReader reader(json, now, "style");
  reader.Object(merged);
  if (reader.status().ok()) style = merged;
  return reader.status();
}

absl::Status ReplaceCarriers(const Json& json,
                             std::vector<std::string>& carriers) {
  std::vector<std::string> names;
  for (const Json& name : json) {
    if (!json.is_array() || !name.is_string()) {
      return absl::InvalidArgumentError("carriers: expected a list of texts");
    }
    names.push_back(name.get<std::string>());
  }
  carriers = std::move(names);
  return absl::OkStatus();
}

absl::Status MergeJson(const std::string& table, const Json& json,
                       absl::Time now, FakeWorld& world) {
  if (table == "style") return MergeStyle(json, now, world.style);
  if (table == "carriers") return ReplaceCarriers(json, world.carriers);
  absl::Status status =
      absl::NotFoundError(absl::StrCat("no such table: ", table));
  ForEachTable(world, [&](const char* name, auto& rows, const KeyFields& keys) {
    if (table == name) status = MergeTable(json, keys, table, now, rows);
  });
  return status;
}

Json ParseJson(absl::string_view text) {
  return Json::parse(text.begin(), text.end(), /*cb=*/nullptr,
                     /*allow_exceptions=*/false);
}

template <typename Rows>
void WriteTable(const char* name, const Rows& rows, std::string& out) {
  absl::StrAppend(&out, "\"", name, "\": [");
  const char* separator = "\n  ";
  for (const auto& [key, row] : rows) {
    out.append(separator);
    separator = ",\n  ";
    out.append(TextOf(ToJson<Scope::kAll>(row)));
  }
  out.append("],\n");
}

}  // namespace

absl::StatusOr<FakeWorld> WorldFromJson(absl::string_view text,
                                        absl::Time now) {
  const Json json = ParseJson(text);
  if (!json.is_object()) {
    return absl::InvalidArgumentError("a world is one JSON object of tables");
  }
  FakeWorld world;
  for (const auto& [table, rows] : json.items()) {
    const absl::Status status = MergeJson(table, rows, now, world);
    if (!status.ok()) return absl::InvalidArgumentError(status.message());
  }
  return world;
}

absl::StatusOr<FakeWorld> WorldFromFile(const std::string& path,
                                        absl::Time now) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  text << file.rdbuf();
  return WorldFromJson(text.str(), now);
}

std::string WorldToJson(const FakeWorld& world) {
  std::string out = "{\n";
  ForEachTable(world,
               [&out](const char* name, const auto& rows, const KeyFields&) {
                 WriteTable(name, rows, out);
               });
  absl::StrAppend(&out, "\"carriers\": ", TextOf(world.carriers),
                  ",\n\"style\": ", TextOf(ToJson<Scope::kAll>(world.style)));
  out.append("\n}\n");
  return out;
}

absl::Status MergeRows(absl::string_view table, absl::string_view json,
                       absl::Time now, FakeWorld& world) {
  const Json parsed = ParseJson(json);
  if (parsed.is_discarded()) {
    return absl::InvalidArgumentError("the body is no JSON");
  }
  return MergeJson(std::string(table), parsed, now, world);
}

absl::Status EraseRow(absl::string_view table, absl::string_view key,
                      FakeWorld& world) {
  std::vector<int64_t> ids;
  for (absl::string_view part : absl::StrSplit(key, '/')) {
    int64_t id = 0;
    if (!absl::SimpleAtoi(part, &id)) {
      return absl::InvalidArgumentError(absl::StrCat("no key: ", key));
    }
    ids.push_back(id);
  }
  bool erased = false;
  ForEachTable(world, [&](const char* name, auto& rows, const KeyFields& keys) {
    if (table != name || ids.size() != keys.size()) return;
    typename std::decay_t<decltype(rows)>::key_type row_key;
    SetKey(ids, row_key);
    erased = rows.erase(row_key) > 0;
  });
  if (erased) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("no row ", key, " in ", table));
}

}  // namespace oms_connector::testing_support
