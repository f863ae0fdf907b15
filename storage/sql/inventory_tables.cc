#include "storage/inventory_tables.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/status_macros.h"
#include "base/text_fold.h"
#include "storage/document.h"
#include "storage/sql/row_fields.h"
#include "storage/sql/sku_texts.h"
#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

constexpr char kGetState[] =
    "SELECT document FROM inventory_state WHERE connection = $1";
// An update that changes nothing takes the row's lock on every database.
constexpr char kLockState[] =
    "UPDATE inventory_state SET document = document WHERE connection = $1 "
    "RETURNING document";
constexpr char kPutState[] =
    "INSERT INTO inventory_state (connection, document) VALUES ($1, $2) "
    "ON CONFLICT (connection) DO UPDATE SET document = excluded.document";

constexpr char kListLocations[] =
    "SELECT location_kind, location_id, name, type, active, listed, withheld, "
    "away, read_from, numbers_in_use FROM locations WHERE connection = $1 "
    "ORDER BY location_kind, location_id";
constexpr char kPutLocation[] =
    "INSERT INTO locations (connection, location_kind, location_id, name, "
    "type, active, listed, withheld, away, read_from, numbers_in_use) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10) "
    "ON CONFLICT (connection, location_kind, location_id) DO UPDATE SET "
    "name = excluded.name, type = excluded.type, active = excluded.active, "
    "listed = excluded.listed, away = excluded.away, "
    "read_from = excluded.read_from, "
    "numbers_in_use = excluded.numbers_in_use";
constexpr char kAddWithheld[] =
    "UPDATE locations SET withheld = withheld + $4 WHERE connection = $1 "
    "AND location_kind = $2 AND location_id = $3";

constexpr char kListViews[] =
    "SELECT v.view, v.cart, l.location_kind, l.location_id, l.shown, "
    "l.revision FROM cart_views AS v LEFT JOIN view_locations AS l "
    "ON l.connection = v.connection AND l.view = v.view "
    "WHERE v.connection = $1 "
    "ORDER BY v.view, l.location_kind, l.location_id";
constexpr char kAddView[] =
    "INSERT INTO cart_views (connection, view, cart) VALUES ($1, $2, $3)";
constexpr char kDeleteView[] =
    "DELETE FROM cart_views WHERE connection = $1 AND view = $2";
constexpr char kDeleteLevelsOfView[] =
    "DELETE FROM levels WHERE connection = $1 AND view = $2";
constexpr char kPutViewLocation[] =
    "INSERT INTO view_locations (connection, view, location_kind, "
    "location_id, shown, revision) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (connection, view, location_kind, location_id) DO UPDATE SET "
    "shown = excluded.shown, revision = excluded.revision";
constexpr char kDeleteViewLocations[] =
    "DELETE FROM view_locations WHERE connection = $1 AND view = $2";

constexpr char kFindFold[] =
    "SELECT number, sku_key, text FROM skus "
    "WHERE connection = $1 AND fold_hash = $2";
constexpr char kLastNumber[] =
    "SELECT max(number) FROM skus WHERE connection = $1";
constexpr char kAddSku[] =
    "INSERT INTO skus (connection, number, sku_key, fold_hash, text) "
    "VALUES ($1, $2, $3, $4, $5)";
constexpr char kListKeys[] =
    "SELECT number FROM skus WHERE connection = $1 AND number > $2 "
    "AND sku_key = number ORDER BY number LIMIT $3";

// FNV-1a. Kept in the store, so it stays what it is.
int64_t FoldHash(absl::string_view folded) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : folded) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  }
  return static_cast<int64_t>(hash);
}

// A text that is looked up. Hashes of different folds may be equal, so texts
// are compared as well.
struct Wanted {
  absl::string_view text;
  std::string folded;
  int64_t hash = 0;
  model::Sku sku;
};

