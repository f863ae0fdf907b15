// Makes a well-formed row as loose as the Order Manager's can be.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_ROW_STYLE_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_ROW_STYLE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tests/support/fake_world.h"

namespace oms_connector::testing_support {

// True where ApplyStyle would change nothing, so that most rows skip it.
bool IsPlain(const WireStyle& style, const RawFields& raw);

// `row` (one JSON object) in `style`, then with the fields of `raw` replaced
// by their text. Raw paths that the row lacks are added. A row that is no JSON
// object comes back as it is.
std::string ApplyStyle(absl::string_view row, const WireStyle& style,
                       const RawFields& raw);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_ROW_STYLE_H_
