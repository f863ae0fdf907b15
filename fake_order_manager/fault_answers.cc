#include "fake_order_manager/fault_answers.h"

#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace oms_connector::testing_support {
namespace {

using Json = nlohmann::ordered_json;

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
// A leading byte without the byte that must follow it.
constexpr absl::string_view kBadUtf8 = "\xC3\x28";
constexpr absl::string_view kHtml =
    "<!DOCTYPE html><html><head><title>Maintenance</title></head>"
    "<body><h1>We'll be right back</h1></body></html>";

// Marks a place in a row for text that JSON cannot hold.
constexpr absl::string_view kPlace = "@broken here@";

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Rewrites each row of an array of objects by `rewrite(row, index)`.
std::string RewriteRows(
    const std::string& body,
    const std::function<std::string(Json&, int64_t)>& rewrite) {
  Json rows = Json::parse(body, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (!rows.is_array()) return body;
  std::string out = "[";
  int64_t index = 0;
  for (Json& row : rows) {
    absl::StrAppend(&out, index > 0 ? "," : "",
                    row.is_object() ? rewrite(row, index) : Dump(row));
    ++index;
  }
  return out + "]";
}

// The first value, depth first, of which `is_wanted` holds.
Json* FindFirst(Json& value,
                const std::function<bool(const Json&)>& is_wanted) {
  if (is_wanted(value)) return &value;
  if (!value.is_structured()) return nullptr;
  for (Json& inner : value) {
    if (Json* found = FindFirst(inner, is_wanted)) return found;
  }
  return nullptr;
}

std::string WithNan(Json& row) {
  if (Json* number =
          FindFirst(row, [](const Json& v) { return v.is_number(); })) {
    *number = kPlace;
  }
  return absl::StrReplaceAll(Dump(row),
                             {{absl::StrCat("\"", kPlace, "\""), "NaN"}});
}

std::string WithBadUtf8(Json& row) {
  if (Json* text =
          FindFirst(row, [](const Json& v) { return v.is_string(); })) {
    *text = absl::StrCat(text->get<std::string>(), kPlace);
  }
  return absl::StrReplaceAll(Dump(row), {{kPlace, kBadUtf8}});
}

Json AnotherValue(const Json& value) {
  if (value.is_boolean()) return !value.get<bool>();
  if (value.is_number_integer()) return value.get<int64_t>() + 1;
  if (value.is_number()) return value.get<double>() + 1;
  return absl::StrCat(value.get<std::string>(), "-first");
}

std::string WithDuplicateKeys(Json& row) {
  std::string first;
  for (const auto& member : row.items()) {
    const Json& value = member.value();
    if (value.is_structured() || value.is_null()) continue;
    absl::StrAppend(&first, Dump(member.key()), ":", Dump(AnotherValue(value)),
                    ",");
  }
  return absl::StrCat("{", first, Dump(row).substr(1));
}

Json WrongType(const Json& value) {
  if (value.is_number()) return "many";
  if (value.is_string()) return 5;
  if (value.is_boolean()) return "perhaps";
  if (value.is_object()) return "nothing";
  if (value.is_array()) return Json::object();
  return Json::array();
}

std::string WithWrongTypes(Json& row) {
  for (Json& value : row) value = WrongType(value);
  return Dump(row);
}

// Members that say which row it is, which SKU, and how many.
enum class Garbled { kIds, kSkus, kQuantities };

bool IsGarbled(Garbled what, absl::string_view name) {
  switch (what) {
    case Garbled::kIds:
      return name == "productId" || name == "listingId" || name == "orderId" ||
             name == "shipmentId";
    case Garbled::kSkus:
      return name == "masterSku" || name == "listingSku" ||
             name == "orderNumber";
    case Garbled::kQuantities:
      return name == "onHandQuantity" || name == "quantity" ||
             name == "quantityOrdered";
  }
  return false;
}

void Garble(Json& object, Garbled what) {
  for (auto member = object.begin(); member != object.end();) {
    if (IsGarbled(what, member.key())) {
      if (what != Garbled::kQuantities) {
        member = object.erase(member);
        continue;
      }
      *member = "abc";
    } else if (member->is_object()) {
      Garble(*member, what);
    }
    ++member;
  }
}

std::string WithGarbledRow(Json& row, int64_t index, int64_t garbled_rows) {
  if (index < garbled_rows) Garble(row, static_cast<Garbled>(index % 3));
  return Dump(row);
}

// A row without the member's parent stays as it is.
std::string WithField(Json& row, int64_t index, const Fault& fault) {
  const Json::json_pointer pointer(fault.field);
  if (index >= fault.rows || !row.contains(pointer.parent_pointer())) {
    return Dump(row);
  }
  row[pointer] = kPlace;
  return absl::StrReplaceAll(Dump(row),
                             {{absl::StrCat("\"", kPlace, "\""), fault.json}});
}

// Appends Huffman codes, most significant bit first, to bytes that fill from
// their least significant bit: the order RFC 1951 asks for.
class BitWriter {
 public:
  void Code(unsigned code, int length) {
    for (int bit = length - 1; bit >= 0; --bit) {
      if (used_ % 8 == 0) bytes_.push_back('\0');
      if ((code >> bit) & 1) bytes_.back() |= static_cast<char>(1 << used_ % 8);
      ++used_;
    }
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  int used_ = 0;
};

}  // namespace

std::string BreakBody(const Fault& fault, const std::string& body) {
  switch (fault.kind) {
    case FaultKind::kGarbledRows:
      return RewriteRows(body, [&fault](Json& row, int64_t index) {
        return WithGarbledRow(row, index, fault.rows);
      });
    case FaultKind::kField:
      return RewriteRows(body, [&fault](Json& row, int64_t index) {
        return WithField(row, index, fault);
      });
    case FaultKind::kWrongTypes:
      return RewriteRows(
          body, [](Json& row, int64_t) { return WithWrongTypes(row); });
    case FaultKind::kNan:
      return RewriteRows(body, [](Json& row, int64_t) { return WithNan(row); });
    case FaultKind::kDuplicateKeys:
      return RewriteRows(
          body, [](Json& row, int64_t) { return WithDuplicateKeys(row); });
    case FaultKind::kBadUtf8:
      return RewriteRows(body,
                         [](Json& row, int64_t) { return WithBadUtf8(row); });
    case FaultKind::kBody:
      return fault.json;
    case FaultKind::kHtmlBody:
      return std::string(kHtml);
    case FaultKind::kEmptyBody:
      return "";
    case FaultKind::kByteOrderMark:
      return absl::StrCat(kByteOrderMark, body);
    case FaultKind::kTruncatedJson:
      return body.substr(0, body.size() / 2);
    case FaultKind::kNotAnArray:
      return R"({"message":"Something went wrong","code":17})";
    case FaultKind::kDeepNesting:
      return absl::StrCat(std::string(fault.size, '['),
                          std::string(fault.size, ']'));
    case FaultKind::kGzipBomb:
      return GzipBomb(fault.size);
    default:
      return body;
  }
}

std::string GzipBomb(int64_t inflated_size) {
  constexpr absl::string_view kHeader("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  // One block of fixed codes: "[ ", then "258 bytes from one byte back" for
  // ever. Eight of those are 13 bytes, which repeat from the fourth byte on.
  constexpr int64_t kPeriod = 13, kInflatedPeriod = 8 * 258;
  BitWriter bits;
  bits.Code(0b110, 3);       // Last block; fixed codes.
  bits.Code(0x30 + '[', 8);  // Literals.
  bits.Code(0x30 + ' ', 8);
  for (int i = 0; i < 16; ++i) bits.Code(0b11000101'00000, 13);
  const std::string start = bits.bytes().substr(0, 3);
  const std::string period = bits.bytes().substr(3, kPeriod);
  std::string bomb = absl::StrCat(kHeader, start);
  const int64_t periods = inflated_size / kInflatedPeriod + 1;
  bomb.reserve(bomb.size() + periods * kPeriod);
  for (int64_t i = 0; i < periods; ++i) bomb.append(period);
  return bomb;
}

namespace {

HttpAnswer RedirectAnswer(const std::string& location) {
  HttpAnswer answer;
  answer.status = 302;
  answer.headers["Location"] = location;
  return answer;
}

HttpAnswer StatusAnswer(const Fault& fault) {
  return Refusal(static_cast<int>(fault.status), "as the fault plan says");
}

HttpAnswer ClosedAnswer() {
  HttpAnswer answer;
  answer.status = 0;
  answer.delivery = HttpAnswer::Delivery::kClosed;
  return answer;
}

void ShapeDelivery(const Fault& fault, HttpAnswer& answer) {
  switch (fault.kind) {
    case FaultKind::kHtmlBody:
      answer.content_type = "text/html";
      break;
    case FaultKind::kGzipBomb:
      answer.headers["Content-Encoding"] = "gzip";
      break;
    case FaultKind::kPartialBody:
      answer.delivery = HttpAnswer::Delivery::kHalf;
      break;
    case FaultKind::kSlowBody:
      answer.bytes_per_second = fault.bytes_per_second;
      break;
    case FaultKind::kEndlessBody:
      answer.delivery = HttpAnswer::Delivery::kEndless;
      answer.bytes_per_second = fault.bytes_per_second;
      break;
    default:
      break;
  }
}

}  // namespace

bool ReplacesAnswer(const Fault& fault) {
  return fault.kind == FaultKind::kStatus || fault.kind == FaultKind::kQuota ||
         fault.kind == FaultKind::kRedirect ||
         fault.kind == FaultKind::kCloseConnection;
}

PageShift PageShiftOf(const std::vector<StruckFault>& struck) {
  PageShift shift;
  for (const StruckFault& one : struck) {
    if (one.fault.kind == FaultKind::kPageIgnored) {
      shift.first_page_always = true;
    } else if (one.fault.kind == FaultKind::kShiftingRows) {
      shift.rows_per_page += one.fault.rows;
      shift.to_the_end = shift.to_the_end || one.fault.to_the_end;
    }
  }
  return shift;
}

HttpAnswer QuotaAnswer(std::optional<absl::Duration> retry_after) {
  HttpAnswer answer = Refusal(429, "too many requests");
  if (retry_after.has_value()) {
    const int64_t millis = absl::ToInt64Milliseconds(
        absl::Ceil(*retry_after, absl::Milliseconds(1)));
    answer.headers["x-skubana-quota-retryAfter"] = absl::StrCat(millis);
  }
  return answer;
}

HttpAnswer ApplyFault(const Fault& fault, HttpAnswer answer) {
  switch (fault.kind) {
    case FaultKind::kStatus:
      return StatusAnswer(fault);
    case FaultKind::kQuota:
      return QuotaAnswer(fault.retry_after);
    case FaultKind::kRedirect:
      return RedirectAnswer(fault.location);
    case FaultKind::kCloseConnection:
      return ClosedAnswer();
    default:
      break;
  }
  if (answer.status != 200) return answer;
  answer.body = BreakBody(fault, answer.body);
  ShapeDelivery(fault, answer);
  return answer;
}

}  // namespace oms_connector::testing_support
