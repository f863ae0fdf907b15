#include "storage/sqlite/sqlite_status.h"

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::storage {
namespace {

using ::testing::HasSubstr;

using model::ReasonOf;

TEST(SqliteStatus, TellsCodesApart) {
  const struct {
    int code;
    int system_errno;
    absl::StatusCode status;
    const char* reason;
  } cases[] = {
      {sqlite_code::kBusy, 0, absl::StatusCode::kUnavailable, "STORE_BUSY"},
      {sqlite_code::kLocked, 0, absl::StatusCode::kUnavailable, "STORE_BUSY"},
      // BUSY_RECOVERY, BUSY_SNAPSHOT, LOCKED_SHAREDCACHE
      {261, 0, absl::StatusCode::kUnavailable, "STORE_BUSY"},
      {517, 0, absl::StatusCode::kUnavailable, "STORE_BUSY"},
      {262, 0, absl::StatusCode::kUnavailable, "STORE_BUSY"},
      {sqlite_code::kFull, 0, absl::StatusCode::kResourceExhausted,
       "STORE_FULL"},
      {sqlite_code::kIoErrorShmSize, 0, absl::StatusCode::kResourceExhausted,
       "STORE_FULL"},
      // IOERR_WRITE, by what the operating system says of it
      {778, ENOSPC, absl::StatusCode::kResourceExhausted, "STORE_FULL"},
      {778, EDQUOT, absl::StatusCode::kResourceExhausted, "STORE_FULL"},
      {778, EIO, absl::StatusCode::kInternal, "INTERNAL"},
      {sqlite_code::kConstraintPrimaryKey, 0, absl::StatusCode::kAlreadyExists,
       ""},
      {sqlite_code::kConstraintUnique, 0, absl::StatusCode::kAlreadyExists, ""},
      {sqlite_code::kConstraintRowId, 0, absl::StatusCode::kAlreadyExists, ""},
      {sqlite_code::kConstraintForeignKey, 0, absl::StatusCode::kNotFound, ""},
      // CONSTRAINT_NOTNULL, CORRUPT, READONLY
      {1299, 0, absl::StatusCode::kInternal, "INTERNAL"},
      {sqlite_code::kCorrupt, 0, absl::StatusCode::kInternal, "INTERNAL"},
      {8, ENOSPC, absl::StatusCode::kInternal, "INTERNAL"},
  };
  for (const auto& c : cases) {
    const absl::Status status = SqliteStatus(c.code, c.system_errno, "why");
    EXPECT_EQ(status.code(), c.status) << c.code;
    EXPECT_EQ(ReasonOf(status), c.reason) << c.code;
  }
}

TEST(SqliteStatus, NamesCodeAndMessageOfWhatNobodyExpects) {
  EXPECT_THAT(std::string(SqliteStatus(1299, 0, "no nulls").message()),
              ::testing::AllOf(HasSubstr("1299"), HasSubstr("no nulls")));
}

TEST(SqliteStatus, ShowsNoSqlToCallers) {
  for (const int code : {sqlite_code::kBusy, sqlite_code::kFull,
                         sqlite_code::kConstraintPrimaryKey,
                         sqlite_code::kConstraintForeignKey}) {
    EXPECT_THAT(std::string(SqliteStatus(code, 0, "carts.cart").message()),
                ::testing::Not(HasSubstr("carts")));
  }
}

}  // namespace
}  // namespace oms_connector::storage
