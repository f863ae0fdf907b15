#include "domain/inventory/known_skus.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class KnownSkusTest : public ::testing::Test {
 protected:
  // The spellings of stock with these SKUs; notes which were asked for.
  std::vector<std::string> Spell(const std::vector<int64_t>& skus) {
    std::vector<model::StandingStock> stock(skus.size());
    for (size_t i = 0; i < skus.size(); ++i) stock[i].sku = skus[i];
    asked_.clear();
    EXPECT_EQ(known_.Spell(&stock,
                           [&](const std::vector<int64_t>& numbers)
                               -> absl::StatusOr<std::vector<std::string>> {
                             asked_ = numbers;
                             std::vector<std::string> texts;
                             for (const int64_t number : numbers) {
                               texts.push_back(absl::StrCat("SKU-", number));
                             }
                             return texts;
                           }),
              absl::OkStatus());
    std::vector<std::string> texts;
    for (const auto& row : stock) texts.emplace_back(row.master_sku);
    return texts;
  }

  KnownSkus known_{/*most=*/4};
  std::vector<int64_t> asked_;
};

TEST_F(KnownSkusTest, AsksForEachNumberOnce) {
  EXPECT_THAT(Spell({2, 1, 2}), ElementsAre("SKU-2", "SKU-1", "SKU-2"));
  EXPECT_THAT(asked_, ElementsAre(1, 2));
  EXPECT_THAT(Spell({1, 3, 2}), ElementsAre("SKU-1", "SKU-3", "SKU-2"));
  EXPECT_THAT(asked_, ElementsAre(3));
  EXPECT_THAT(Spell({3, 1}), ElementsAre("SKU-3", "SKU-1"));
  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(KnownSkusTest, BeginsAnewWhereThereAreTooMany) {
  Spell({1, 2, 3});
  EXPECT_THAT(Spell({3, 4, 5}), ElementsAre("SKU-3", "SKU-4", "SKU-5"));
  EXPECT_THAT(asked_, ElementsAre(3, 4, 5));
  // One page may have more than are kept.
  EXPECT_THAT(
      Spell({5, 6, 7, 8, 9, 10}),
      ElementsAre("SKU-5", "SKU-6", "SKU-7", "SKU-8", "SKU-9", "SKU-10"));
  EXPECT_THAT(Spell({10, 1}), ElementsAre("SKU-10", "SKU-1"));
}

TEST_F(KnownSkusTest, FailsAsTheAskingDoes) {
  std::vector<model::StandingStock> stock(1);
  EXPECT_EQ(known_.Spell(&stock,
                         [](const std::vector<int64_t>&) {
                           return absl::UnavailableError("the store is away");
                         }),
            absl::UnavailableError("the store is away"));
}

}  // namespace
}  // namespace oms_connector::inventory
