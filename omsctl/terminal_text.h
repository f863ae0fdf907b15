#ifndef OMS_CONNECTOR_OMSCTL_TERMINAL_TEXT_H_
#define OMS_CONNECTOR_OMSCTL_TERMINAL_TEXT_H_

// Text of other people on a terminal. Names and reasons come from the Order
// Manager and from carts; they must not be able to move the cursor, hide parts
// of a line or look like something else.

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::omsctl {

// `text` with every control character, direction override and broken byte as
// U+FFFD. Line ends count as control characters.
std::string Printable(absl::string_view text);

// How many columns `text` takes: 2 for wide East Asian characters and emoji, 0
// for combining marks, 1 for the rest. `text` is printable.
size_t DisplayWidth(absl::string_view text);

// `text`, cut to `width` columns with "…" at its end where it is longer. Width
// is at least 1.
std::string Shortened(absl::string_view text, size_t width);

// `text` followed (or preceded) by blanks up to `width` columns.
std::string PadRight(absl::string_view text, size_t width);
std::string PadLeft(absl::string_view text, size_t width);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_TERMINAL_TEXT_H_
