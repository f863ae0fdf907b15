// One JSON value read as the type that is wanted, in any form that the Order
// Manager writes it in: numbers as strings, whole numbers with a fraction of
// zero, flags as words, an empty map as an empty list, nulls everywhere.
//
//   int64_t quantity = 0;
//   if (ReadInteger(value, &quantity) == Reading::kUnreadable) ...
//
// Nothing is guessed: what is not plainly of the type is unreadable.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_LOOSE_VALUE_H_
#define OMS_CONNECTOR_ORDER_MANAGER_LOOSE_VALUE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "order_manager/json_rows.h"

namespace oms_connector::order_manager {

enum class Reading {
  kAbsent,      // not there, null or an empty list; a blank text too
  kRead,        // and the result is set
  kUnreadable,  // there is something else
};

// 12, 12.0, "12", " 12.0 ", 1.2e1. Not 12.5, and no power of ten too large to
// be exact.
Reading ReadInteger(const JsonValue& value, int64_t* result);
// A number that may not be whole. `result` is cut off towards zero, and `text`
// is what was written, or empty where that is a whole number.
Reading ReadQuantity(const JsonValue& value, int64_t* result,
                     std::string* text);
// Any finite number, also as a text.
Reading ReadReal(const JsonValue& value, double* result);
// true, "TRUE", 1, "1", "yes", "y", "on", "active", "enabled" and their
// opposites.
Reading ReadFlag(const JsonValue& value, bool* result);
// A text as it is, or a number as it was spelled, but whole ones in plain
// digits (330362235641.0 is "330362235641").
Reading ReadText(const JsonValue& value, std::string* result);
// ISO 8601 with or without fractions, with Z, an offset (+02:00, +0200) or
// none, which means UTC; or a date, which means its midnight. Years 1900 to
// 9999.
Reading ReadTime(const JsonValue& value, absl::Time* result);
// A decimal number as plain text, "12.90", in the digits that were written
// unless those are a power of ten.
Reading ReadDecimal(const JsonValue& value, std::string* result);

// The value for an error message: printable ASCII or UTF-8, short, lists and
// objects only named.
std::string Describe(const JsonValue& value);
// `text` for an error message: quoted, escaped, cut after some 40 bytes.
std::string DescribeText(absl::string_view text);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_LOOSE_VALUE_H_
