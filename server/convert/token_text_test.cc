#include "server/convert/token_text.h"

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::server {
namespace {

using ::testing::MatchesRegex;
using ::testing::Optional;

const std::string kBytes("ab\0\xFF\n", 5);

TEST(TokenText, ComesBackAsItWas) {
  for (const std::string& bytes : {std::string(), kBytes}) {
    EXPECT_THAT(DecodeToken("p", EncodeToken("p", bytes)), Optional(bytes));
  }
}

TEST(TokenText, NeedsNoEscapingInUrls) {
  EXPECT_THAT(EncodeToken("p", kBytes), MatchesRegex("[A-Za-z0-9_-]+"));
}

TEST(TokenText, BelongsToItsPurpose) {
  EXPECT_EQ(DecodeToken("q", EncodeToken("p", kBytes)), std::nullopt);
}

TEST(TokenText, AnyOtherTextIsRefused) {
  const std::string token = EncodeToken("p", kBytes);
  for (size_t i = 0; i < token.size(); ++i) {
    EXPECT_EQ(DecodeToken("p", token.substr(0, i)), std::nullopt) << i;
    for (const char c : {'A', 'z', '-', '=', ' ', '\0'}) {
      std::string changed = token;
      changed[i] = c;
      if (changed == token) continue;
      EXPECT_EQ(DecodeToken("p", changed), std::nullopt) << i << c;
    }
  }
}

TEST(TokenText, HasOneSpelling) {
  const std::string token = EncodeToken("p", kBytes);
  for (const std::string& spelling :
       {absl::StrCat(token, "="), absl::StrCat(token, "=="),
        absl::StrCat(" ", token), absl::StrCat(token, "\n"),
        absl::StrCat(token.substr(0, 4), " ", token.substr(4)),
        absl::StrCat(token, token)}) {
    EXPECT_EQ(DecodeToken("p", spelling), std::nullopt) << spelling;
  }
}

TEST(TokenText, NumbersComeBackInFullRange) {
  for (const int64_t value :
       {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{0x0102030405060708},
        std::numeric_limits<int64_t>::max(),
        std::numeric_limits<int64_t>::min()}) {
    EXPECT_EQ(FromBigEndian(BigEndian(value)), value);
  }
  EXPECT_EQ(BigEndian(0x0102), std::string("\0\0\0\0\0\0\x01\x02", 8));
}

TEST(TokenText, HashesAreShortAndDiffer) {
  EXPECT_EQ(ShortHash("a", 8).size(), 8u);
  EXPECT_NE(ShortHash("a", 8), ShortHash("b", 8));
}

}  // namespace
}  // namespace oms_connector::server
