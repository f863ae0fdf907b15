#include "order_manager/curl_transport.h"

#include <zlib.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/loopback_server.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::StartsWith;

using Peer = LoopbackServer::Peer;

std::string Answer(absl::string_view body, absl::string_view headers = "",
                   absl::string_view status = "200 OK") {
  return absl::StrCat("HTTP/1.1 ", status, "\r\nContent-Length: ", body.size(),
                      "\r\n", headers, "\r\n", body);
}

std::string Gzip(const std::string& text) {
  z_stream stream = {};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9,
               Z_DEFAULT_STRATEGY);
  std::string zipped(deflateBound(&stream, text.size()), '\0');
  stream.next_in =
      reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // read only
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(zipped.data());
  stream.avail_out = static_cast<uInt>(zipped.size());
  deflate(&stream, Z_FINISH);
  zipped.resize(stream.total_out);
  deflateEnd(&stream);
  return zipped;
}

class CurlTransportTest : public ::testing::Test {
 protected:
  static CurlTransport::Options SmallLimits() {
    CurlTransport::Options options;
    options.max_body_bytes = 100'000;
    options.max_header_bytes = 4'000;
    options.slow_limit = absl::Milliseconds(100);
    options.min_bytes_per_second = 100'000;
    return options;
  }

  static HttpRequest Get(const std::string& url) {
    HttpRequest request;
    request.url = url;
    request.loopback = true;
    return request;
  }

  // A transport's answer to one GET from a server that answers so.
  HttpResult GetFrom(LoopbackServer::Handler handler,
                     CurlTransport::Options options = SmallLimits()) {
    LoopbackServer server(std::move(handler));
    CurlTransport transport(std::move(options), &clock_);
    return transport.Send(Get(server.url()), base::CallContext());
  }

  HttpResult GetFrom(const std::string& answer) {
    return GetFrom([&answer](Peer& peer) { peer.Write(answer); });
  }

  base::SystemClock clock_;
};

TEST_F(CurlTransportTest, AsksAndReadsTheAnswer) {
  LoopbackServer server([](Peer& peer) {
    peer.Write(Answer("[1]", "X-Skubana-Quota-RetryAfter:  1500 \r\n",
                      "429 Too Many Requests"));
  });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  HttpRequest request = Get(server.url() + "/v1/a%20b?sku=%2B&x[]=1");
  request.bearer_token = base::SecretString("secret");
  const HttpResult result = transport.Send(request, base::CallContext());
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.response.status, 429);
  EXPECT_EQ(result.response.body, "[1]");
  EXPECT_THAT(result.response.headers,
              Contains(Pair("x-skubana-quota-retryafter", "1500")));
  EXPECT_EQ(result.requests_sent, 1);
  const std::string asked = server.requests()[0];
  EXPECT_THAT(asked, StartsWith("GET /v1/a%20b?sku=%2B&x[]=1 HTTP/1.1\r\n"));
  EXPECT_THAT(asked, HasSubstr("\r\nAuthorization: Bearer secret\r\n"));
  EXPECT_THAT(asked, HasSubstr("\r\nAccept: application/json\r\n"));
  EXPECT_THAT(asked, HasSubstr("\r\nUser-Agent: oms-connector\r\n"));
  EXPECT_THAT(asked, HasSubstr("\r\nAccept-Encoding: gzip"));
}

TEST_F(CurlTransportTest, Posts) {
  LoopbackServer server([](Peer& peer) { peer.Write(Answer("[]")); });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  HttpRequest request = Get(server.url() + "/x");
  request.method = HttpMethod::kPost;
  request.body = R"({"salesChannelIds":[7]})";
  ASSERT_TRUE(transport.Send(request, base::CallContext()).status.ok());
  const std::string asked = server.requests()[0];
  EXPECT_THAT(asked, StartsWith("POST /x HTTP/1.1\r\n"));
  EXPECT_THAT(asked, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(asked, HasSubstr("\r\n\r\n{\"salesChannelIds\":[7]}"));
  EXPECT_THAT(asked, Not(HasSubstr("Expect:")));
}

TEST_F(CurlTransportTest, UsesAConnectionAgain) {
  LoopbackServer server([](Peer& peer) { peer.Write(Answer("[]")); });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  for (int i = 0; i < 5; ++i) {
    const HttpResult result =
        transport.Send(Get(server.url()), base::CallContext());
    ASSERT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(result.requests_sent, 1);
  }
  EXPECT_EQ(server.connections(), 1);
}

// A server that closes the connection at its second request, unanswered.
void AnswerTheFirstOnly(Peer& peer) {
  if (peer.connection == 1 && peer.number == 2) return peer.Close();
  peer.Write(Answer("[]"));
}

TEST_F(CurlTransportTest, CountsARequestThatGoesOutAgainOnANewConnection) {
  LoopbackServer server(&AnswerTheFirstOnly);
  CurlTransport transport(CurlTransport::Options(), &clock_);
  transport.Send(Get(server.url()), base::CallContext());
  const HttpResult result =
      transport.Send(Get(server.url()), base::CallContext());
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.requests_sent, 2);
  EXPECT_EQ(server.requests().size(), 3);
}

