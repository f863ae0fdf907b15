#include "order_manager/product_reader.h"

#include <optional>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_for_tests.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ProductReader, ReadsAllOfAProduct) {
  const auto page = ReadProducts(ParseForTest(R"([
      {"productId": 10, "masterSku": "TEE-RED", "name": "Red tee",
       "type": "CORE_PRODUCT", "active": false, "bundle": false,
       "brand": "Acme", "description": "A tee.\nRed.", "upc": "0123",
       "mpn": "T-1", "weight": "0.25", "length": 10, "width": 2.5,
       "height": null, "mapPrice": {"amount": 12.9, "currency": "USD"},
       "categories": ["Shirts", {"id": 1, "name": "Summer"}, 5, null],
       "labels": {}, "imageUrls": [{"id": 1, "url": "https://i/2", "rank": 2},
       {"id": 2, "url": "https://i/1", "rank": "1"}, "https://i/3",
       {"id": 3}],
       "createdDate": "2026-08-17T10:00:00Z",
       "modifiedDate": "2026-08-17T12:00:01+02:00", "unknown": [[1]]}])"),
                                 1);
  ASSERT_THAT(page.rows, SizeIs(1));
  const model::Product& product = page.rows[0];
  EXPECT_EQ(product.product_id, 10);
  EXPECT_EQ(product.master_sku, "TEE-RED");
  EXPECT_EQ(product.name, "Red tee");
  EXPECT_EQ(product.type, "CORE_PRODUCT");
  EXPECT_FALSE(product.active);
  EXPECT_EQ(product.brand, "Acme");
  EXPECT_EQ(product.description, "A tee.\nRed.");
  EXPECT_EQ(product.upc, "0123");
  EXPECT_EQ(product.mpn, "T-1");
  EXPECT_EQ(product.weight, 0.25);
  EXPECT_EQ(product.length, 10);
  EXPECT_EQ(product.width, 2.5);
  EXPECT_EQ(product.height, std::nullopt);
  ASSERT_TRUE(product.map_price.has_value());
  EXPECT_EQ(product.map_price->amount, "12.9");
  EXPECT_EQ(product.map_price->currency_code, "USD");
  EXPECT_THAT(product.categories, ElementsAre("Shirts", "Summer", "5"));
  EXPECT_THAT(product.labels, IsEmpty());
  EXPECT_THAT(product.image_urls,
              ElementsAre("https://i/1", "https://i/2", "https://i/3"));
  const absl::Time ten = absl::FromUnixSeconds(1'786'960'800);
  EXPECT_EQ(product.create_time, ten);
  EXPECT_EQ(product.modify_time, ten + absl::Seconds(1));
}

TEST(ProductReader, LivesWithAlmostNothing) {
  const auto page =
      ReadProducts(ParseForTest(R"([{"productId":"10","masterSku":4711}])"), 1);
  ASSERT_THAT(page.rows, SizeIs(1));
  EXPECT_EQ(page.rows[0].master_sku, "4711");
  EXPECT_TRUE(page.rows[0].active);
  EXPECT_EQ(page.rows[0].map_price, std::nullopt);
}

TEST(ProductReader, LeavesOutDetailsThatAreWrong) {
  const auto page = ReadProducts(ParseForTest(R"([
      {"productId": 10, "masterSku": "TEE", "name": {}, "weight": "heavy",
       "mapPrice": "cheap", "categories": "Shirts", "labels": 5,
       "imageUrls": {"url": "https://i/1"}, "createdDate": "soon"},
      {"productId": 11, "masterSku": "CAP", "mapPrice": {"amount": "about 5"}},
      {"productId": 12, "masterSku": "HAT", "mapPrice": []}])"),
                                 1);
  ASSERT_THAT(page.rows, SizeIs(3));
  const model::Product& product = page.rows[0];
  EXPECT_EQ(product.name, "");
  EXPECT_EQ(product.weight, std::nullopt);
  EXPECT_EQ(product.map_price, std::nullopt);
  EXPECT_THAT(product.categories, IsEmpty());
  EXPECT_THAT(product.labels, IsEmpty());
  EXPECT_THAT(product.image_urls, IsEmpty());
  EXPECT_EQ(product.create_time, std::nullopt);
  EXPECT_EQ(page.rows[1].map_price, std::nullopt);
  EXPECT_EQ(page.rows[2].map_price, std::nullopt);
}

TEST(ProductReader, RejectsProductsWithoutIdSkuOrWithAFlagThatIsNone) {
  EXPECT_THAT(
      Shown(ReadProducts(ParseForTest(R"([
          {"masterSku": "TEE"}, {"productId": 10},
          {"productId": 10, "masterSku": ["TEE"]},
          {"productId": 10, "masterSku": "TEE", "active": "perhaps"}])"),
                         4)
                .rejected),
      ElementsAre(
          "products page 4, masterSku TEE: productId is missing",
          "products page 4, productId 10: masterSku is missing",
          "products page 4, productId 10: masterSku is no plain text: a list",
          "products page 4, productId 10, masterSku TEE: active is no flag: "
          "\"perhaps\""));
}

}  // namespace
}  // namespace oms_connector::order_manager
