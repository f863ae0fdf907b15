#include "server/listen/tls_watch.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/manual_clock.h"
#include "tests/support/tls_files.h"

namespace oms_connector::server {
namespace {

using testing_support::ReplaceFile;
using testing_support::TestAuthority;
using testing_support::TestKeyPair;

class TlsWatchTest : public ::testing::Test {
 protected:
  // Also certificates that a test makes later are valid by this clock.
  TlsWatchTest() : clock_(absl::Now() + absl::Minutes(30)) {
    options_.files = {Path("watched.crt"), Path("watched.key"),
                      Path("watched.ca")};
    options_.clock = &clock_;
    options_.sleeper = &sleeper_;
    options_.on_taken = [this](absl::Time, absl::Time) { ++taken_; };
    options_.on_refused = [this] { ++refused_; };
    Write(authority_.Issue("first"));
    ReplaceFile(options_.files.client_ca, authority_.certificate());
  }

  static std::string Path(const std::string& name) {
    return absl::StrCat(::testing::TempDir(), "/", name);
  }
  void Write(const TestKeyPair& pair) const {
    ReplaceFile(options_.files.certificate, pair.certificate);
    ReplaceFile(options_.files.key, pair.key);
  }

  base::ManualClock clock_;
  base::SystemSleeper sleeper_;
  const TestAuthority authority_{"watch"};
  TlsWatch::Options options_;
  int taken_ = 0, refused_ = 0;
};

TEST_F(TlsWatchTest, TakesASetOnceForEachChange) {
  const auto watch = TlsWatch::Open(options_);
  ASSERT_TRUE(watch.ok()) << watch.status();
  EXPECT_EQ(taken_, 1);
  EXPECT_TRUE((*watch)->Look().ok());
  EXPECT_EQ(taken_, 1);
  Write(authority_.Issue("second"));
  EXPECT_TRUE((*watch)->Look().ok());
  EXPECT_TRUE((*watch)->Look().ok());
  EXPECT_EQ(taken_, 2);
  ReplaceFile(options_.files.client_ca, TestAuthority("next").certificate());
  EXPECT_TRUE((*watch)->Look().ok());
  EXPECT_EQ(taken_, 3);
  EXPECT_EQ(refused_, 0);
}

TEST_F(TlsWatchTest, ToldOnceOfTroubleThatStays) {
  const auto watch = TlsWatch::Open(options_);
  ASSERT_TRUE(watch.ok()) << watch.status();
  const TestKeyPair next = authority_.Issue("second");
  ReplaceFile(options_.files.certificate, next.certificate);
  EXPECT_FALSE((*watch)->Look().ok());
  EXPECT_FALSE((*watch)->Look().ok());
  EXPECT_EQ(refused_, 1);
  ReplaceFile(options_.files.key, next.key);
  EXPECT_TRUE((*watch)->Look().ok());
  EXPECT_EQ(taken_, 2);
}

TEST_F(TlsWatchTest, FilesThatGoAwayLeaveTheSetInForce) {
  const auto watch = TlsWatch::Open(options_);
  ASSERT_TRUE(watch.ok()) << watch.status();
  ASSERT_EQ(std::remove(options_.files.key.c_str()), 0);
  EXPECT_EQ((*watch)->Look().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(taken_, 1);
}

TEST_F(TlsWatchTest, DoesNotOpenWithAnExpiredCertificate) {
  clock_.Advance(absl::Hours(72));
  EXPECT_EQ(TlsWatch::Open(options_).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace oms_connector::server
