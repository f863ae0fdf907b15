// Cursors as callers hold them. Inside they are numbers: the newest revision,
// or the last sequence, that the caller has seen. The text also says of which
// feed and of which life of which connection they are.
//
//   response->set_next_cursor(EncodeCursor(feed, connection, page.position));
//   OMS_ASSIGN_OR_RETURN(ReadCursor cursor,
//                        CursorFromText(feed, "cursor", text));
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

// What a cursor says by itself. Position 0 and an empty scope, the beginning,
// for the empty text.
struct ReadCursor {
  int64_t position = 0;
  CursorPlace place;
  std::string scope;
};
// INVALID_REQUEST naming `field`: no cursor, a cursor of the other feed, or in
// another spelling. Whether it is one of the connection (feeds::CursorScope),
// and whether the feed still has its position, is for the feed to say.
absl::StatusOr<ReadCursor> CursorFromText(model::Feed feed,
                                          absl::string_view field,
                                          absl::string_view text);

// CURSOR_EXPIRED for a cursor of another connection, or of an earlier one of
// the same id.
absl::Status CheckScope(const ReadCursor& cursor, const CursorScope& scope);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_CURSOR_TOKEN_H_
