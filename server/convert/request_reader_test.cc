#include "server/convert/request_reader.h"

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

TEST(RequestReader, GivesWhatCouldBeRead) {
  RequestReader read;
  EXPECT_EQ(read.Value(absl::StatusOr<int>(7)), 7);
  EXPECT_EQ(read.Value(absl::StatusOr<int>(model::InvalidField("a", "x"))), 0);
  EXPECT_THAT(FieldsOf(read.Violations()), ElementsAre("a"));
}

TEST(RequestReader, SoundRequestHasNoViolations) {
  RequestReader read;
  read.Check(absl::OkStatus());
  EXPECT_TRUE(read.Violations().ok());
}

TEST(RequestReader, TellsAllViolationsAtOnceTheNameFirst) {
  RequestReader read(model::InvalidField("name", "is none"));
  read.Check(model::InvalidField("cursor", "is none"));
  read.Check(model::InvalidFields({{"a", "x"}, {"b", "y"}}));
  EXPECT_THAT(FieldsOf(read.Violations()),
              ElementsAre("name", "cursor", "a", "b"));
  EXPECT_EQ(model::ReasonOf(read.Violations()), "INVALID_REQUEST");
}

TEST(RequestReader, ErrorOfOurOwnIsNotLost) {
  RequestReader read;
  read.Check(model::Internal("broken"));
  EXPECT_THAT(FieldsOf(read.Violations()), IsEmpty());
  EXPECT_EQ(read.Violations().code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace oms_connector::server
