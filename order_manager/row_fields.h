// The fields of one row, or of an object within it, as the Order Manager
// writes them: loosely (loose_value.h), with anything missing, with more than
// we know. Fields that decide something (ids, SKUs, quantities, flags) must be
// right: the first that is not becomes the row's problem, and the row is
// rejected. Fields that only describe are left out where they are wrong.
//
//   RowFields row(value, repaired, &problem);
//   stock.product_id = row.Object("product").Id("productId");
//   stock.on_hand = row.RequiredInteger("onHandQuantity");
//   if (!problem.empty()) ...   // `onHandQuantity is no whole number: "abc"`
//
// A field that stands twice in one object is a problem: which one counts is
// anybody's guess. Not thread-safe.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_ROW_FIELDS_H_
#define OMS_CONNECTOR_ORDER_MANAGER_ROW_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "order_manager/json_document.h"

namespace oms_connector::order_manager {

class RowFields {
 public:
  // Longer ids and SKUs are nobody's; the stores index them.
  static constexpr size_t kMaxKeySize = 1024;
  // Descriptions are cut here, so that a page stays small enough to hand out.
  static constexpr size_t kMaxTextSize = size_t{64} << 10;
  // No order has more items, no product more pictures.
  static constexpr size_t kMaxListItems = 10'000;

  // `repaired`: the document was (JsonDocument::repaired). The problem is
  // written to `problem` unless there is one already; it must outlive this.
  RowFields(const JsonValue& row, bool repaired, std::string* problem);

  // ---- Fields that decide -------------------------------------------------

  // A positive number; a problem where it is missing.
  int64_t Id(absl::string_view name) const;
  // The same, but 0 where it is missing or 0.
  int64_t IdOrZero(absl::string_view name) const;
  int64_t RequiredInteger(absl::string_view name) const;
  std::optional<int64_t> Integer(absl::string_view name) const;
  bool Flag(absl::string_view name, bool if_absent) const;
  // An identifier (SKU, tracking number, order number, status): no control
  // characters, at most kMaxKeySize, no text that was damaged on its way. Key
  // must not be blank and comes as written; KeyOrEmpty is trimmed.
  std::string Key(absl::string_view name) const;
  std::string KeyOrEmpty(absl::string_view name) const;

  // ---- Fields that describe -----------------------------------------------

  // Empty where it is no text. Cut to kMaxTextSize at a character's end, NUL
  // left out, which PostgreSQL cannot keep.
  std::string Text(absl::string_view name) const;
  std::optional<double> Real(absl::string_view name) const;
  std::optional<absl::Time> Time(absl::string_view name) const;

  // ---- Structure ----------------------------------------------------------

  // An object within; one without fields where it is null or an empty list.
  RowFields Object(absl::string_view name) const;
  // The items of a list; none where it is null or an empty object.
  std::vector<JsonValue> List(absl::string_view name) const;
  // Any value; null where it is missing.
  JsonValue Find(absl::string_view name) const;
  // An item of List() as an object of its own.
  RowFields Item(const JsonValue& item) const;
  // Ids of a list of numbers, as Id().
  std::vector<int64_t> Ids(absl::string_view name) const;

  void Fail(absl::string_view name, absl::string_view what) const;
  bool repaired() const { return repaired_; }

 private:
  bool IsSoundKey(absl::string_view name, absl::string_view text) const;
  bool TakeKey(absl::string_view name, std::string* text) const;

  JsonValue row_;
  bool repaired_ = false;
  std::string* problem_;
  std::string path_;  // "product." within an object, for messages
};

// As RowFields::Text, for a value by itself; empty where it is no text.
std::string DescriptiveText(const JsonValue& value);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_ROW_FIELDS_H_
