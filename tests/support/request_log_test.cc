#include "tests/support/request_log.h"

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

}  // namespace
}  // namespace oms_connector::testing_support
