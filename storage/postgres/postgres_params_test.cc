#include "storage/postgres/postgres_params.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

std::string ValueAt(const PostgresParams& params, int i) {
  return {params.values()[i], static_cast<size_t>(params.lengths()[i])};
}

TEST(PostgresParams, WriteNumbersInNetworkOrder) {
  const std::vector<SqlParam> values = {int64_t{258}, int64_t{-1}, 1.0};
  const PostgresParams params(values);
  EXPECT_EQ(ValueAt(params, 0), std::string("\0\0\0\0\0\0\1\2", 8));
  EXPECT_EQ(ValueAt(params, 1), std::string(8, '\xff'));
  EXPECT_EQ(ValueAt(params, 2), std::string("\x3f\xf0\0\0\0\0\0\0", 8));
}

TEST(PostgresParams, KeepBytesAndTextsAsTheyAre) {
  const std::string bytes("a\0b", 3);
  const std::vector<SqlParam> values = {Blob{bytes}, "caf\xC3\xA9", "", Blob{}};
  const PostgresParams params(values);
  EXPECT_EQ(ValueAt(params, 0), bytes);
  EXPECT_EQ(ValueAt(params, 1), "caf\xC3\xA9");
  // Empty is not null.
  EXPECT_NE(params.values()[2], nullptr);
  EXPECT_NE(params.values()[3], nullptr);
  EXPECT_EQ(params.lengths()[3], 0);
}

TEST(PostgresParams, LeaveTheTypeOfNullToTheStatement) {
  const std::vector<SqlParam> values = {nullptr, int64_t{1}, 0.5, "x", Blob{}};
  const PostgresParams params(values);
  EXPECT_EQ(params.values()[0], nullptr);
  EXPECT_THAT(std::vector<unsigned int>(params.types(), params.types() + 5),
              ::testing::ElementsAre(0, 20, 701, 25, 17));
}

TEST(PostgresParams, ReplaceNulInTexts) {
  const std::string first("\0a", 2);
  const std::string second("b\0", 2);
  const std::vector<SqlParam> values = {first, second};
  const PostgresParams params(values);
  EXPECT_EQ(ValueAt(params, 0),
            "\xEF\xBF\xBD"
            "a");
  EXPECT_EQ(ValueAt(params, 1), "b\xEF\xBF\xBD");
}

}  // namespace
}  // namespace oms_connector::storage
