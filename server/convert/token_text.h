// The text of opaque tokens: bytes with a check, as URL-safe base64. A token is
// accepted in its exact text only, so there is one spelling of each, and one
// that was cut, changed or made up is told apart from one that has merely
// become useless. The check is no signature: a token opens nothing that its
// caller may not see anyway.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_TOKEN_TEXT_H_
#define OMS_CONNECTOR_SERVER_CONVERT_TOKEN_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::server {

// `bytes` as a token of the given purpose ("inventory cursor"). Tokens of one
// purpose are not accepted for another.
std::string EncodeToken(absl::string_view purpose, absl::string_view bytes);

// The bytes of a token that EncodeToken made for this purpose; nullopt for any
// other text.
std::optional<std::string> DecodeToken(absl::string_view purpose,
                                       absl::string_view text);

// The first `bytes` bytes (at most 32) of the SHA-256 of `data`.
std::string ShortHash(absl::string_view data, size_t bytes);

// `value` as 8 bytes, highest first, and back. `bytes` must be 8 long.
std::string BigEndian(int64_t value);
int64_t FromBigEndian(absl::string_view bytes);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_TOKEN_TEXT_H_
