#include "base/pattern.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

using ::testing::HasSubstr;

std::string WhyNot(absl::string_view text) {
  return std::string(Pattern::Compile(text).status().message());
}

TEST(Pattern, FindsTheFirstGroupWhereItFirstMatches) {
  const auto pattern = *Pattern::Compile("(\\d+)-(\\d)");
  EXPECT_EQ(pattern->FirstGroup("A 1001-2 7-3"), "1001");
  EXPECT_EQ(pattern->FirstGroup("A"), "");
}

TEST(Pattern, RefusesWhatIsNoneAndSaysWhy) {
  EXPECT_THAT(WhyNot("(\\d+"), HasSubstr("no regular expression"));
  EXPECT_THAT(WhyNot("\\d+"), HasSubstr("must have a group"));
  EXPECT_THAT(WhyNot("((a{1000}){1000})"), HasSubstr("repetition"));
  // An empty poll took 11.6 s to compile a hundred of these.
  EXPECT_THAT(WhyNot("(\\pL{1000})"), HasSubstr("too large"));
  EXPECT_THAT(WhyNot("(\\pL{50})"), HasSubstr("too large"));
}

TEST(Pattern, CompilesATextOnce) {
  const auto first = *Pattern::Compile("^(once)");
  EXPECT_EQ(*Pattern::Compile("^(once)"), first);
}

TEST(Pattern, KeepsOnlyThoseUsedLast) {
  std::weak_ptr<const Pattern> forgotten = *Pattern::Compile("^(forgotten)");
  std::weak_ptr<const Pattern> used = *Pattern::Compile("^(used)");
  for (size_t i = 0; i < Pattern::kKept; ++i) {
    ASSERT_TRUE(Pattern::Compile("^(used)").ok());
    ASSERT_TRUE(Pattern::Compile(absl::StrCat("^(", i, ")")).ok());
  }
  EXPECT_TRUE(forgotten.expired());
  EXPECT_FALSE(used.expired());
}

}  // namespace
}  // namespace oms_connector::base
