#include "server/ops/metered.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "base/call_context.h"
#include "base/manual_clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "order_manager/http_transport.h"
#include "server/ops/metrics.h"
#include "storage/store.h"

namespace oms_connector::server {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Answers what it is told to, without calling the function.
class ScriptedStore final : public storage::Store {
 public:
  explicit ScriptedStore(const absl::Status* answer) : answer_(answer) {}
  absl::Status Read(
      const base::CallContext&,
      absl::FunctionRef<absl::Status(storage::ReadTransaction&)>) override {
    return *answer_;
  }
  absl::Status Write(
      const base::CallContext&,
      absl::FunctionRef<absl::Status(storage::WriteTransaction&)>) override {
    return *answer_;
  }

 private:
  const absl::Status* const answer_;
};

class ScriptedTransport final : public order_manager::HttpTransport {
 public:
  order_manager::HttpResult Send(const order_manager::HttpRequest&,
                                 const base::CallContext&) override {
    return answer;
  }
  order_manager::HttpResult answer;
};

class MeteredTest : public ::testing::Test {
 protected:
  static absl::Status Nothing(storage::WriteTransaction&) {
    return absl::OkStatus();
  }

  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  Metrics metrics_;
  absl::Status answer_;
  MeteredStore store_{std::make_unique<ScriptedStore>(&answer_), &metrics_,
                      &clock_};
};

TEST_F(MeteredTest, FullStoreTakesNoWritesUntilAProbeSucceeds) {
  std::vector<bool> told;
  store_.OnWritable([&](bool writable) { told.push_back(writable); });
  EXPECT_TRUE(store_.writable());
  answer_ = model::StoreFull();
  EXPECT_FALSE(store_.Write({}, Nothing).ok());
  EXPECT_FALSE(store_.Write({}, Nothing).ok());
  EXPECT_FALSE(store_.writable());
  EXPECT_THAT(metrics_.Text(), HasSubstr("oms_connector_store_writable 0"));
  EXPECT_FALSE(store_.Probe({}).ok());
  answer_ = absl::OkStatus();
  EXPECT_TRUE(store_.Write({}, Nothing).ok());
  EXPECT_FALSE(store_.writable()) << "it may have had nothing to write";
  EXPECT_TRUE(store_.Probe({}).ok());
  EXPECT_THAT(metrics_.Text(), HasSubstr("oms_connector_store_writable 1"));
  EXPECT_THAT(told, ElementsAre(false, true));
  EXPECT_EQ(store_.writes().committed, 2);
  EXPECT_EQ(store_.writes().failed, 3);
}

TEST_F(MeteredTest, WritesTakeWhatTheyTakeWhereTheClockIsSet) {
  clock_.Jump(absl::Hours(72));
  EXPECT_TRUE(store_.Write({}, Nothing).ok());
  EXPECT_EQ(store_.writes().committed, 1);
  EXPECT_EQ(store_.writes().took, absl::ZeroDuration());
}

TEST_F(MeteredTest, AnswerOfTheFunctionIsNoFailureOfTheStore) {
  answer_ = absl::NotFoundError("no such row");
  EXPECT_FALSE(store_.Write({}, Nothing).ok());
  EXPECT_TRUE(store_.writable());
  EXPECT_EQ(store_.writes().failed, 0);
  EXPECT_THAT(metrics_.Text(),
              AllOf(HasSubstr("oms_connector_store_transactions_total{kind="
                              "\"write\",result=\"OK\"} 1"),
                    HasSubstr("oms_connector_store_transactions_total{kind="
                              "\"write\",result=\"failed\"} 0")));
}

TEST_F(MeteredTest, AnswersOfOrderManagersAreCountedByStatus) {
  ScriptedTransport scripted;
  MeteredTransport transport(&scripted, &metrics_, &clock_);
  scripted.answer.response = {429, {}, "slow down"};
  transport.Send({}, {});
  scripted.answer.response = {200, {}, "[]"};
  transport.Send({}, {});
  scripted.answer = {absl::UnavailableError("reset"), 1, {}};
  transport.Send({}, {});
  EXPECT_THAT(metrics_.Text(),
              AllOf(HasSubstr("order_manager_answers_total{status=\"429\"} 1"),
                    HasSubstr("order_manager_answers_total{status=\"2xx\"} 1"),
                    HasSubstr("order_manager_answers_total{status=\"none\"} 1"),
                    HasSubstr("order_manager_answers_total{status=\"5xx\"} 0"),
                    HasSubstr("order_manager_received_bytes_total 11")));
}

TEST_F(MeteredTest, ClockDifferenceIsTakenFromTheAnswersDate) {
  ScriptedTransport scripted;
  MeteredTransport transport(&scripted, &metrics_, &clock_);
  clock_.Set(absl::FromCivil(absl::CivilSecond(2026, 11, 27, 10, 0, 0),
                             absl::UTCTimeZone()));
  scripted.answer.response = {
      200, {{"date", "Fri, 27 Nov 2026 10:01:30 GMT"}}, ""};
  transport.Send({}, {});
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("order_manager_clock_ahead_seconds 90"));
}

TEST_F(MeteredTest, WaitsAreCountedWithTheirLength) {
  MeteredSleeper sleeper(&sleeper_, &metrics_);
  EXPECT_TRUE(sleeper.Sleep(absl::Seconds(3), {}).ok());
  EXPECT_TRUE(sleeper.Sleep(absl::ZeroDuration(), {}).ok());
  EXPECT_THAT(metrics_.Text(),
              AllOf(HasSubstr("order_manager_waits_total 1"),
                    HasSubstr("order_manager_wait_seconds_total 3")));
}

}  // namespace
}  // namespace oms_connector::server
