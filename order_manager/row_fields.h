// The fields of one row, or of an object within it, as the Order Manager writes
// them: loosely (loose_value.h), with anything missing, with more than we know.
// A row is as readable as the fields without which it means nothing: where one
// of those cannot be read, that is the row's problem and the row is rejected.
// What else cannot be read is left out, as if it were not there, and noted.
//
//   RowFindings findings;
//   RowFields row(value, repaired, &findings);
//   stock.product_id = row.Object("product").NeededId("productId");
//   stock.locked = row.Integer("lockedQuantity");
//   if (!findings.problem.empty()) ...  // `product.productId is missing`
//
// All texts that are compared or shown to a cart are cleaned here, and only
// here (base/text_fold.h): what was written stays in messages. A field that
// stands twice in one object cannot be read: which one counts is anybody's
// guess. Not thread-safe.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_ROW_FIELDS_H_
#define OMS_CONNECTOR_ORDER_MANAGER_ROW_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "model/sync_run.h"
#include "order_manager/json_rows.h"
#include "order_manager/order_manager.h"

namespace oms_connector::order_manager {

// What came of reading one row.
struct RowFindings {
  std::string problem;             // why it is rejected; empty: it is not
  std::vector<std::string> notes;  // of what was left out or read leniently
  // It is sound, but not what was asked for: it is left out and noted.
  bool misfit = false;
  std::optional<absl::Time> modified;
};

class RowFields {
 public:
  // Longer ids and SKUs are nobody's; the stores index them.
  static constexpr size_t kMaxKeySize = 1024;
  // Descriptions are cut here, so that a page stays small enough to hand out.
  static constexpr size_t kMaxTextSize = size_t{64} << 10;
  // No order has more items, no product more pictures.
  static constexpr size_t kMaxListItems = 10'000;
  // A note more says no more of a row.
  static constexpr size_t kMaxNotes = 8;

  // `repaired`: the text was (JsonRows::Read). `findings` must outlive this.
  RowFields(const JsonValue& row, bool repaired, RowFindings* findings);

  // ---- Fields without which a row means nothing ---------------------------

  int64_t NeededId(absl::string_view name) const;  // positive
  int64_t NeededInteger(absl::string_view name) const;
  // An identifier: at most kMaxKeySize, no text that was damaged on its way.
  std::string NeededKey(absl::string_view name) const;
  // May be missing, but must be readable where it is there. Cleaned as a
  // number that people scan.
  std::string NumberUnlessAbsent(absl::string_view name) const;

  // ---- Fields that may be left out ----------------------------------------

  int64_t Id(absl::string_view name) const;  // 0 where there is none
  std::optional<int64_t> Integer(absl::string_view name) const;
  bool Flag(absl::string_view name, bool otherwise) const;
  std::string Key(absl::string_view name) const;  // may be empty
  std::optional<double> Real(absl::string_view name) const;
  std::optional<absl::Time> Time(absl::string_view name) const;
  // The same, and tells the findings that the row was changed then.
  std::optional<absl::Time> Modified(absl::string_view name) const;
  // A text for people. Cut to kMaxTextSize at a character's end; without
  // control characters but line ends and tabs.
  std::string Text(absl::string_view name) const;
  // A quantity cut off towards zero; `text` as ReadQuantity() gives it.
  std::optional<int64_t> Quantity(absl::string_view name,
                                  std::string* text) const;

  // ---- Structure ----------------------------------------------------------

  // An object within; one without fields where there is none. It must not
  // outlive this.
  RowFields Object(absl::string_view name) const;
  // The items of a list. `whole`, where not null, tells whether all of it is
  // there.
  absl::Span<const JsonValue> List(absl::string_view name,
                                   bool* whole = nullptr) const;
  // An item of List() that is an object; nothing, with a note, where it is
  // something else.
  std::optional<RowFields> Item(absl::string_view list,
                                const JsonValue& item) const;
  // Ids of a list of numbers; entries that are none are left out.
  std::vector<int64_t> Ids(absl::string_view name) const;
  const JsonValue& Find(absl::string_view name) const { return (*row_)[name]; }

  // ---- What to say of it --------------------------------------------------

