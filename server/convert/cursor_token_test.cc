#include "server/convert/cursor_token.h"

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "server/convert/token_text.h"

namespace oms_connector::server {
namespace {

using model::Feed;
using model::ReasonOf;

constexpr CursorScope kAcme{"acme", "epoch-1"};

absl::StatusOr<int64_t> Decode(Feed feed, const CursorScope& scope,
                               absl::string_view text) {
  const auto cursor = CursorFromText(feed, "cursor", text);
  if (!cursor.ok()) return cursor.status();
  const absl::Status in_scope = CheckScope(*cursor, scope);
  if (!in_scope.ok()) return in_scope;
  return cursor->position;
}

TEST(CursorToken, PositionsComeBack) {
  for (const Feed feed : {Feed::kInventory, Feed::kShipments}) {
    for (const int64_t position : {int64_t{0}, int64_t{1}, int64_t{987654321},
                                   std::numeric_limits<int64_t>::max()}) {
      const auto decoded =
          Decode(feed, kAcme, EncodeCursor(feed, kAcme, position));
      ASSERT_TRUE(decoded.ok()) << decoded.status();
      EXPECT_EQ(*decoded, position);
    }
  }
}

TEST(CursorToken, APlaceWithinALocationComesBack) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  for (const model::LocationPlace& place :
       {model::LocationPlace{true, kMin}, model::LocationPlace{false, 7}}) {
    const std::string text = EncodeCursor(Feed::kInventory, kAcme, 12, place);
    const auto cursor = CursorFromText(Feed::kInventory, "cursor", text);
    ASSERT_TRUE(cursor.ok());
    EXPECT_EQ(cursor->position, 12);
    ASSERT_TRUE(cursor->place.has_value());
    EXPECT_EQ(cursor->place->beside_stock, place.beside_stock);
    EXPECT_EQ(cursor->place->after, place.after);
  }
  const auto plain = CursorFromText(Feed::kInventory, "cursor",
                                    EncodeCursor(Feed::kInventory, kAcme, 12));
  EXPECT_EQ(plain->position, 12);
  EXPECT_FALSE(plain->place.has_value());
}

TEST(CursorToken, EmptyIsTheBeginning) {
  EXPECT_EQ(Decode(Feed::kInventory, kAcme, "").value(), 0);
}

TEST(CursorToken, OtherFeedsCursorIsMalformed) {
  const std::string text = EncodeCursor(Feed::kInventory, kAcme, 7);
  const auto decoded = Decode(Feed::kShipments, kAcme, text);
  EXPECT_EQ(decoded.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(decoded.status()), "INVALID_REQUEST");
}

TEST(CursorToken, RefusalsNameTheField) {
  const auto decoded =
      CursorFromText(Feed::kShipments, "start_cursor", "nonsense");
  const auto details = model::DetailsOf(decoded.status());
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(details->violations.size(), 1u);
  EXPECT_EQ(details->violations[0].field, "start_cursor");
}

TEST(CursorToken, OtherConnectionsCursorIsExpired) {
  const std::string text = EncodeCursor(Feed::kInventory, kAcme, 7);
  const auto decoded = Decode(Feed::kInventory, {"bolt", "epoch-1"}, text);
  EXPECT_EQ(decoded.status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ReasonOf(decoded.status()), "CURSOR_EXPIRED");
}

TEST(CursorToken, CursorOfAnEarlierConnectionOfTheSameIdIsExpired) {
  const std::string text = EncodeCursor(Feed::kInventory, kAcme, 7);
  EXPECT_EQ(
      ReasonOf(Decode(Feed::kInventory, {"acme", "epoch-2"}, text).status()),
      "CURSOR_EXPIRED");
}

TEST(CursorToken, ChangedTextIsMalformedWhereverItIsChanged) {
  const std::string text = EncodeCursor(Feed::kInventory, kAcme, 7);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ReasonOf(Decode(Feed::kInventory, kAcme, changed).status()),
              "INVALID_REQUEST")
        << i;
  }
}

TEST(CursorToken, OtherSpellingsAreMalformed) {
  const std::string text = EncodeCursor(Feed::kInventory, kAcme, 7);
  for (const std::string& spelling :
       {absl::StrCat(text, "="), absl::StrCat(text, " "), text.substr(1),
        std::string("0"), std::string(10000, 'A')}) {
    EXPECT_EQ(ReasonOf(Decode(Feed::kInventory, kAcme, spelling).status()),
              "INVALID_REQUEST");
  }
}

TEST(CursorToken, WellMadeTextOfAnotherFormIsMalformed) {
  const auto token = [](absl::string_view bytes) {
    return EncodeToken("inventory cursor", bytes);
  };
  const std::string scope(8, 's');
  for (const std::string& text :
       {token(""), token(absl::StrCat("\x01", scope)),
        token(absl::StrCat("\x02", scope, BigEndian(7))),
        token(absl::StrCat("\x01", scope, BigEndian(-1)))}) {
    EXPECT_EQ(ReasonOf(Decode(Feed::kInventory, kAcme, text).status()),
              "INVALID_REQUEST");
  }
}

}  // namespace
}  // namespace oms_connector::server
