#include "order_manager/rest_request.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/fake_transport.h"
#include "order_manager/order_manager.h"
#include "order_manager/quota.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

class RestRequestTest : public ::testing::Test {
 protected:
  RestRequestTest() {
    options_.policy.hosts = {"*.skubana.com"};
    options_.policy.allow_loopback = true;
    options_.requests_per_second = 0;
    call_.account = {"acme", "http://127.0.0.1:80", "",
                     base::SecretString("token-1")};
    call_.on_request = [this] { ++counted_; };
    request_.endpoint = "products";
    request_.path = "/v1.1/products?page=1";
  }

  absl::StatusOr<RestAnswer> Ask() {
    RestRequester requester(options_, &transport_, &quota_, &clock_, &sleeper_,
                            &ids_);
    return requester.Ask(call_, request_, [this](std::string* body) {
      bodies_.push_back(*body);
      // The readers' matter; here any list is an answer.
      return absl::StartsWith(*body, "[") && absl::EndsWith(*body, "]")
                 ? absl::OkStatus()
                 : absl::DataLossError("not a list");
    });
  }

  absl::Status StatusOfAsk() { return Ask().status(); }

  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  base::SequentialIdGenerator ids_;
  FakeTransport transport_;
  Quota quota_{&clock_, &sleeper_};
  RestRequester::Options options_;
  Call call_;
  RestRequest request_;
  int counted_ = 0;
  std::vector<std::string> bodies_;  // that were given to be read
};

TEST_F(RestRequestTest, AsksBelowBaseAndPrefix) {
  transport_.Say(Body("[1,2]"));
  call_.account.base_url = "https://API.skubana.com/";
  call_.account.path_prefix = "/service";
  const auto answer = Ask();
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(bodies_, ElementsAre("[1,2]"));
  ASSERT_THAT(transport_.requests(), SizeIs(1));
  const HttpRequest& sent = transport_.requests()[0];
  EXPECT_EQ(sent.url, "https://api.skubana.com/service/v1.1/products?page=1");
  EXPECT_EQ(sent.bearer_token.Reveal(), "token-1");
  EXPECT_FALSE(sent.loopback);
  EXPECT_TRUE(sent.repeatable);
  EXPECT_EQ(counted_, 1);
}

// A person who tests an account wants to know how quick that one is.
TEST_F(RestRequestTest, TellsHowLongTheOrderManagerTookWithoutOurOwnWait) {
  options_.requests_per_second = 1;
  transport_.Say(Body("[]"));
  transport_.OnSend([this] { clock_.Advance(absl::Milliseconds(40)); });
  absl::Duration took;
  call_.on_answer = [&](absl::Duration one) { took += one; };
  const absl::Time start = clock_.Now();
  RestRequester requester(options_, &transport_, &quota_, &clock_, &sleeper_,
                          &ids_);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(
        requester
            .Ask(call_, request_, [](std::string*) { return absl::OkStatus(); })
            .ok());
  }
  EXPECT_EQ(took, absl::Milliseconds(80));
  EXPECT_GE(clock_.Now() - start, absl::Seconds(1));
}

// Nobody holds a thread of ours for five times its limit.
TEST_F(RestRequestTest, AsksNobodyAgainWhoWasSilentForTheWholeLimit) {
  transport_.OnSend([this] {
    clock_.Advance(
        std::min(transport_.requests().back().limit, options_.limit));
  });
  for (const bool small : {true, false}) {
    transport_.Say(Failed(absl::UnavailableError("silent"), 1));
    request_.small = small;
    const absl::Time start = clock_.SteadyNow();
    EXPECT_TRUE(absl::IsUnavailable(StatusOfAsk()));
    EXPECT_EQ(clock_.SteadyNow() - start,
              small ? options_.small_limit : options_.limit);
  }
  EXPECT_THAT(transport_.requests(), SizeIs(2));
}

