#include "storage/postgres/postgres_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "model/errors.h"

namespace oms_connector::storage {
namespace {

struct Case {
  std::string sqlstate;
  absl::StatusCode code;
  std::string reason;  // empty: none of the catalogue's
  bool ends_connection;
};

class PostgresStatusTest : public ::testing::TestWithParam<Case> {};

TEST_P(PostgresStatusTest, GoesByTheStateAlone) {
  const Case& expected = GetParam();
  const absl::Status status = PostgresStatus(expected.sqlstate, "disk full");
  EXPECT_EQ(status.code(), expected.code);
  EXPECT_EQ(model::ReasonOf(status), expected.reason);
  EXPECT_EQ(EndsConnection(expected.sqlstate), expected.ends_connection);
}

using absl::StatusCode;

INSTANTIATE_TEST_SUITE_P(
    States, PostgresStatusTest,
    ::testing::Values(
        Case{"08000", StatusCode::kUnavailable, "STORE_BUSY", true},
        Case{"08006", StatusCode::kUnavailable, "STORE_BUSY", true},
        Case{"25006", StatusCode::kUnavailable, "STORE_BUSY", true},
        Case{"25P03", StatusCode::kUnavailable, "STORE_BUSY", true},
        Case{"40001", StatusCode::kUnavailable, "STORE_BUSY", false},
        Case{"40003", StatusCode::kUnavailable, "STORE_BUSY", true},
        Case{"40P01", StatusCode::kUnavailable, "STORE_BUSY", false},
        Case{"53300", StatusCode::kUnavailable, "STORE_BUSY", false},
        Case{"55P03", StatusCode::kUnavailable, "STORE_BUSY", false},
        Case{"57P01", StatusCode::kUnavailable, "STORE_BUSY", true},
        Case{"57P03", StatusCode::kUnavailable, "STORE_BUSY", true},
        Case{"53100", StatusCode::kResourceExhausted, "STORE_FULL", false},
        Case{"23505", StatusCode::kAlreadyExists, "", false},
        Case{"23503", StatusCode::kNotFound, "", false},
        Case{"57014", StatusCode::kDeadlineExceeded, "", false},
        Case{"25P02", StatusCode::kInternal, "INTERNAL", false},
        Case{"42P01", StatusCode::kInternal, "INTERNAL", false}),
    [](const auto& info) { return info.param.sqlstate; });

TEST(PostgresStatus, KeepsTheServersTextFromCallers) {
  const absl::Status status = PostgresStatus("42P01", "relation \"x\" lacks");
  EXPECT_THAT(std::string(PostgresStatus("53100", "secret").message()),
              ::testing::Not(::testing::HasSubstr("secret")));
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace oms_connector::storage
