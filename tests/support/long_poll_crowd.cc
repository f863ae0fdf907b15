#include "tests/support/long_poll_crowd.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace oms_connector::testing_support {
namespace {

// Below what the server takes on one connection, so that none waits for its
// turn at the client.
constexpr int kCallsPerConnection = 250;
constexpr absl::Duration kDeadline = absl::Seconds(60);

}  // namespace

struct LongPollCrowd::Poll {
  grpc::ClientContext context;
};

LongPollCrowd::LongPollCrowd(const std::string& address, int count,
                             absl::string_view text)
    : answers_(static_cast<size_t>(count)) {
  FillFromText(text, &request_);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  for (int i = 0; i < count; ++i) {
    if (i % kCallsPerConnection == 0) {
      stubs_.push_back(v1::ConnectorService::NewStub(grpc::CreateCustomChannel(
          address, grpc::InsecureChannelCredentials(), arguments)));
    }
    polls_.push_back(std::make_unique<Poll>());
    Poll& poll = *polls_.back();
    poll.context.set_deadline(absl::ToChronoTime(absl::Now() + kDeadline));
    WireAnswer<v1::PollShipmentsResponse>& answer =
        answers_[static_cast<size_t>(i)];
    stubs_.back()->async()->PollShipments(
        &poll.context, &request_, &answer.response,
        [this, &answer](const grpc::Status& status) {
          answer.status = status;
          absl::MutexLock lock(&mutex_);
          ++answered_;
        });
  }
}

LongPollCrowd::~LongPollCrowd() {
  for (const auto& poll : polls_) poll->context.TryCancel();
  AwaitAnswers(absl::InfiniteDuration());
}

bool LongPollCrowd::AwaitAnswers(absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  const auto all = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return static_cast<size_t>(answered_) == answers_.size();
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&all), timeout);
}

int LongPollCrowd::answered() const {
  absl::MutexLock lock(&mutex_);
  return answered_;
}

const std::vector<WireAnswer<v1::PollShipmentsResponse>>&
LongPollCrowd::answers() const {
  return answers_;
}

}  // namespace oms_connector::testing_support
