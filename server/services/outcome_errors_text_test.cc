#include "server/services/outcome_errors_text.h"

#include <gtest/gtest.h>

#include "model/errors.h"

namespace oms_connector::server {
namespace {

TEST(OutcomeErrorsText, KeepsErrorsWhole) {
  const auto back = DecodeOutcomeErrors(
      EncodeOutcomeErrors({{0, model::ShipmentNotFound("acme", "7")},
                           {3, model::InvalidField("a\nb", "c d")}}));
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back->size(), 2u);
  EXPECT_EQ((*back)[0].status, model::ShipmentNotFound("acme", "7"));
  EXPECT_EQ((*back)[1].index, 3);
  EXPECT_EQ(model::DetailsOf((*back)[1].status)->violations[0].field, "a\nb");
}

TEST(OutcomeErrorsText, NoErrorsAreNoText) {
  EXPECT_EQ(EncodeOutcomeErrors({}), "");
  EXPECT_TRUE(DecodeOutcomeErrors("")->empty());
}

TEST(OutcomeErrorsText, OtherTextIsInternal) {
  EXPECT_EQ(DecodeOutcomeErrors("nonsense\n").status().code(),
            absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace oms_connector::server
