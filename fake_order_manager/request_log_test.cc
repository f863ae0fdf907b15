#include "fake_order_manager/request_log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <utility>

namespace oms_connector::testing_support {
namespace {

LoggedRequest Request(std::string endpoint, QueryParameters parameters,
                      int status = 200) {
  LoggedRequest request;
  request.endpoint = std::move(endpoint);
  request.parameters = std::move(parameters);
  request.status = status;
  return request;
}

void Add(RequestLog& log, LoggedRequest request) {
  log.Begin("account");
  log.End("account", std::move(request));
}

TEST(RequestLog, CountsByEndpointAndByParameters) {
  RequestLog log;
  Add(log, Request("orders", {{"page", "1"}, {"status[]", "SHIPPED"}}));
  Add(log, Request("orders", {{"page", "2"}, {"status[]", "SHIPPED"}}));
  Add(log, Request("products", {}));
  EXPECT_EQ(log.Count(), 3);
  EXPECT_EQ(log.Count("orders"), 2);
  EXPECT_EQ(log.CountWith("orders", {{"status[]", "SHIPPED"}}), 2);
  EXPECT_EQ(log.CountWith("orders", {{"status[]", "SHIPPED"}, {"page", "2"}}),
            1);
  EXPECT_EQ(log.CountWith("orders", {{"status[]", "CANCELLED"}}), 0);
  EXPECT_EQ(log.CountWith("products", {}), 1);
}

TEST(RequestLog, TellsItsCountsAsJson) {
  RequestLog log;
  Add(log, Request("orders", {{"page", "1"}, {"modifiedDateFrom", "x"}}));
  Add(log, Request("orders", {{"page", "1"}, {"limit", "1000"}}, 429));
  EXPECT_EQ(nlohmann::json::parse(log.ToJson()), nlohmann::json::parse(R"({
      "requests": 2, "maxConcurrency": 1,
      "endpoints": {"orders": {"requests": 2, "pages": {"1": 2},
                               "filters": {"modifiedDateFrom": 1},
                               "statuses": {"200": 1, "429": 1}}}})"));
}

TEST(RequestLog, SeesConcurrencyWithinAnAccount) {
  RequestLog log;
  log.Begin("one");
  log.Begin("two");
  EXPECT_EQ(log.max_concurrency(), 1);
  log.Begin("one");
  EXPECT_EQ(log.max_concurrency(), 2);
  log.End("one", {});
  log.End("one", {});
  log.Begin("one");
  EXPECT_EQ(log.max_concurrency(), 2);
}

TEST(RequestLog, KeepsTheLatestRequestsAndCountsThemAll) {
  RequestLog log;
  const int64_t more = RequestLog::kKeptRequests + 5;
  for (int64_t i = 0; i < more; ++i) Add(log, Request("orders", {}));
  EXPECT_EQ(log.requests().size(), RequestLog::kKeptRequests);
  EXPECT_EQ(log.Count("orders"), more);
  log.Clear();
  EXPECT_EQ(log.Count(), 0);
  EXPECT_TRUE(log.requests().empty());
}

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
