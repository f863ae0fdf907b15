#include "storage/postgres/postgres_url.h"

#include "gtest/gtest.h"

namespace oms_connector::storage {
namespace {

TEST(SplitsPassword, TellsSlipsFromUrls) {
  for (const char* url :
       {"postgres://db/oms", "postgres:///oms?options=a@b",
        "postgres://oms:p%2Fw%40@db1:5432,db2:5433/oms?options=a@b",
        "postgres://oms:p?w@db/oms", "postgres://oms@db/oms"}) {
    EXPECT_FALSE(SplitsPassword(url, "5432,")) << url;
  }
  for (const char* url :
       {"postgres://oms:1/s3cret@db/oms", "postgres://oms:1@s3cret@db/oms",
        "postgres://oms:1/s3cret@db/oms?options=a@b"}) {
    EXPECT_TRUE(SplitsPassword(url, "1")) << url;
  }
  EXPECT_TRUE(SplitsPassword("postgres://oms:s3cret?x/y@db/oms", "s3cret"));
}

}  // namespace
}  // namespace oms_connector::storage
