// Many long-polls that wait at a server at once, from a handful of threads.
//
//   LongPollCrowd crowd(server->address(), 1000, request);
//   ASSERT_TRUE(AwaitLongPolls(server->admin_address(), 1000));
//   ... something happens ...
//   ASSERT_TRUE(crowd.AwaitAnswers(absl::Seconds(20)));
//   for (const auto& answer : crowd.answers()) EXPECT_EQ(answer.error(), "OK");
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_LONG_POLL_CROWD_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_LONG_POLL_CROWD_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/support/wire_client.h"

namespace oms_connector::testing_support {

// Not thread-safe.
class LongPollCrowd {
 public:
  // Sends `count` calls with the request that `text` is, over connections of
  // their own, and returns at once.
  LongPollCrowd(const std::string& address, int count, absl::string_view text);
  // Cancels the calls that were not answered.
  ~LongPollCrowd();
  LongPollCrowd(const LongPollCrowd&) = delete;
  LongPollCrowd& operator=(const LongPollCrowd&) = delete;

  // False when some are not answered in time.
  bool AwaitAnswers(absl::Duration timeout);
  int answered() const;

  // To be called when all are answered.
  const std::vector<WireAnswer<v1::PollShipmentsResponse>>& answers() const;

 private:
  struct Poll;

  v1::PollShipmentsRequest request_;
  std::vector<std::unique_ptr<ConnectorStub>> stubs_;
  std::vector<std::unique_ptr<Poll>> polls_;
  std::vector<WireAnswer<v1::PollShipmentsResponse>> answers_;
  mutable absl::Mutex mutex_;
  int answered_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_LONG_POLL_CROWD_H_