absl::StatusOr<std::vector<Wanted>> LookUp(
    SqlConnection& sql, int64_t number,
    const std::vector<absl::string_view>& texts) {
  std::vector<Wanted> wanted(texts.size());
  SqlParamRows params;
  std::vector<size_t> asked;
  params.reserve(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    wanted[i].text = texts[i];
    if (texts[i].empty()) continue;
    wanted[i].folded = base::FoldCase(texts[i]);
    wanted[i].hash = FoldHash(wanted[i].folded);
    params.push_back({number, wanted[i].hash});
    asked.push_back(i);
  }
  if (asked.empty()) return wanted;
  OMS_RETURN_IF_ERROR(
      sql.QueryBatch(kFindFold, params, [&](size_t index, const SqlRow& row) {
        RowFields fields(row);
        const int64_t found = fields.Int64();
        const int64_t key = fields.Int64();
        const absl::string_view text = fields.Text();
        Wanted& one = wanted[asked[index]];
        if (text == one.text) {
          one.sku = {found, key};
        } else if (one.sku.key == 0 && base::FoldCase(text) == one.folded) {
          one.sku.key = key;
        }
        return absl::OkStatus();
      }));
  return wanted;
}

}  // namespace

// ---- State -----------------------------------------------------------------

absl::StatusOr<model::InventoryState> InventoryReader::GetState(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::string document;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kGetState, {number},
                [&](const SqlRow& row) { document = RowFields(row).Bytes(); }));
  return DecodeDocument<model::InventoryState>(document);
}

absl::StatusOr<model::InventoryState> InventoryWriter::LockState(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  std::string document;
  OMS_ASSIGN_OR_RETURN(
      const bool found,
      QueryIfAny(sql_, kLockState, {number}, [&](const SqlRow& row) {
        document = RowFields(row).Bytes();
      }));
  if (!found)
    OMS_RETURN_IF_ERROR(PutState(connection, model::InventoryState()));
  return DecodeDocument<model::InventoryState>(document);
}

absl::Status InventoryWriter::PutState(absl::string_view connection,
                                       const model::InventoryState& state) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  return sql_.Execute(kPutState, {number, Blob{EncodeDocument(state)}})
      .status();
}

// ---- Locations and views ---------------------------------------------------

absl::StatusOr<std::vector<model::StoredLocation>>
InventoryReader::ListLocations(absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  std::vector<model::StoredLocation> locations;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kListLocations, {number}, [&](const SqlRow& row) {
        RowFields fields(row);
        model::StoredLocation& stored = locations.emplace_back();
        stored.location.kind = fields.As<model::LocationKind>();
        stored.location.id = fields.Int64();
        stored.location.name = fields.String();
        stored.type = fields.String();
        stored.active = fields.Bool();
        stored.listed = fields.Bool();
        stored.withheld = fields.Int64();
        stored.away = fields.Bool();
        stored.read_from = fields.OptionalTime();
        stored.numbers_in_use = fields.Bool();
      }));
  return locations;
}

absl::Status InventoryWriter::PutLocations(
    absl::string_view connection,
    const std::vector<model::StoredLocation>& locations) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows rows;
  for (const model::StoredLocation& stored : locations) {
    rows.push_back({number, SqlEnum(stored.location.kind), stored.location.id,
                    absl::string_view(stored.location.name),
                    absl::string_view(stored.type), SqlBool(stored.active),
                    SqlBool(stored.listed), SqlBool(stored.away),
                    SqlOptionalTime(stored.read_from),
                    SqlBool(stored.numbers_in_use)});
  }
  return sql_.ExecuteBatch(kPutLocation, rows).status();
}

absl::Status InventoryWriter::AddWithheld(absl::string_view connection,
                                          const model::Location& location,
                                          int64_t count) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  return sql_
      .Execute(kAddWithheld,
               {number, SqlEnum(location.kind), location.id, count})
      .status();
}

absl::StatusOr<model::StoredViews> InventoryReader::ListViews(
    absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  model::StoredViews found;
  OMS_RETURN_IF_ERROR(
      QueryEach(sql_, kListViews, {number}, [&](const SqlRow& row) {
        RowFields fields(row);
        const int64_t view = fields.Int64();
        const absl::string_view cart = fields.Text();
        if (found.views.empty() || found.views.back().view != view) {
          found.views.push_back({view, std::string(cart)});
        }
        if (row.IsNull(2)) return;  // it has no locations of its own
        model::ViewLocation& stored = found.locations.emplace_back();
        stored.view = view;
        stored.kind = fields.As<model::LocationKind>();
        stored.location_id = fields.Int64();
        stored.shown = fields.Bool();
        stored.revision = fields.Int64();
      }));
  return found;
}

