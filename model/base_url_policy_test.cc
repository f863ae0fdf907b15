#include "model/base_url_policy.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::model {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kField[] = "connection.order_manager.base_url";

BaseUrlPolicy Policy(bool allow_loopback) {
  BaseUrlPolicy policy;
  policy.hosts = {"*.skubana.com", "*.extensiv.com", "api.example.org"};
  policy.allow_loopback = allow_loopback;
  return policy;
}

TEST(BaseUrlPolicy, TakesAndNormalises) {
  const struct {
    std::string url;
    std::string normalised;
  } kCases[] = {
      {"https://api.skubana.com", "https://api.skubana.com"},
      {"https://api.demo.skubana.com", "https://api.demo.skubana.com"},
      {"https://api.extensiv.com", "https://api.extensiv.com"},
      {"https://api.example.org", "https://api.example.org"},
      {"https://api.skubana.com/", "https://api.skubana.com"},
      {"https://API.Skubana.COM", "https://api.skubana.com"},
      {"HTTPS://api.skubana.com", "https://api.skubana.com"},
      {"https://api.skubana.com:443", "https://api.skubana.com"},
      {"https://api.skubana.com:8443", "https://api.skubana.com:8443"},
      {"https://api.skubana.com:8443/", "https://api.skubana.com:8443"},
      {"https://api.skubana.com:65535", "https://api.skubana.com:65535"},
      {"https://xn--bcher-kva.skubana.com",
       "https://xn--bcher-kva.skubana.com"},
      {"https://a--b.skubana.com", "https://a--b.skubana.com"},
      {"https://127.0.0.1.skubana.com", "https://127.0.0.1.skubana.com"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.url);
    const auto checked = CheckBaseUrl(c.url, Policy(false), kField);
    ASSERT_TRUE(checked.ok()) << checked.status();
    EXPECT_EQ(checked->url, c.normalised);
    EXPECT_FALSE(checked->loopback);
  }
}

TEST(BaseUrlPolicy, RefusesWhateverCouldBeReadInTwoWays) {
  const std::string kCases[] = {
      "",
      " ",
      "api.skubana.com",
      "//api.skubana.com",
      "https:api.skubana.com",
      "https:/api.skubana.com",
      "https:///api.skubana.com",
      "https:////api.skubana.com",
      "https://",
      "https:///",
      "http://api.skubana.com",
      "ftp://api.skubana.com",
      "file:///etc/passwd",
      "gopher://api.skubana.com",
      "httpsx://api.skubana.com",
      std::string("https\0://api.skubana.com", 24),
      // Parts that a base URL does not have.
      "https://user@api.skubana.com",
      "https://user:password@api.skubana.com",
      "https://api.skubana.com@evil.example",
      "https://evil.example@api.skubana.com",
      "https://api.skubana.com/service",
      "https://api.skubana.com//",
      "https://api.skubana.com/.",
      "https://api.skubana.com?",
      "https://api.skubana.com?a=b",
      "https://api.skubana.com#",
      "https://api.skubana.com#fragment",
      "https://evil.example#.skubana.com",
      "https://evil.example?.skubana.com",
      "https://evil.example/.skubana.com",
      // Back-slashes.
      "https:\\\\api.skubana.com",
      "https://evil.example\\.skubana.com",
      "https://evil.example\\@api.skubana.com",
      "https://api.skubana.com\\",
      // White space and control characters.
      " https://api.skubana.com",
      "https://api.skubana.com ",
      "https://api.skubana.com\n",
      "https://api.skubana.com\r\nHost: evil.example",
      "https://api.skuba\tna.com",
      "https:// api.skubana.com",
      std::string("https://api.skubana.com\0", 24),
      std::string("https://evil.example\0.skubana.com", 33),
      "https://api.skubana.com\x7f",
      // Percent-encoding, and letters beyond ASCII.
      "https://api%2eskubana.com",
      "https://evil.example%2f.skubana.com",
      "https://evil.example%00.skubana.com",
      "https://%61pi.skubana.com",
      "https://\xC3\xA4pi.skubana.com",
      "https://api\xE3\x80\x82skubana.com",            // ideographic full stop
      "https://api.s\xD0\xBAubana.com",                // Cyrillic k
      "https://evil.example\xEF\xBC\x8F.skubana.com",  // full-width slash
      "https://api.skubana.com\xE2\x80\x8B",           // zero-width space
      "https://\xFF.skubana.com",
      // Hosts that are none, or not allowed.
      "https://api.skubana.com.",
      "https://.skubana.com",
      "https://api..skubana.com",
      "https://-api.skubana.com",
      "https://api-.skubana.com",
      "https://api_1.skubana.com",
      "https://skubana.com",
      "https://evilskubana.com",
      "https://api.skubana.com.evil.example",
      "https://sub.api.example.org",
      "https://evil.example",
      "https://[::1]",
      "https://[::1].skubana.com",
      "https://10.0.0.1",
      "https://127.0.0.1",
      "https://localhost",
      "https://2130706433",
      "https://0x7f000001",
      "https://*.skubana.com",
      absl::StrCat("https://", std::string(64, 'a'), ".skubana.com"),
      absl::StrCat("https://", std::string(63, 'a'), ".", std::string(63, 'a'),
                   ".", std::string(63, 'a'), ".", std::string(63, 'a'),
                   ".skubana.com"),
      // Ports.
      "https://api.skubana.com:",
      "https://api.skubana.com:0",
      "https://api.skubana.com:65536",
      "https://api.skubana.com:99999999999999999999",
      "https://api.skubana.com:-1",
      "https://api.skubana.com:+443",
      "https://api.skubana.com:0443",
      "https://api.skubana.com:443:443",
      "https://api.skubana.com:44a",
      "https://api.skubana.com:/",
  };
  for (const std::string& url : kCases) {
    SCOPED_TRACE(absl::CEscape(url));
    for (const bool allow_loopback : {false, true}) {
      const auto checked = CheckBaseUrl(url, Policy(allow_loopback), kField);
      ASSERT_FALSE(checked.ok());
      EXPECT_EQ(checked.status().code(), absl::StatusCode::kInvalidArgument);
      const auto details = DetailsOf(checked.status());
      ASSERT_TRUE(details.has_value());
      ASSERT_EQ(details->violations.size(), 1);
      EXPECT_EQ(details->violations[0].field, kField);
    }
  }
}

