#include "order_manager/url_query.h"

#include "gtest/gtest.h"

namespace oms_connector::order_manager {
namespace {

TEST(UrlQuery, EncodesWhateverCouldBeTakenForSyntax) {
  EXPECT_EQ(PercentEncode("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(PercentEncode("A&B=C?D#E+F G/H%I"),
            "A%26B%3DC%3FD%23E%2BF%20G%2FH%25I");
  EXPECT_EQ(PercentEncode("a\r\nHost: x"), "a%0D%0AHost%3A%20x");
  EXPECT_EQ(PercentEncode("\xC3\xBC"), "%C3%BC");
  EXPECT_EQ(PercentEncode(absl::string_view("\0", 1)), "%00");
}

TEST(UrlQuery, JoinsNamesAndValues) {
  UrlQuery query;
  query.Add("sku", "A&B").Add("orderId[]", 7).Add("orderId[]", -8);
  EXPECT_EQ(query.AppendTo("/v1/x"),
            "/v1/x?sku=A%26B&orderId%5B%5D=7&orderId%5B%5D=-8");
  EXPECT_EQ(UrlQuery().AppendTo("/v1/x"), "/v1/x");
}

}  // namespace
}  // namespace oms_connector::order_manager
