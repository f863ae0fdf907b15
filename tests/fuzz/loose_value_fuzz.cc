// Whatever text stands where the Order Manager should have written a time, a
// number or a flag: it is read as one value, which can be written down and read
// again, or not at all.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/text_fold.h"
#include "order_manager/json_rows.h"
#include "order_manager/loose_value.h"

namespace oms_connector::order_manager {
namespace {

void Require(bool promise) {
  if (!promise) std::abort();
}

std::string AsJson(absl::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == '"' || c == '\\') {
      absl::StrAppendFormat(&json, "\\u%04x", c);
    } else {
      json += c;
    }
  }
  return json + "\"";
}

// Calls `visit` with the value that `json` is; not where it is none.
template <typename Visit>
void VisitValue(absl::string_view json, Visit visit) {
  static const JsonShape* const shape =
      new JsonShape({{"value", &PlainItems()}});
  std::string text = absl::StrCat("[{\"value\":", json, "}]");
  JsonRows reader;
  (void)reader.Read(
      &text, *shape, "", [](bool) {},
      [&](const JsonValue& row, absl::string_view) { visit(row["value"]); });
}

// What was read from `json` by `read` is read from its own spelling, too.
template <typename Result, typename Spell>
void ReadTwice(const JsonValue& value,
               Reading (*read)(const JsonValue&, Result*), Spell spell) {
  Result first{};
  if (read(value, &first) != Reading::kRead) return;
  Reading again = Reading::kAbsent;
  Result second{};
  VisitValue(AsJson(spell(first)),
             [&](const JsonValue& spelled) { again = read(spelled, &second); });
  Require(again == Reading::kRead && first == second);
}

void ReadEverything(const JsonValue& value) {
  ReadTwice<absl::Time>(value, &ReadTime, [](absl::Time time) {
    // What a Timestamp can hold.
    const int64_t year = absl::ToCivilYear(time, absl::UTCTimeZone()).year();
    Require(year >= 1900 && year <= 9999);
    return absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", time,
                            absl::UTCTimeZone());
  });
  ReadTwice<int64_t>(value, &ReadInteger,
                     [](int64_t number) { return absl::StrCat(number); });
  ReadTwice<bool>(value, &ReadFlag,
                  [](bool flag) { return flag ? "yes" : "no"; });
  ReadTwice<std::string>(value, &ReadDecimal,
                         [](const std::string& text) { return text; });
  double real = 0;
  if (ReadReal(value, &real) == Reading::kRead) Require(std::isfinite(real));
  int64_t quantity = 0;
  std::string text;
  if (ReadQuantity(value, &quantity, &text) == Reading::kRead) {
    Require(base::IsValidUtf8(text));
  }
  const std::string described = Describe(value);
  Require(base::IsValidUtf8(described) && described.size() < 1000);
}

}  // namespace
}  // namespace oms_connector::order_manager

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using oms_connector::order_manager::AsJson;
  using oms_connector::order_manager::ReadEverything;
  using oms_connector::order_manager::VisitValue;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  // As it is, and as a text.
  VisitValue(text, &ReadEverything);
  VisitValue(AsJson(text), &ReadEverything);
  return 0;
}
