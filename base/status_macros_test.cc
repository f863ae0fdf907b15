#include "base/status_macros.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::base {
namespace {

absl::Status ReturnIfError(const absl::Status& status, bool* reached_end) {
  OMS_RETURN_IF_ERROR(status);
  *reached_end = true;
  return absl::OkStatus();
}

absl::StatusOr<std::string> Join(absl::StatusOr<std::string> left,
                                 absl::StatusOr<std::string> right) {
  OMS_ASSIGN_OR_RETURN(const std::string first, std::move(left));
  std::string second;
  OMS_ASSIGN_OR_RETURN(second, std::move(right));
  return first + second;
}

TEST(ReturnIfError, GoesOnWhenOk) {
  bool reached_end = false;
  EXPECT_TRUE(ReturnIfError(absl::OkStatus(), &reached_end).ok());
  EXPECT_TRUE(reached_end);
}

TEST(ReturnIfError, ReturnsTheErrorItself) {
  bool reached_end = false;
  const absl::Status error = absl::NotFoundError("no such thing");
  EXPECT_EQ(ReturnIfError(error, &reached_end), error);
  EXPECT_FALSE(reached_end);
}

TEST(AssignOrReturn, AssignsToDeclarationsAndVariables) {
  EXPECT_EQ(Join("on", "hand").value(), "onhand");
}

TEST(AssignOrReturn, ReturnsTheFirstError) {
  const absl::Status first = absl::AbortedError("first");
  EXPECT_EQ(Join(first, absl::InternalError("second")).status(), first);
  EXPECT_EQ(Join("on", first).status(), first);
}

absl::Status MoveOnly(int* value) {
  OMS_ASSIGN_OR_RETURN(
      const std::unique_ptr<int> moved,
      absl::StatusOr<std::unique_ptr<int>>(std::make_unique<int>(7)));
  *value = *moved;
  return absl::OkStatus();
}

TEST(AssignOrReturn, MovesTheValueOut) {
  int value = 0;
  EXPECT_TRUE(MoveOnly(&value).ok());
  EXPECT_EQ(value, 7);
}

}  // namespace
}  // namespace oms_connector::base