absl::StatusOr<int64_t> InventoryWriter::AddView(absl::string_view connection,
                                                 absl::string_view cart_id) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  OMS_ASSIGN_OR_RETURN(const model::StoredViews stored, ListViews(connection));
  const int64_t view = stored.views.empty() ? 1 : stored.views.back().view + 1;
  OMS_RETURN_IF_ERROR(sql_.Execute(kAddView, {number, view, cart_id}).status());
  return view;
}

absl::Status InventoryWriter::DeleteView(absl::string_view connection,
                                         int64_t view) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  OMS_RETURN_IF_ERROR(
      sql_.Execute(kDeleteLevelsOfView, {number, view}).status());
  OMS_RETURN_IF_ERROR(DeleteViewLocations(connection, view));
  return sql_.Execute(kDeleteView, {number, view}).status();
}

absl::Status InventoryWriter::PutViewLocations(
    absl::string_view connection,
    const std::vector<model::ViewLocation>& locations) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  SqlParamRows rows;
  for (const model::ViewLocation& stored : locations) {
    rows.push_back({number, stored.view, SqlEnum(stored.kind),
                    stored.location_id, SqlBool(stored.shown),
                    stored.revision});
  }
  return sql_.ExecuteBatch(kPutViewLocation, rows).status();
}

absl::Status InventoryWriter::DeleteViewLocations(absl::string_view connection,
                                                  int64_t view) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  return sql_.Execute(kDeleteViewLocations, {number, view}).status();
}

// ---- SKUs ------------------------------------------------------------------

absl::StatusOr<std::vector<model::Sku>> InventoryReader::FindSkus(
    absl::string_view connection, const std::vector<absl::string_view>& texts) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_ASSIGN_OR_RETURN(const std::vector<Wanted> wanted,
                       LookUp(sql_, number, texts));
  std::vector<model::Sku> skus;
  for (const Wanted& one : wanted) skus.push_back(one.sku);
  return skus;
}

absl::StatusOr<std::vector<model::Sku>> InventoryWriter::AddSkus(
    absl::string_view connection, const std::vector<absl::string_view>& texts) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Require(connection));
  OMS_ASSIGN_OR_RETURN(std::vector<Wanted> wanted, LookUp(sql_, number, texts));
  // Of those that are new: a spelling may come twice, and several spellings of
  // one key may.
  std::map<absl::string_view, model::Sku> added;
  std::map<absl::string_view, int64_t> keys;
  SqlParamRows rows;
  int64_t last = 0;
  for (Wanted& one : wanted) {
    if (one.text.empty() || one.sku.number != 0) continue;
    const auto known = added.find(one.text);
    if (known != added.end()) {
      one.sku = known->second;
      continue;
    }
    if (rows.empty()) {
      OMS_RETURN_IF_ERROR(
          QueryEach(sql_, kLastNumber, {number},
                    [&](const SqlRow& row) { last = RowFields(row).Int64(); }));
    }
    one.sku.number = ++last;
    if (one.sku.key == 0) {
      one.sku.key = keys.emplace(one.folded, one.sku.number).first->second;
    }
    added.emplace(one.text, one.sku);
    rows.push_back({number, one.sku.number, one.sku.key, one.hash, one.text});
  }
  if (!rows.empty()) {
    OMS_RETURN_IF_ERROR(sql_.ExecuteBatch(kAddSku, rows).status());
  }
  std::vector<model::Sku> skus;
  skus.reserve(wanted.size());
  for (const Wanted& one : wanted) skus.push_back(one.sku);
  return skus;
}

absl::StatusOr<std::vector<std::string>> InventoryReader::GetSkuTexts(
    absl::string_view connection, const std::vector<int64_t>& numbers) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  OMS_ASSIGN_OR_RETURN(const SkuTexts skus, ReadSkus(sql_, number, numbers));
  std::vector<std::string> texts;
  texts.reserve(numbers.size());
  for (const int64_t sku : numbers) texts.push_back(skus.At(sku).text);
  return texts;
}

absl::StatusOr<std::vector<int64_t>> InventoryReader::ListSkuKeys(
    absl::string_view connection, int64_t after, int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t number, numbers_.Find(connection));
  return QueryIds(sql_, kListKeys, {number, after, int64_t{limit}});
}

}  // namespace oms_connector::storage
