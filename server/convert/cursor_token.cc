#include "server/convert/cursor_token.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/feeds/feed_call.h"
#include "model/errors.h"
#include "server/convert/token_text.h"

namespace oms_connector::server {
namespace {

// version (1) | hash of connection and epoch (8) | position (8, big-endian),
// and in the other version also: 1 = beside stock, else 0 (1) | after (8,
// big-endian, as unsigned)
constexpr char kVersion = 1;
constexpr char kPlaceVersion = 2;
constexpr size_t kScopeBytes = 8;
constexpr size_t kPositionBytes = 8;
constexpr size_t kBytes = 1 + kScopeBytes + kPositionBytes;
constexpr size_t kPlaceBytes = 1 + kPositionBytes;

absl::string_view Purpose(model::Feed feed) {
  return feed == model::Feed::kInventory ? "inventory cursor"
                                         : "shipment cursor";
}

std::string ScopeHash(const CursorScope& scope) {
  return feeds::CursorScope(scope.connection, scope.epoch);
}

struct Parts {
  std::string scope;
  int64_t position;
  CursorPlace place;
};

std::optional<Parts> Split(model::Feed feed, absl::string_view text) {
  const std::optional<std::string> bytes = DecodeToken(Purpose(feed), text);
  if (!bytes.has_value() || bytes->empty()) return std::nullopt;
  const bool placed =
      feed == model::Feed::kInventory && bytes->front() == kPlaceVersion;
  if (bytes->size() != kBytes + (placed ? kPlaceBytes : 0) ||
      (!placed && bytes->front() != kVersion)) {
    return std::nullopt;
  }
  const int64_t position = FromBigEndian(
      absl::string_view(*bytes).substr(1 + kScopeBytes, kPositionBytes));
  if (position < 0) return std::nullopt;
  Parts parts{bytes->substr(1, kScopeBytes), position, std::nullopt};
  if (placed) {
    const char beside = (*bytes)[kBytes];
    if (beside != 0 && beside != 1) return std::nullopt;
    parts.place = {beside == 1,
                   FromBigEndian(absl::string_view(*bytes).substr(kBytes + 1))};
  }
  return parts;
}

absl::Status NoCursor(model::Feed feed, absl::string_view field) {
  return model::InvalidField(
      field, feed == model::Feed::kInventory
                 ? "is no cursor of the inventory feed; send a next_cursor "
                   "exactly as SyncInventory returned it, or none to start "
                   "from the beginning"
                 : "is no cursor of the shipment feed; send a next_cursor "
                   "exactly as PollShipments returned it, or none to start "
                   "from the beginning");
}

}  // namespace

std::string EncodeCursor(model::Feed feed, const CursorScope& scope,
                         int64_t position, const CursorPlace& place) {
  std::string bytes =
      absl::StrCat(std::string(1, place.has_value() ? kPlaceVersion : kVersion),
                   ScopeHash(scope), BigEndian(position));
  if (place.has_value()) {
    bytes.push_back(place->beside_stock ? 1 : 0);
    bytes += BigEndian(place->after);
  }
  return EncodeToken(Purpose(feed), bytes);
}

absl::StatusOr<ReadCursor> CursorFromText(model::Feed feed,
                                          absl::string_view field,
                                          absl::string_view text) {
  if (text.empty()) return ReadCursor();
  std::optional<Parts> parts = Split(feed, text);
  if (!parts.has_value()) return NoCursor(feed, field);
  return ReadCursor{parts->position, parts->place, std::move(parts->scope)};
}

absl::Status CheckScope(const ReadCursor& cursor, const CursorScope& scope) {
  return cursor.scope.empty() || cursor.scope == ScopeHash(scope)
             ? absl::OkStatus()
             : model::CursorExpired(scope.connection);
}

}  // namespace oms_connector::server
