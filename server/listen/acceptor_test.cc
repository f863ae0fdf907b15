// The acceptor and the watch over it, with real sockets and a real lack of file
// descriptors.
#include "server/listen/acceptor.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
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

// Connections that stay until they are let go, and the acceptor's bounds.
class CrowdTest : public ::testing::Test {
 protected:
  void Start(size_t max, size_t max_of_one_address) {
    auto sockets = ListeningSockets::Open("127.0.0.1:0");
    ASSERT_TRUE(sockets.ok()) << sockets.status();
    target_ = sockets->bound();
    Acceptor::Options options;
    options.hand_on = [this](int, int connection) {
      absl::MutexLock lock(&mutex_);
      held_.push_back(connection);
    };
    options.on_refused = [] {};
    options.on_crowded = [this](absl::string_view bound) {
      absl::MutexLock lock(&mutex_);
      met_.emplace_back(bound);
    };
    options.max_connections = max;
    options.max_of_one_address = max_of_one_address;
    acceptor_ = std::make_unique<Acceptor>(*std::move(sockets), options);
  }
  void TearDown() override {
    acceptor_->Stop();
    for (const int caller : callers_) close(caller);
    for (const int connection : held_) close(connection);
  }

  // From `from`, an address of this machine's own network.
  void Connect(const char* from) {
    const int caller = socket(AF_INET, SOCK_STREAM, 0);
    callers_.push_back(caller);
    sockaddr_in own = {};
    own.sin_family = AF_INET;
    ASSERT_EQ(inet_pton(AF_INET, from, &own.sin_addr), 1);
    ASSERT_EQ(bind(caller, reinterpret_cast<sockaddr*>(&own), sizeof(own)), 0);
    ASSERT_EQ(connect(caller, target_.get(), target_.length), 0);
  }
  // Until so many were handed on and refused.
  void Await(size_t held, size_t refused) {
    absl::MutexLock lock(&mutex_);
    const auto there = [&] {
      mutex_.AssertHeld();
      return held_.size() == held && met_.size() == refused;
    };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&there), kLong))
        << held_.size() << " and " << met_.size();
  }
  void LetOneGo() {
    absl::MutexLock lock(&mutex_);
    close(held_.back());
    held_.pop_back();
  }

  absl::Mutex mutex_;
  std::vector<int> held_;         // as gRPC would
  std::vector<std::string> met_;  // bounds
  std::vector<int> callers_;
  SocketAddress target_;
  std::unique_ptr<Acceptor> acceptor_;
};

TEST_F(CrowdTest, RefusesWhoIsTooManyUntilOthersHaveGone) {
  Start(/*max=*/2, /*max_of_one_address=*/9);
  Connect("127.0.0.1");
  Connect("127.0.0.2");
  Connect("127.0.0.3");
  Await(2, 1);
  EXPECT_EQ(met_[0], "connections");
  LetOneGo();
  // It looks again a tenth of a second after it has looked.
  size_t refused = 1;
  do {
    absl::SleepFor(absl::Milliseconds(20));
    Connect("127.0.0.4");
    absl::MutexLock lock(&mutex_);
    const auto decided = [&] {
      mutex_.AssertHeld();
      return held_.size() == 2 || met_.size() > refused;
    };
    ASSERT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&decided), kLong));
    refused = met_.size();
    if (held_.size() == 2) break;
  } while (refused < 1000);
  EXPECT_EQ(held_.size(), 2u);
}

TEST_F(CrowdTest, OneMachineLeavesPlacesToOthers) {
  Start(/*max=*/9, /*max_of_one_address=*/2);
  Connect("127.0.0.1");
  Connect("127.0.0.1");
  Connect("127.0.0.1");
  Await(2, 1);
  EXPECT_EQ(met_[0], "connections_of_address");
  Connect("127.0.0.2");
  Await(3, 1);
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
