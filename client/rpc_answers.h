#ifndef OMS_CONNECTOR_CLIENT_RPC_ANSWERS_H_
#define OMS_CONNECTOR_CLIENT_RPC_ANSWERS_H_

// What the tests of both services' RPCs share: statuses that a mocked stub
// answers with, and surroundings in which no time is lost.

#include <grpcpp/support/status.h>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "client/retrying_caller.h"

namespace oms_connector::client {

// Statuses in turn, the last one for ever.
class RpcAnswers {
 public:
  explicit RpcAnswers(std::vector<grpc::Status> statuses)
      : statuses_(std::move(statuses)) {}

  grpc::Status Next() {
    ++calls_;
    const size_t last = statuses_.size() - 1;
    return statuses_[next_ < last ? next_++ : last];
  }

  int calls() const { return calls_; }

 private:
  const std::vector<grpc::Status> statuses_;
  size_t next_ = 0;
  int calls_ = 0;
};

// A clock ahead of the machine's by an hour, so that the deadlines made from it
// are in the future for gRPC too; sleeping moves it.
struct TestSurroundings {
  TestSurroundings() : TestSurroundings(base::SystemClock().Now()) {}
  explicit TestSurroundings(absl::Time now)
      : clock(std::make_shared<base::ManualClock>(now + absl::Hours(1))),
        sleeper(std::make_shared<base::ManualSleeper>(clock.get())) {}

  Surroundings Make() const {
    return {clock, sleeper, std::make_shared<base::SequentialIdGenerator>()};
  }

  std::shared_ptr<base::ManualClock> clock;
  std::shared_ptr<base::ManualSleeper> sleeper;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_RPC_ANSWERS_H_