TEST(BaseUrlPolicy, TakesLoopbackInItsTwoPlainSpellingsIfTold) {
  for (const std::string url :
       {"http://127.0.0.1:8080", "http://localhost:8080"}) {
    for (const std::string slash : {"", "/"}) {
      SCOPED_TRACE(url + slash);
      const auto checked = CheckBaseUrl(url + slash, Policy(true), kField);
      ASSERT_TRUE(checked.ok()) << checked.status();
      EXPECT_EQ(checked->url, url);
      EXPECT_TRUE(checked->loopback);
      EXPECT_FALSE(CheckBaseUrl(url + slash, Policy(false), kField).ok());
    }
  }
}

TEST(BaseUrlPolicy, RefusesOtherSpellingsOfLoopback) {
  const std::string kCases[] = {
      "http://127.0.0.1",
      "http://localhost",
      "http://127.0.0.1:",
      "http://127.0.0.1:0",
      "http://127.0.0.1.:8080",
      "http://localhost.:8080",
      "http://LOCALHOST:8080",
      "HTTP://localhost:8080",
      "http://127.1:8080",
      "http://127.0.1:8080",
      "http://127.0.0.2:8080",
      "http://0:8080",
      "http://0.0.0.0:8080",
      "http://0x7f.1:8080",
      "http://0x7f000001:8080",
      "http://2130706433:8080",
      "http://0177.0.0.1:8080",
      "http://127.0.0.01:8080",
      "http://[::1]:8080",
      "http://[::ffff:127.0.0.1]:8080",
      "http://127.0.0.1:8080/a",
      "http://127.0.0.1:8080?a",
      "http://127.0.0.1:8080#a",
      "http://u@127.0.0.1:8080",
      "http://127.0.0.1:8080\\",
      "http://127.0.0.1\\:8080",
      "http://foo.localhost:8080",
      "http://localhost.localdomain:8080",
      "http://ip6-localhost:8080",
      "http://192.168.0.1:8080",
      "http://169.254.169.254:80",
      "https://127.0.0.1:8080",
      "https://localhost:8080",
      "http://\xE2\x91\xA0"
      "27.0.0.1:8080",
      "http://127.0.0.1 :8080",
      "http://127%2e0.0.1:8080",
      "http://loca\xC5\xBFhost:80",
      "http://api.skubana.com:8080",
  };
  for (const std::string& url : kCases) {
    SCOPED_TRACE(url);
    EXPECT_FALSE(CheckBaseUrl(url, Policy(true), kField).ok());
  }
}

TEST(BaseUrlPolicy, DoesNotRepeatWhatItRefuses) {
  const auto checked = CheckBaseUrl("https://joe:hunter2@api.skubana.com",
                                    Policy(false), kField);
  ASSERT_FALSE(checked.ok());
  EXPECT_THAT(std::string(checked.status().message()),
              Not(HasSubstr("hunter2")));
}

TEST(BaseUrlPolicy, ReadsHostLists) {
  EXPECT_THAT(*ParseHostList("*.skubana.com,*.extensiv.com"),
              ElementsAre("*.skubana.com", "*.extensiv.com"));
  EXPECT_THAT(*ParseHostList(" API.example.org , ,"),
              ElementsAre("api.example.org"));
  EXPECT_THAT(*ParseHostList(""), IsEmpty());
  for (const std::string text :
       {"*", "*.", "*.*", "a.*.com", "*example.com", "https://api.skubana.com",
        "api.skubana.com:443", "10.0.0.1", "a b", "a.com;b.com",
        "api.skubana.com."}) {
    SCOPED_TRACE(text);
    EXPECT_EQ(ParseHostList(text).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(BaseUrlPolicy, TakesPlainPathPrefixes) {
  for (const std::string path :
       {"", "/service", "/a/b", "/v1.2", "/a-b_c~d", "/...", "/.hidden"}) {
    SCOPED_TRACE(path);
    EXPECT_TRUE(CheckPathPrefix(path, "path_prefix").ok());
  }
}

TEST(BaseUrlPolicy, RefusesOtherPathPrefixes) {
  const std::string kCases[] = {
      "/",
      "service",
      "service/",
      "/service/",
      "//service",
      "/a//b",
      "/.",
      "/..",
      "/a/../b",
      "/a/.",
      "/a?b",
      "/a#b",
      "/a%2e%2e",
      "/a\\b",
      "\\a",
      "/a b",
      "/a\n",
      "/a\r\nX: y",
      "/a;b",
      "/a@b",
      "/\xC3\xA4",
      "/a:b",
      "/a&b",
      "?",
      "@evil.example",
      ":80/service",
      std::string("/a\0", 3),
      absl::StrCat("/", std::string(200, 'a')),
  };
  for (const std::string& path : kCases) {
    SCOPED_TRACE(absl::CEscape(path));
    const absl::Status status = CheckPathPrefix(path, "path_prefix");
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr("path_prefix"));
  }
}

}  // namespace
}  // namespace oms_connector::model