TEST_F(CurlTransportTest, SendsOnceWhatMustNotBeRepeated) {
  LoopbackServer server([](Peer& peer) {
    if (peer.connection == 1) {
      peer.Write(Answer("[]"));
    } else {
      peer.Close();
    }
  });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  transport.Send(Get(server.url()), base::CallContext());
  HttpRequest request = Get(server.url());
  request.method = HttpMethod::kPost;
  request.repeatable = false;
  const HttpResult result = transport.Send(request, base::CallContext());
  EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(result.requests_sent, 1);
  EXPECT_EQ(server.connections(), 2);
  EXPECT_EQ(server.requests().size(), 2);
}

TEST_F(CurlTransportTest, FollowsNoRedirect) {
  LoopbackServer elsewhere([](Peer& peer) { peer.Write(Answer("[]")); });
  const HttpResult result = GetFrom(Answer(
      "", absl::StrCat("Location: ", elsewhere.url(), "\r\n"), "302 Found"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.response.status, 302);
  EXPECT_EQ(elsewhere.connections(), 0);
}

TEST_F(CurlTransportTest, InflatesWithinTheLimit) {
  const HttpResult result = GetFrom(
      Answer(Gzip(std::string(99'000, ' ')), "Content-Encoding: gzip\r\n"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.response.body.size(), 99'000);
}

TEST_F(CurlTransportTest, RefusesAnswersBeyondTheLimits) {
  std::string blanks;
  blanks.append(50'000'000, ' ');
  const std::string kAnswers[] = {
      // More than the limit, told or untold.
      Answer(std::string(100'001, ' ')),
      absl::StrCat("HTTP/1.1 200 OK\r\n\r\n", std::string(100'001, ' ')),
      "HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n",
      // Small on the wire only.
      Answer(Gzip(blanks), "Content-Encoding: gzip\r\n"),
      Answer(Gzip(Gzip(blanks)), "Content-Encoding: gzip, gzip\r\n"),
      // Not compressed at all.
      Answer("[]", "Content-Encoding: gzip\r\n"),
      // Headers without end, and one that is long.
      Answer("[]", absl::StrCat("X-Long: ", std::string(5'000, 'x'), "\r\n")),
  };
  for (const std::string& answer : kAnswers) {
    SCOPED_TRACE(answer.substr(0, 80));
    const HttpResult result = GetFrom(answer);
    EXPECT_EQ(result.status.code(), absl::StatusCode::kDataLoss)
        << result.status;
    EXPECT_EQ(result.requests_sent, 1);
  }
}

TEST_F(CurlTransportTest, EndsAnEndlessAnswer) {
  const auto endless = [](const std::string& start, const std::string& more) {
    return [=](Peer& peer) {
      peer.Write(start);
      while (peer.Write(more)) {
      }
      peer.Close();
    };
  };
  EXPECT_EQ(GetFrom(endless("HTTP/1.1 200 OK\r\n\r\n[", "[],")).status.code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(
      GetFrom(endless("HTTP/1.1 200 OK\r\n", "X-More: x\r\n")).status.code(),
      absl::StatusCode::kDataLoss);
}

TEST_F(CurlTransportTest, SaysThatABrokenConnectionMayHaveDeliveredTheRequest) {
  const std::string kAnswers[] = {
      "",
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,2",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
      "no HTTP at all\r\n\r\n",
  };
  for (const std::string& answer : kAnswers) {
    SCOPED_TRACE(answer);
    const HttpResult result = GetFrom([&answer](Peer& peer) {
      peer.Write(answer);
      peer.Close();
    });
    EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(result.requests_sent, 1);
  }
}

TEST_F(CurlTransportTest, KnowsThatNothingWasSentWhereNobodyListens) {
  std::string url;
  {
    LoopbackServer server([](Peer&) {});
    url = server.url();
  }
  CurlTransport transport(CurlTransport::Options(), &clock_);
  const HttpResult result = transport.Send(Get(url), base::CallContext());
  EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(result.requests_sent, 0);
}

TEST_F(CurlTransportTest, GivesUpOnAnAnswerThatDripsButWaitsForTheFirstByte) {
  const HttpResult dripping = GetFrom([](Peer& peer) {
    peer.Write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (peer.Write("x")) peer.Wait(absl::Milliseconds(10));
    peer.Close();
  });
  EXPECT_EQ(dripping.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(dripping.status.ToString(), HasSubstr("too slowly"));

  const HttpResult thinking = GetFrom([](Peer& peer) {
    peer.Wait(absl::Milliseconds(400));  // four times the window
    peer.Write(Answer("[]"));
  });
  EXPECT_TRUE(thinking.status.ok()) << thinking.status;
}

TEST_F(CurlTransportTest, LimitsTheTotalTime) {
  CurlTransport::Options options;
  options.total_limit = absl::Milliseconds(50);
  const HttpResult result =
      GetFrom([](Peer& peer) { peer.WaitForTheEnd(); }, options);
  EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(result.status.ToString(), HasSubstr("took too long"));
}

TEST_F(CurlTransportTest, KeepsToTheDeadlineOfTheCall) {
  LoopbackServer server([](Peer& peer) { peer.WaitForTheEnd(); });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  const base::CallContext context(clock_.SteadyNow() + absl::Milliseconds(50),
                                  base::CancellationToken());
  EXPECT_EQ(transport.Send(Get(server.url()), context).status.code(),
            absl::StatusCode::kDeadlineExceeded);
  // It has passed: nothing is sent at all.
  const HttpResult late = transport.Send(Get(server.url()), context);
  EXPECT_EQ(late.status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(late.requests_sent, 0);
  EXPECT_EQ(server.requests().size(), 1);
}

TEST_F(CurlTransportTest, EndsAtOnceWhenCancelled) {
  LoopbackServer server([](Peer& peer) { peer.WaitForTheEnd(); });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  base::CancellationSource source;
  HttpResult result;
  std::thread caller([&] {
    result = transport.Send(
        Get(server.url()),
        base::CallContext(absl::InfiniteFuture(), source.token()));
  });
  server.AwaitRequests(1);
  const absl::Time cancelled = clock_.Now();
  source.Cancel();
  caller.join();
  EXPECT_LT(clock_.Now() - cancelled, absl::Milliseconds(500));
  EXPECT_EQ(result.status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(result.requests_sent, 1);
}

TEST_F(CurlTransportTest, ConnectsToNoAddressThatIsNotAllowed) {
  LoopbackServer server([](Peer& peer) { peer.Write(Answer("[]")); });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  for (const std::string& url :
       {absl::StrCat("https://127.0.0.1:", server.port()),
        absl::StrCat("https://localhost:", server.port()),
        absl::StrCat("https://127.1:", server.port()),
        std::string("https://10.0.0.1"), std::string("https://[::1]"),
        std::string("https://[::ffff:10.0.0.1]"),
        std::string("https://169.254.169.254")}) {
    SCOPED_TRACE(url);
    HttpRequest request = Get(url);
    request.loopback = false;
    const HttpResult result = transport.Send(request, base::CallContext());
    EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(result.requests_sent, 0);
  }
  EXPECT_EQ(
      transport.Send(Get("http://10.0.0.1"), base::CallContext()).status.code(),
      absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlTransportTest, SpeaksNoProtocolButTheOneWanted) {
  LoopbackServer server([](Peer& peer) { peer.Write(Answer("[]")); });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  HttpRequest plain = Get(server.url());
  plain.loopback = false;
  EXPECT_FALSE(transport.Send(plain, base::CallContext()).status.ok());
  for (const std::string url :
       {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/"}) {
    EXPECT_FALSE(transport.Send(Get(url), base::CallContext()).status.ok());
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlTransportTest, TakesNoProxyFromTheEnvironment) {
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy"}) {
    setenv(name, "http://127.0.0.1:1", 1);
  }
  EXPECT_TRUE(GetFrom(Answer("[]")).status.ok());
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy"}) {
    unsetenv(name);
  }
}

TEST_F(CurlTransportTest, KeepsNoCookies) {
  LoopbackServer server(
      [](Peer& peer) { peer.Write(Answer("[]", "Set-Cookie: a=b\r\n")); });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  transport.Send(Get(server.url()), base::CallContext());
  transport.Send(Get(server.url()), base::CallContext());
  EXPECT_THAT(server.requests()[1], Not(HasSubstr("Cookie")));
}

TEST_F(CurlTransportTest, SendsNoTokenThatWouldBreakTheHead) {
  LoopbackServer server([](Peer& peer) { peer.Write(Answer("[]")); });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  for (const std::string token :
       {"a\r\nHost: evil.example", "a b", "a\n", "\xC3\xA4"}) {
    HttpRequest request = Get(server.url());
    request.bearer_token = base::SecretString(std::string(token));
    EXPECT_EQ(transport.Send(request, base::CallContext()).status.code(),
              absl::StatusCode::kUnauthenticated);
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(CurlTransportTest, ServesManyThreadsAtOnce) {
  LoopbackServer server([](Peer& peer) { peer.Write(Answer(peer.request)); });
  CurlTransport transport(CurlTransport::Options(), &clock_);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < 20; ++i) {
        const std::string path = absl::StrCat("/", thread, "-", i);
        const HttpResult result =
            transport.Send(Get(server.url() + path), base::CallContext());
        EXPECT_THAT(result.response.body,
                    StartsWith(absl::StrCat("GET ", path, " ")));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(server.connections(), 8);
}

}  // namespace
}  // namespace oms_connector::order_manager
