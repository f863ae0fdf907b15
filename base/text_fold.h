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

// No surrogates, no overlong forms, nothing above U+10FFFF.
bool IsValidUtf8(absl::string_view text);

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_TEXT_FOLD_H_
