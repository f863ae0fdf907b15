#ifndef OMS_CONNECTOR_BASE_TEXT_FOLD_H_
#define OMS_CONNECTOR_BASE_TEXT_FOLD_H_

// Text as people compare it. Nothing here fails, whatever the bytes are.

#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::base {

// A key under which two texts are equal if they differ in case only, by
// Unicode's full case folding ("STRASSE" = "Straße"); for comparing, not for
// showing. Of text that is no valid UTF-8 only the ASCII letters are folded, so
// that different broken texts stay different.
std::string FoldCase(absl::string_view text);

// `text` without the ASCII white space around it.
absl::string_view Trim(absl::string_view text);

// `text` as it is compared and shown: blanks and invisible characters around it
// are gone; within, blanks of any script are plain spaces, and what takes no
// room on paper (control characters, zero-width and formatting ones) is gone.
// Empty where nothing is to be seen. Bytes that are no UTF-8 stay.
std::string CleanText(absl::string_view text);
// The same for numbers that people type or scan: full-width letters and the
// digits of any script are read as plain ones.
std::string CleanNumber(absl::string_view text);

// No surrogates, no overlong forms, nothing above U+10FFFF.
bool IsValidUtf8(absl::string_view text);

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_TEXT_FOLD_H_
