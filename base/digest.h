#ifndef OMS_CONNECTOR_BASE_DIGEST_H_
#define OMS_CONNECTOR_BASE_DIGEST_H_

#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::base {

// SHA-256 of `data`: 32 bytes.
std::string Sha256(absl::string_view data);

// The same as 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view data);

// Whether both are the same bytes, in time that depends on their lengths only.
bool ConstantTimeEquals(absl::string_view a, absl::string_view b);

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_DIGEST_H_
