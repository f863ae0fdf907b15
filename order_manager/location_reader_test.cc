#include "order_manager/location_reader.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_for_tests.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(LocationReader, ReadsSalesChannels) {
  const auto page = ReadSalesChannels(ParseForTest(R"([
      {"salesChannelId": 7, "name": "Web shop", "type": "SHOPIFY",
       "active": true, "companyName": "Acme"},
      {"salesChannelId": "8", "name": null, "type": "NEW_TYPE",
       "active": "false"},
      {"salesChannelId": 9}])"));
  ASSERT_THAT(page.rows, SizeIs(3));
  EXPECT_EQ(page.rows[0].id, 7);
  EXPECT_EQ(page.rows[0].name, "Web shop");
  EXPECT_EQ(page.rows[0].type, "SHOPIFY");
  EXPECT_TRUE(page.rows[0].active);
  EXPECT_EQ(page.rows[1].id, 8);
  EXPECT_EQ(page.rows[1].name, "");
  EXPECT_EQ(page.rows[1].type, "NEW_TYPE");
  EXPECT_FALSE(page.rows[1].active);
  EXPECT_TRUE(page.rows[2].active);
  EXPECT_EQ(page.row_count, 3);
  EXPECT_THAT(page.rejected, IsEmpty());
}

TEST(LocationReader, ReadsWarehouses) {
  const auto page = ReadWarehouses(ParseForTest(R"([
      {"warehouseId": 1, "name": "Leeds", "active": true,
       "type": "DIRECT_FULFILLMENT", "salesChannelId": null, "address": []},
      {"warehouseId": 2, "name": 5, "active": 0,
       "type": "THIRD_PARTY_LOGISTICS", "address": {"city": "Ghent"}}])"));
  EXPECT_THAT(
      page.rows,
      ElementsAre(AllOf(Field(&model::Warehouse::id, 1),
                        Field(&model::Warehouse::name, "Leeds"),
                        Field(&model::Warehouse::active, true),
                        Field(&model::Warehouse::type, "DIRECT_FULFILLMENT")),
                  AllOf(Field(&model::Warehouse::id, 2),
                        Field(&model::Warehouse::name, "5"),
                        Field(&model::Warehouse::active, false))));
}

TEST(LocationReader, RejectsRowsWithoutIdOrWithAFlagThatIsNone) {
  EXPECT_THAT(Shown(ReadSalesChannels(ParseForTest(R"([{"name": "Web shop"},
                                  {"salesChannelId": 7, "active": "perhaps"},
                                  {"salesChannelId": 8, "name": {}}])"))
                        .rejected),
              ElementsAre("saleschannels page 0, name Web shop: salesChannelId "
                          "is missing",
                          "saleschannels page 0, salesChannelId 7: active is "
                          "no flag: \"perhaps\"",
                          "saleschannels page 0, salesChannelId 8: name is no "
                          "plain text: an object"));
  EXPECT_THAT(
      Shown(ReadWarehouses(ParseForTest(R"([{"warehouseId": "first"}])"))
                .rejected),
      ElementsAre("warehouses page 0, warehouseId first: warehouseId is no "
                  "id: \"first\""));
}

}  // namespace
}  // namespace oms_connector::order_manager