TEST_F(RestRequestTest, AsksForSmallThingsAgainWithinTheirLimit) {
  transport_.Say(Failed(absl::UnavailableError("silent"), 1));
  transport_.Say(Failed(absl::UnavailableError("silent"), 1));
  transport_.Say(Body("[]"));
  transport_.OnSend([this] { clock_.Advance(absl::Seconds(6)); });
  request_.small = true;
  ASSERT_TRUE(Ask().ok());
  ASSERT_THAT(transport_.requests(), SizeIs(3));
  EXPECT_EQ(transport_.requests()[0].limit, options_.small_limit);
  EXPECT_LT(transport_.requests()[2].limit, absl::Seconds(8));
}

TEST_F(RestRequestTest, LeavesThePrefixOutWhereThePathHasItsOwn) {
  transport_.Say(Body("[]"));
  call_.account.path_prefix = "/service";
  request_.takes_prefix = false;
  request_.method = HttpMethod::kPost;
  request_.path = "/service/v1.2/inventory/acknowledge";
  request_.body = "{}";
  request_.repeatable = false;
  ASSERT_TRUE(Ask().ok());
  const HttpRequest& sent = transport_.requests()[0];
  EXPECT_EQ(sent.url, "http://127.0.0.1:80/service/v1.2/inventory/acknowledge");
  EXPECT_EQ(sent.method, HttpMethod::kPost);
  EXPECT_EQ(sent.body, "{}");
  EXPECT_TRUE(sent.loopback);
  EXPECT_FALSE(sent.repeatable);
}

