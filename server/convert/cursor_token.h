// Cursors as callers hold them. Inside they are numbers: the newest revision,
// or the last sequence, that the caller has seen. The text also says of which
// feed and of which life of which connection they are.
//
//   response->set_next_cursor(EncodeCursor(feed, connection, page.position));
//   OMS_ASSIGN_OR_RETURN(int64_t position,
//                        DecodeCursor(feed, connection, "cursor", text));
//
// A cursor belongs to the connection, not to a cart: it works with any of them.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_CURSOR_TOKEN_H_
#define OMS_CONNECTOR_SERVER_CONVERT_CURSOR_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/sync_run.h"
#include "storage/inventory_tables.h"

namespace oms_connector::server {

// A connection and its epoch (model/connection.h), which is drawn anew
// when the connection is created again.
struct CursorScope {
  absl::string_view connection;
  absl::string_view epoch;
};

// How far within a location that the inventory feed tells at the revision that
// follows (domain/inventory/inventory_feed.h).
using CursorPlace = std::optional<model::LocationPlace>;

// `position` is zero or more.
std::string EncodeCursor(model::Feed feed, const CursorScope& scope,
                         int64_t position, const CursorPlace& place = {});

// The position of `text`; 0, the beginning, for the empty text. Whether the
// position is one that the feed still has is for the feed to say. `place`,
// which may be null, is set.
//
// INVALID_REQUEST naming `field`: no cursor, a cursor of the other feed, or in
// another spelling. CURSOR_EXPIRED: of another connection, or of an earlier one
// of the same id.
absl::StatusOr<int64_t> DecodeCursor(model::Feed feed, const CursorScope& scope,
                                     absl::string_view field,
                                     absl::string_view text,
                                     CursorPlace* place = nullptr);

// What a cursor says by itself: whether it is one of the connection is for the
// feed to say, which compares the scope (feeds::CursorScope). Position 0 and an
// empty scope for the empty text. INVALID_REQUEST as DecodeCursor.
struct ReadCursor {
  int64_t position = 0;
  CursorPlace place;
  std::string scope;
};
absl::StatusOr<ReadCursor> CursorFromText(model::Feed feed,
                                          absl::string_view field,
                                          absl::string_view text);

// The part of DecodeCursor that needs no connection, so that a malformed cursor
// is refused before anything is looked up.
absl::Status CheckCursor(model::Feed feed, absl::string_view field,
                         absl::string_view text);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_CURSOR_TOKEN_H_
