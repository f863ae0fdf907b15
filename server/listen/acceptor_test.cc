// The acceptor and the watch over it, with real sockets and a real lack of file
// descriptors.
#include "server/listen/acceptor.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "server/listen/listener_watch.h"
#include "server/listen/listening_sockets.h"
#include "server/listen/socket_address.h"

namespace oms_connector::server {
namespace {

constexpr absl::Duration kLong = absl::Seconds(30);

// The lowest descriptor that is free.
int NextDescriptor() {
  const int next = dup(STDIN_FILENO);
  close(next);
  return next;
}

// Lowers this process's limit of descriptors for as long as it lives.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(int limit) {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit lower = before_;
    lower.rlim_cur = static_cast<rlim_t>(limit);
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &lower), 0);
  }
  ~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_;
};

class AcceptorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto sockets = ListeningSockets::Open("127.0.0.1:0");
    ASSERT_TRUE(sockets.ok()) << sockets.status();
    caller_ = socket(AF_INET, SOCK_STREAM, 0);
    target_ = sockets->bound();
    Acceptor::Options options;
    options.hand_on = [this](int, int connection) {
      close(connection);
      handed_on_.Notify();
    };
    options.on_refused = [this] { ++refused_; };
    acceptor_ = std::make_unique<Acceptor>(*std::move(sockets), options);
  }
  void TearDown() override { close(caller_); }

  // The system connects; it does not take the acceptor.
  bool Connect() const {
    return connect(caller_, target_.get(), target_.length) == 0;
  }
  // Whether the other side has ended the connection.
  bool AwaitEnd() const {
    pollfd watched = {caller_, POLLIN, 0};
    char byte;
    return poll(&watched, 1, 30'000) == 1 &&
           recv(caller_, &byte, 1, MSG_DONTWAIT) <= 0;
  }

  absl::Notification handed_on_;
  std::atomic<int> refused_{0};
  int caller_ = -1;
  SocketAddress target_;
  std::unique_ptr<Acceptor> acceptor_;
};

TEST_F(AcceptorTest, HandsOnWhoComes) {
  ASSERT_TRUE(Connect());
  EXPECT_TRUE(handed_on_.WaitForNotificationWithTimeout(kLong));
}

TEST_F(AcceptorTest, GoesOnWhenDescriptorsAreFreeAgain) {
  {
    const DescriptorLimit none(NextDescriptor());
    ASSERT_TRUE(Connect());
    // Time for several attempts, none of which can succeed.
    EXPECT_FALSE(
        handed_on_.WaitForNotificationWithTimeout(absl::Milliseconds(500)));
  }
  EXPECT_TRUE(handed_on_.WaitForNotificationWithTimeout(kLong));
}

TEST_F(AcceptorTest, KeepsTheLastDescriptorsBack) {
  const DescriptorLimit few(NextDescriptor() + 2);
  ASSERT_TRUE(Connect());
  EXPECT_TRUE(AwaitEnd());
  EXPECT_EQ(refused_, 1);
  EXPECT_FALSE(handed_on_.HasBeenNotified());
}

TEST_F(AcceptorTest, RefusesAfterStop) {
  acceptor_->Stop();
  EXPECT_FALSE(Connect());
}

TEST_F(AcceptorTest, IsSeenToAnswer) {
  EXPECT_TRUE(DialListener(acceptor_->bound(), kLong).ok());
  acceptor_->Stop();
  EXPECT_FALSE(DialListener(acceptor_->bound(), kLong).ok());
}

class ListenerWatchTest : public ::testing::Test {
 protected:
  ListenerWatch::Options Options(const SocketAddress& address) {
    ListenerWatch::Options options;
    options.address = address;
    options.interval = absl::Milliseconds(1);
    options.dial_timeout = absl::Milliseconds(20);
    options.on_failed_dial = [this] { ++failed_; };
    options.on_lost = [this] { lost_.Notify(); };
    return options;
  }

  base::SystemSleeper sleeper_;
  std::atomic<int> failed_{0};
  absl::Notification lost_;
};

TEST_F(ListenerWatchTest, GivesUpAListenerThatTakesNobody) {
  // Connections come about, but no program takes them.
  const auto sockets = ListeningSockets::Open("127.0.0.1:0");
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  ListenerWatch watch(Options(sockets->bound()), &sleeper_);
  EXPECT_FALSE(watch.lost());
  watch.Start();
  EXPECT_TRUE(lost_.WaitForNotificationWithTimeout(kLong));
  EXPECT_EQ(failed_, 3);
  EXPECT_TRUE(watch.lost());
}

TEST_F(ListenerWatchTest, LeavesAListenerThatAnswersAlone) {
  std::atomic<int> dials{0};
  absl::Notification enough;
  auto sockets = ListeningSockets::Open("127.0.0.1:0");
  ASSERT_TRUE(sockets.ok()) << sockets.status();
  Acceptor acceptor(*std::move(sockets), {[&](int, int connection) {
                                            close(connection);
                                            if (++dials == 20) enough.Notify();
                                          },
                                          [] {}});
  ListenerWatch::Options options = Options(acceptor.bound());
  options.dial_timeout = kLong;
  ListenerWatch watch(std::move(options), &sleeper_);
  watch.Start();
  EXPECT_TRUE(enough.WaitForNotificationWithTimeout(kLong));
  watch.Stop();
  EXPECT_FALSE(watch.lost());
}

}  // namespace
}  // namespace oms_connector::server