  void Fail(absl::string_view name, absl::string_view what) const;
  void Note(absl::string_view name, absl::string_view what) const;
  void NoteLeftOut(absl::string_view name, absl::string_view what,
                   const JsonValue& value) const;
  // The row is another one than was asked for.
  void Misfit(absl::string_view name, absl::string_view what) const;

 private:
  RowFields(const JsonValue* row, bool repaired, RowFindings* findings,
            const RowFields* parent, absl::string_view name);

  std::string PathOf(absl::string_view name) const;
  // Why `text` is no identifier; empty where it is one.
  std::string FlawOf(absl::string_view text) const;
  // Empty where there is none, and then `flaw` may say what is wrong.
  std::string ReadKey(absl::string_view name,
                      std::string (*clean)(absl::string_view),
                      std::string* flaw) const;

  const JsonValue* row_;
  bool repaired_ = false;
  RowFindings* findings_;
  const RowFields* parent_ = nullptr;
  absl::string_view name_;  // below its parent
};

// As RowFields::Text, for a value by itself; empty where it is no text.
std::string DescriptiveText(const JsonValue& value);

// ---- Pages -----------------------------------------------------------------

// Where rows come from, and what tells them apart.
struct PageSource {
  absl::string_view endpoint;  // "productstocks/total"
  int64_t page = 0;            // 0 where it is not paged
  const JsonShape* shape = nullptr;
  // The row's own id, and further fields that may name it to people; dots for
  // objects within: "product.masterSku".
  std::vector<absl::string_view> names;
  // Any object by itself is a row, also one without the row's own id.
  bool any_object = false;
};

// What of `row` says which one it is, "productId 10, masterSku TEE"; empty
// where nothing does. At most some 200 bytes, printable.
std::string IdentifyRow(const JsonValue& row,
                        const std::vector<absl::string_view>& names);

// A number for a row that is the same wherever the row comes again.
uint64_t FingerprintOfRow(const JsonValue& row, absl::string_view id,
                          absl::string_view raw);

// A page that is worth room for its rows beforehand.
inline constexpr size_t kUsualPageBytes = size_t{64} << 10;
inline constexpr size_t kUsualPageRows = 1000;

// Reads `text`, each row by itself. `read` reports what is wrong with a row
// through its fields; what it returns for a rejected row goes to `unread`,
// where that is not null. DATA_LOSS where `text` is garbled.
template <typename Row>
absl::StatusOr<Page<Row>> ReadPage(
    JsonRows& reader, std::string* text, const PageSource& source,
    absl::FunctionRef<Row(const RowFields&)> read,
    std::vector<Row>* unread = nullptr) {
  Page<Row> page;
  bool repaired = false;
  RowFindings findings;
  const auto note = [&](const JsonValue& value, std::string text_of_note) {
    page.notes.push_back({std::string(source.endpoint), source.page,
                          IdentifyRow(value, source.names),
                          std::move(text_of_note)});
  };
  const auto begin = [&](bool is_repaired) {
    page = Page<Row>();
    // As many as a page mostly has; spares moving rows as it grows.
    page.rows.reserve(text->size() > kUsualPageBytes ? kUsualPageRows : 0);
    if (unread != nullptr) unread->clear();
    repaired = is_repaired;
  };
  const auto take = [&](const JsonValue& value, absl::string_view raw) {
    findings.problem.clear();
    findings.notes.clear();
    findings.misfit = false;
    findings.modified.reset();
    Row row = read(RowFields(value, repaired, &findings));
    ++page.row_count;
    page.fingerprint += FingerprintOfRow(value, source.names.front(), raw);
    if (findings.modified > page.newest_modified) {
      page.newest_modified = findings.modified;
    }
    if (!findings.problem.empty()) {
      if (unread != nullptr) unread->push_back(std::move(row));
      page.rejected.push_back({std::string(source.endpoint), source.page,
                               IdentifyRow(value, source.names),
                               findings.problem});
      return;
    }
    for (std::string& text_of_note : findings.notes) {
      note(value, std::move(text_of_note));
    }
    if (!findings.misfit) page.rows.push_back(std::move(row));
  };
  // An object by itself is a row where it holds a row's own id.
  absl::string_view id = source.names.front();
  id = source.any_object ? "" : id.substr(0, id.find('.'));
  OMS_RETURN_IF_ERROR(reader.Read(text, *source.shape, id, begin, take));
  return page;
}

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_ROW_FIELDS_H_