TEST_F(RestRequestTest, ChecksTheAccountBeforeEachRequest) {
  for (const std::string url :
       {"https://evil.example", "http://api.skubana.com", "",
        "http://127.0.0.2:80"}) {
    call_.account.base_url = url;
    EXPECT_EQ(StatusOfAsk().code(), absl::StatusCode::kInvalidArgument);
  }
  call_.account.base_url = "https://api.skubana.com";
  call_.account.path_prefix = "/../x";
  EXPECT_EQ(StatusOfAsk().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(transport_.requests(), IsEmpty());
}

TEST_F(RestRequestTest, TellsWhatTheServersClockSays) {
  HttpResult dated = Body("[]");
  dated.response.headers["date"] = "Mon, 17 Aug 2026 10:00:00 GMT";
  HttpResult odd = Body("[]");
  odd.response.headers["date"] = "soon";
  transport_.Say(dated).Say(odd).Say(Body("[]"));
  EXPECT_EQ(Ask()->server_time, absl::FromUnixSeconds(1'786'960'800));
  EXPECT_EQ(Ask()->server_time, std::nullopt);
  EXPECT_EQ(Ask()->server_time, std::nullopt);
}

TEST_F(RestRequestTest, Takes204ForAnEmptyList) {
  transport_.Say(Answered(204, ""));
  EXPECT_TRUE(Ask().ok());
  EXPECT_THAT(bodies_, ElementsAre("[]"));
}

TEST_F(RestRequestTest, TellsARefusedQuestionApart) {
  transport_.Say(Status(400));
  const absl::Status status = StatusOfAsk();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(status.message(), "products: it answered 400");
  EXPECT_THAT(transport_.requests(), SizeIs(1));
}

TEST_F(RestRequestTest, RetriesWhatMayPass) {
  const struct {
    std::string name;
    HttpResult result;
  } kCases[] = {
      {"500", Status(500)},
      {"502", Status(502)},
      {"503", Status(503)},
      {"599", Status(599)},
      {"no connection", Failed(absl::UnavailableError("no connection"), 0)},
      {"broken connection", Failed(absl::UnavailableError("broke"), 1)},
      {"beyond the limits", Failed(absl::DataLossError("too large"), 1)},
      {"HTML", Body("<html></html>")},
      {"empty body", Body("")},
      {"truncated", Body("[{\"productId\":1")},
      {"an object", Body("{\"message\":\"oops\"}")},
      {"a text", Body("\"oops\"")},
      {"null", Body("null")},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    transport_ = FakeTransport();
    transport_.Say(c.result).Say(c.result).Say(Body("[]"));
    EXPECT_TRUE(Ask().ok());
    EXPECT_THAT(transport_.requests(), SizeIs(3));
  }
}

TEST_F(RestRequestTest, GivesUpAfterFiveTries) {
  transport_.Say(Status(503));
  const absl::Status status = StatusOfAsk();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "products: it answered 503 (5 tries)");
  EXPECT_THAT(transport_.requests(), SizeIs(5));
  EXPECT_EQ(counted_, 5);
}

TEST_F(RestRequestTest, WaitsLongerBeforeEachTry) {
  transport_.Say(Status(503));
  options_.max_tries = 8;
  EXPECT_FALSE(Ask().ok());
  const std::vector<absl::Duration> waits = sleeper_.asked();
  ASSERT_THAT(waits, SizeIs(7));
  absl::Duration ceiling = absl::Milliseconds(250);
  for (const absl::Duration wait : waits) {
    EXPECT_THAT(wait, AllOf(Ge(ceiling / 2), Le(ceiling)));
    ceiling = std::min(ceiling * 2, absl::Duration(absl::Seconds(8)));
  }
}

TEST_F(RestRequestTest, DoesNotRetryWhatIsRefused) {
  const struct {
    int http_status;
    absl::StatusCode code;
  } kCases[] = {
      {401, absl::StatusCode::kUnauthenticated},
      {403, absl::StatusCode::kPermissionDenied},
      {404, absl::StatusCode::kNotFound},
      {400, absl::StatusCode::kUnimplemented},
      {409, absl::StatusCode::kUnavailable},
      {301, absl::StatusCode::kUnavailable},
      {302, absl::StatusCode::kUnavailable},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.http_status);
    transport_ = FakeTransport();
    transport_.Say(Status(c.http_status));
    const absl::Status status = StatusOfAsk();
    EXPECT_EQ(status.code(), c.code);
    EXPECT_THAT(std::string(status.message()), HasSubstr("products: it "));
    EXPECT_THAT(transport_.requests(), SizeIs(1));
  }
  transport_ = FakeTransport();
  transport_.Say(Failed(absl::InvalidArgumentError("a private network"), 0));
  EXPECT_EQ(StatusOfAsk().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(transport_.requests().size(), 1);
}

TEST_F(RestRequestTest, SaysWhatWasGarbled) {
  transport_.Say(Body("<html>token-1</html>"));
  const absl::Status status = StatusOfAsk();
  EXPECT_EQ(status.message(),
            "products: its answer is garbled (not a list) (5 "
            "tries)");
  EXPECT_THAT(status.ToString(), Not(HasSubstr("token-1")));
}

TEST_F(RestRequestTest, EndsWithAnErrorOfTheReaderThatIsNoDamage) {
  transport_.Say(Body("[]"));
  RestRequester requester(options_, &transport_, &quota_, &clock_, &sleeper_,
                          &ids_);
  EXPECT_EQ(requester
                .Ask(call_, request_,
                     [](std::string*) { return absl::NotFoundError("none"); })
                .status()
                .code(),
            absl::StatusCode::kNotFound);
  EXPECT_THAT(transport_.requests(), SizeIs(1));
}

TEST_F(RestRequestTest, WaitsForA429AsLongAsItSays) {
  transport_.Say(TooMany("1500")).Say(TooMany("2500")).Say(Body("[]"));
  EXPECT_TRUE(Ask().ok());
  EXPECT_THAT(sleeper_.asked(),
              ElementsAre(absl::Milliseconds(1500), absl::Milliseconds(2500)));
  EXPECT_EQ(counted_, 3);
}

TEST_F(RestRequestTest, DoesNotCountA429AsAFailedTry) {
  options_.max_tries = 2;
  transport_.Say(Status(500));
  for (int i = 0; i < 10; ++i) transport_.Say(TooMany("1000"));
  transport_.Say(Body("[]"));
  EXPECT_TRUE(Ask().ok());
}

TEST_F(RestRequestTest, EndsWhereA429AsksForMoreThanItsPatience) {
  transport_.Say(TooMany("5001"));
  const absl::Status status = StatusOfAsk();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(RetryAfterOf(status), absl::Milliseconds(5001));
  EXPECT_THAT(sleeper_.asked(), IsEmpty());
  // Nor does anybody else of this account ask before then.
  EXPECT_EQ(StatusOfAsk().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(transport_.requests().size(), 1);
  clock_.Advance(absl::Milliseconds(5001));
  EXPECT_FALSE(Ask().ok());
  EXPECT_EQ(transport_.requests().size(), 2);
}

TEST_F(RestRequestTest, AsksForThePatienceAtEach429) {
  std::vector<absl::Duration> patience = {absl::Seconds(60), absl::Seconds(60),
                                          absl::Seconds(1), absl::Seconds(1)};
  call_.quota_patience = [&patience] {
    const absl::Duration next = patience.front();
    if (patience.size() > 1) patience.erase(patience.begin());
    return next;
  };
  transport_.Say(TooMany("30000"));
  const absl::Status status = StatusOfAsk();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(sleeper_.asked(), ElementsAre(absl::Seconds(30)));
}

TEST_F(RestRequestTest, TakesNoPromiseOfSoonForEver) {
  transport_.Say(TooMany("0"));
  EXPECT_EQ(StatusOfAsk().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LE(transport_.requests().size(), 101);
  EXPECT_THAT(sleeper_.asked(), Each(Ge(absl::Milliseconds(100))));
}

TEST_F(RestRequestTest, SharesTheQuotaAmongConnectionsOfOneAccount) {
  transport_.Say(TooMany("60000"));
  EXPECT_FALSE(Ask().ok());
  call_.account.connection = "bolt";
  EXPECT_FALSE(Ask().ok());
  EXPECT_EQ(transport_.requests().size(), 1) << "same host and token";
  call_.account.token = base::SecretString("token-2");
  EXPECT_FALSE(Ask().ok());
  EXPECT_EQ(transport_.requests().size(), 2);
}

TEST_F(RestRequestTest, KeepsToTheRateExceptWhereLoopbackHasNone) {
  transport_.Say(Body("[]"));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Ask().ok());
  EXPECT_THAT(sleeper_.asked(), IsEmpty());
  // "No limit" is for loopback alone.
  call_.account.base_url = "https://api.skubana.com";
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Ask().ok());
  EXPECT_THAT(sleeper_.asked(),
              ElementsAre(absl::Milliseconds(200), absl::Milliseconds(200)));
}

TEST_F(RestRequestTest, KeepsToTheRateAmongRetries) {
  options_.requests_per_second = 0.1;
  transport_.Say(Status(500)).Say(Body("[]"));
  const absl::Time start = clock_.Now();
  ASSERT_TRUE(Ask().ok());
  EXPECT_EQ(clock_.Now() - start, absl::Seconds(10));
}

TEST_F(RestRequestTest, TriesOnceIfTold) {
  call_.retry = false;
  transport_.Say(Status(503));
  EXPECT_EQ(StatusOfAsk().message(), "products: it answered 503");
  transport_ = FakeTransport();
  transport_.Say(TooMany("10"));
  EXPECT_EQ(StatusOfAsk().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(transport_.requests().size(), 1);
}

TEST_F(RestRequestTest, StopsTryingBeforeTheDeadline) {
  call_.context = base::CallContext(
      clock_.SteadyNow() + absl::Milliseconds(500), base::CancellationToken());
  transport_.Say(Status(503));
  const absl::Status status = StatusOfAsk();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable)
      << "says why, rather than that time is up";
  EXPECT_LT(transport_.requests().size(), 5);
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(StatusOfAsk().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(RestRequestTest, SettingTheClockNeitherEndsNorProlongsARequest) {
  call_.context = base::CallContext(clock_.SteadyNow() + absl::Seconds(30),
                                    base::CancellationToken());
  transport_.Say(Status(503));
  transport_.Say(Body("[]"));
  transport_.OnSend([this] { clock_.Jump(absl::Hours(72)); });
  EXPECT_TRUE(StatusOfAsk().ok());
  transport_.OnSend(nullptr);
  clock_.Jump(-absl::Hours(500));
  EXPECT_TRUE(StatusOfAsk().ok());
  clock_.Advance(absl::Seconds(30));
  EXPECT_EQ(StatusOfAsk().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(RestRequestTest, EndsWhenCancelled) {
  base::CancellationSource source;
  call_.context = base::CallContext(absl::InfiniteFuture(), source.token());
  transport_.Say(Status(503));
  transport_.OnSend([&source] { source.Cancel(); });
  EXPECT_EQ(StatusOfAsk().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(transport_.requests().size(), 1);
}

TEST_F(RestRequestTest, CountsEveryRequestThatWasSent) {
  transport_.Say(Failed(absl::UnavailableError("no connection"), 0))
      .Say(Failed(absl::UnavailableError("broke"), 2))
      .Say(Body("[]"));
  ASSERT_TRUE(Ask().ok());
  EXPECT_EQ(counted_, 3);
}

TEST_F(RestRequestTest, SendsOnceWhatMayHaveBeenProcessed) {
  request_.repeatable = false;
  for (const HttpResult& result :
       {Status(500), Body("<html>"), Body(""),
        Failed(absl::UnavailableError("broke"), 1),
        Failed(absl::DataLossError("too large"), 1)}) {
    transport_ = FakeTransport();
    transport_.Say(result).Say(Body("[]"));
    const absl::Status status = StatusOfAsk();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_FALSE(WasNotProcessed(status));
    EXPECT_THAT(transport_.requests(), SizeIs(1));
  }
}

TEST_F(RestRequestTest, SendsAgainWhatWasCertainlyNotProcessed) {
  request_.repeatable = false;
  transport_.Say(Failed(absl::UnavailableError("no connection"), 0))
      .Say(TooMany("1000"))
      .Say(Body("[]"));
  EXPECT_TRUE(Ask().ok());
  for (const HttpResult& result :
       {Failed(absl::UnavailableError("no connection"), 0), TooMany("60000"),
        Status(401), Status(404)}) {
    transport_ = FakeTransport();
    transport_.Say(result);
    const absl::Status status = StatusOfAsk();
    EXPECT_FALSE(status.ok());
    EXPECT_TRUE(WasNotProcessed(status)) << status;
    clock_.Advance(absl::Hours(1));
  }
}

TEST(RetryAfter, IsReadWithCare) {
  const struct {
    std::string header;
    absl::Duration wait;
  } kCases[] = {
      {"1500", absl::Milliseconds(1500)},
      {" 1500 ", absl::Milliseconds(1500)},
      {"1500.5", absl::Microseconds(1500500)},
      {"0", absl::Milliseconds(100)},
      {"1", absl::Milliseconds(100)},
      {"", absl::Seconds(15)},
      {"-1", absl::Seconds(15)},
      {"soon", absl::Seconds(15)},
      {"nan", absl::Seconds(15)},
      {"1500ms", absl::Seconds(15)},
      {"86400000", absl::Hours(24)},
      {"9999999999999999999999", absl::Hours(24)},
      {"inf", absl::Hours(24)},
      {"1e400", absl::Hours(24)},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(RetryAfter(TooMany(c.header).response), c.wait) << c.header;
  }
}

}  // namespace
}  // namespace oms_connector::order_manager
