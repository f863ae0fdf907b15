// Mends damage inside the values of a JSON text, so that one bad row costs
// that row and not the page. What is mended is left recognisable: readers
// refuse an identifier or number that was touched.
//
//   [{"sku":"A\xC3("},{"quantity":NaN}]  ->  [{"sku":"A�("},{"quantity":"NaN"}]
//
// Damage to the structure (truncation, HTML, stray words) stays as it is: such
// a text is garbled as a whole. Pure.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_JSON_REPAIR_H_
#define OMS_CONNECTOR_ORDER_MANAGER_JSON_REPAIR_H_

#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::order_manager {

// U+FFFD, what stands in place of bytes that were no text.
inline constexpr absl::string_view kReplacementCharacter = "\xEF\xBF\xBD";

// Within strings, bytes that are no UTF-8, bare control characters, halves of
// surrogate pairs and unknown escapes become U+FFFD. Outside of them, numbers
// in any notation (NaN, 1e400, forty digits, +5, 007) become strings. Linear
// in the size of `text`; at most three times as long.
std::string RepairJson(absl::string_view text);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_JSON_REPAIR_H_
