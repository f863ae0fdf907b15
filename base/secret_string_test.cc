#include "base/secret_string.h"

#include <algorithm>
#include <new>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

constexpr absl::string_view kToken = "a token that is too long for its object";

TEST(SecretString, PrintsNothingOfItself) {
  std::ostringstream out;
  out << SecretString(kToken) << SecretString();
  EXPECT_EQ(out.str(), "<secret><secret>");
  EXPECT_EQ(testing::PrintToString(SecretString(kToken)), "<secret>");
}

TEST(SecretString, RevealsWhenAsked) {
  EXPECT_EQ(SecretString(kToken).Reveal(), kToken);
  EXPECT_EQ(SecretString("short").Reveal(), "short");
  EXPECT_TRUE(SecretString().empty());
  EXPECT_FALSE(SecretString("short").empty());
}

TEST(SecretString, DoesNotTurnIntoTextByItself) {
  EXPECT_FALSE((std::is_convertible_v<SecretString, absl::string_view>));
  EXPECT_FALSE((std::is_convertible_v<std::string, SecretString>));
}

TEST(SecretString, WipesTheStringItTakes) {
  std::string text(kToken);
  const char* const buffer = text.data();
  const SecretString secret(std::move(text));
  EXPECT_TRUE(text.empty());  // NOLINT: looking at the moved-from is the point
  EXPECT_TRUE(std::all_of(buffer, buffer + kToken.size(),
                          [](char c) { return c == '\0'; }));
  EXPECT_EQ(secret.Reveal(), kToken);
}

TEST(SecretString, WipesItselfWhenDestroyed) {
  alignas(SecretString) char place[sizeof(SecretString)];
  auto* const secret = new (place) SecretString("short");
  ASSERT_NE(absl::string_view(place, sizeof(place)).find("short"),
            absl::string_view::npos);
  secret->~SecretString();
  EXPECT_EQ(absl::string_view(place, sizeof(place)).find("hort"),
            absl::string_view::npos);
}

TEST(SecretString, LeavesNothingBehindWhenMoved) {
  SecretString source("short");
  const SecretString target(std::move(source));
  EXPECT_EQ(target.Reveal(), "short");
  EXPECT_TRUE(
      source.empty());  // NOLINT: looking at the moved-from is the point
}

TEST(SecretString, CopiesAreEqualAndIndependent) {
  SecretString original(kToken);
  const SecretString copy(original);
  EXPECT_EQ(copy, original);
  original = SecretString("another");
  EXPECT_NE(copy, original);
  EXPECT_NE(SecretString("shor"), SecretString("short"));
  EXPECT_EQ(SecretString(), SecretString(""));
  EXPECT_EQ(copy.Reveal(), kToken);
}

}  // namespace
}  // namespace oms_connector::base
