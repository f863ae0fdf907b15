#include "order_manager/page_reader.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/json_document.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Thing {
  int64_t id = 0;
  std::string sku;
};

Thing ReadThing(const RowFields& row) {
  return {row.Id("id"), row.Object("product").Key("sku")};
}

Page<Thing> Read(const std::string& json) {
  auto document = JsonDocument::Parse(json);
  EXPECT_TRUE(document.ok()) << json;
  return ReadPage<Thing>(*document, {"things", 3, {"id", "product.sku", "c"}},
                         &ReadThing);
}

TEST(PageReader, ReadsRowsInOrder) {
  const Page<Thing> page = Read(
      R"([{"id":2,"product":{"sku":"B"}},{"id":1,"product":{"sku":"A"}}])");
  ASSERT_THAT(page.rows, SizeIs(2));
  EXPECT_EQ(page.rows[0].id, 2);
  EXPECT_EQ(page.rows[1].sku, "A");
  EXPECT_EQ(page.row_count, 2);
  EXPECT_THAT(page.rejected, IsEmpty());
}

TEST(PageReader, SetsAsideTheRowsThatCannotBeRead) {
  const Page<Thing> page = Read(
      R"([{"id":1}, {"id":2,"product":{"sku":"B"}}, {"product":{"sku":"C"}},
          null, "text", [], {}])");
  ASSERT_THAT(page.rows, SizeIs(1));
  EXPECT_EQ(page.rows[0].id, 2);
  EXPECT_EQ(page.row_count, 7);
  std::vector<std::string> rejected;
  for (const model::RejectedRow& row : page.rejected) {
    EXPECT_EQ(row.endpoint, "things");
    EXPECT_EQ(row.page, 3);
    rejected.push_back(row.identifier + ": " + row.reason);
  }
  EXPECT_THAT(
      rejected,
      ElementsAre("id 1: product.sku is missing", "sku C: id is missing",
                  ": the row is null", ": the row is no object: \"text\"",
                  ": the row is no object: a list", ": id is missing"));
}

TEST(PageReader, TakesAnEmptyArrayForAnEmptyPage) {
  EXPECT_EQ(Read("[]").row_count, 0);
}

TEST(PageReader, IdentifiesRowsByWhatCanBeShown) {
  const auto identify = [](const std::string& json) {
    auto document = JsonDocument::Parse(json);
    EXPECT_TRUE(document.ok());
    return IdentifyRow(document->root(), {"id", "product.sku", "c"});
  };
  EXPECT_EQ(identify(R"({"id":5,"product":{"sku":"A"},"c":"no room"})"),
            "id 5, sku A");
  EXPECT_EQ(identify(R"({"id":null,"product":[],"c":"x"})"), "c x");
  EXPECT_EQ(identify(R"({"id":{},"product":"p","c":""})"), "");
  EXPECT_EQ(identify(R"({"c":"a\nb"})"), "c \"a\\nb\"");
  EXPECT_EQ(identify("[]"), "");
}

}  // namespace
}  // namespace oms_connector::order_manager
