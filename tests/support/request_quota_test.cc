#include "tests/support/request_quota.h"

#include <gtest/gtest.h>

namespace oms_connector::testing_support {
namespace {

const absl::Time kMonday = absl::FromUnixSeconds(1'755'424'800);

TEST(RequestQuota, HasNoLimitUnlessItIsSet) {
  RequestQuota quota;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(quota.Refuse("account", kMonday).has_value());
  }
}

TEST(RequestQuota, RefusesUntilTheBucketHasFilledAgain) {
  RequestQuota quota;
  quota.SetLimit(2);
  EXPECT_FALSE(quota.Refuse("account", kMonday));
  EXPECT_FALSE(quota.Refuse("account", kMonday));
  EXPECT_EQ(quota.Refuse("account", kMonday), absl::Milliseconds(500));
  EXPECT_EQ(quota.Refuse("account", kMonday + absl::Milliseconds(250)),
            absl::Milliseconds(250));
  EXPECT_FALSE(quota.Refuse("account", kMonday + absl::Milliseconds(500)));
}

TEST(RequestQuota, ALongPauseFillsOneSecondsWorth) {
  RequestQuota quota;
  quota.SetLimit(2);
  quota.Refuse("account", kMonday);
  const absl::Time later = kMonday + absl::Hours(1);
  EXPECT_FALSE(quota.Refuse("account", later));
  EXPECT_FALSE(quota.Refuse("account", later));
  EXPECT_TRUE(quota.Refuse("account", later));
}

TEST(RequestQuota, LimitsEachAccountByItself) {
  RequestQuota quota;
  quota.SetLimit(0.5);
  EXPECT_FALSE(quota.Refuse("one", kMonday));
  EXPECT_EQ(quota.Refuse("one", kMonday), absl::Seconds(2));
  EXPECT_FALSE(quota.Refuse("two", kMonday));
}

}  // namespace
}  // namespace oms_connector::testing_support
