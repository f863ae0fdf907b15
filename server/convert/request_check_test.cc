#include "server/convert/request_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/errors.h"

namespace oms_connector::server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> FieldsOf(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const model::FieldViolation& violation :
       model::DetailsOf(status).value_or(model::ErrorDetails()).violations) {
    fields.push_back(violation.field);
  }
  return fields;
}

TEST(RequestCheck, SoundRequestHasNoFaults) {
  RequestCheck check(std::string("acme"));
  check.Add(absl::OkStatus());
  EXPECT_TRUE(check.Faults().ok());
  EXPECT_EQ(*check.connection(), "acme");
}

TEST(RequestCheck, TellsAllFaultsAtOnceTheNameFirst) {
  RequestCheck check(model::InvalidField("name", "is none"));
  check.Add(model::InvalidField("cursor", "is none"));
  check.Add(model::InvalidFields({{"a", "x"}, {"b", "y"}}));
  EXPECT_THAT(FieldsOf(check.Faults()),
              ElementsAre("name", "cursor", "a", "b"));
  EXPECT_EQ(model::DetailsOf(check.Faults())->reason, "INVALID_REQUEST");
}

TEST(RequestCheck, FindsOutLaterWhatTakesLonger) {
  RequestCheck check(std::string("acme"));
  int calls = 0;
  check.AddLater([&] {
    ++calls;
    return model::InvalidField("mask", "is none");
  });
  EXPECT_EQ(calls, 0);
  EXPECT_THAT(FieldsOf(check.Faults()), ElementsAre("mask"));
  EXPECT_THAT(FieldsOf(check.Faults()), ElementsAre("mask"));
  EXPECT_EQ(calls, 1);
}

TEST(RequestCheck, ErrorOfOurOwnIsNotLost) {
  RequestCheck check(std::string("acme"));
  check.Add(model::Internal("broken"));
  EXPECT_THAT(FieldsOf(check.Faults()), IsEmpty());
  EXPECT_EQ(check.Faults().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace oms_connector::server
