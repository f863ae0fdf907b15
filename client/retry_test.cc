#include "client/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "oms_connector/client/rpc_status.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/connector_service.pb.h"

namespace oms_connector::client {
namespace {

constexpr double kLongest = 0.999999;

absl::Status Unavailable(std::optional<absl::Duration> retry = std::nullopt) {
  absl::Status status = absl::UnavailableError("down");
  if (!retry.has_value()) return status;
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(*retry));
  status.SetPayload("type.googleapis.com/google.rpc.RetryInfo",
                    absl::Cord(info.SerializeAsString()));
  return status;
}

TEST(Retry, ReadsThePushbackTrailer) {
  EXPECT_EQ(ParsePushback("1500"), absl::Milliseconds(1500));
  EXPECT_EQ(ParsePushback("0"), absl::ZeroDuration());
  EXPECT_EQ(ParsePushback("-1"), absl::InfiniteDuration());
  EXPECT_EQ(ParsePushback("soon"), absl::InfiniteDuration());
  EXPECT_EQ(ParsePushback(""), absl::InfiniteDuration());
}

struct Case {
  const char* what;
  int attempts;
  Attempt last;
  absl::Duration remaining;
  double random;
  std::optional<absl::Duration> want;
};

TEST(Retry, WaitsAsLongAsTheServerAsksAndTimeAllows) {
  const absl::Duration minute = absl::Minutes(1);
  const Case cases[] = {
      {"first retry, shortest",
       1,
       {Unavailable(), {}},
       minute,
       0.0,
       absl::Milliseconds(125)},
      {"third retry, shortest",
       3,
       {Unavailable(), {}},
       minute,
       0.0,
       absl::Milliseconds(500)},
      {"the last try was made", 5, {Unavailable(), {}}, minute, 0.0, {}},
      {"RetryInfo is a minimum",
       1,
       {Unavailable(absl::Seconds(3)), {}},
       minute,
       kLongest,
       absl::Seconds(3)},
      {"pushback decides",
       1,
       {Unavailable(absl::Seconds(3)), absl::Milliseconds(40)},
       minute,
       kLongest,
       absl::Milliseconds(40)},
      {"pushback of zero is at once",
       1,
       {Unavailable(), absl::ZeroDuration()},
       minute,
       0.0,
       absl::ZeroDuration()},
      {"pushback says no",
       1,
       {Unavailable(), absl::InfiniteDuration()},
       absl::InfiniteDuration(),
       0.0,
       {}},
      {"no time left to wait",
       1,
       {Unavailable(absl::Seconds(3)), {}},
       absl::Seconds(3),
       0.0,
       {}},
      {"deadline is final",
       1,
       {absl::DeadlineExceededError(""), {}},
       minute,
       0.0,
       {}},
      {"quota is final",
       1,
       {absl::ResourceExhaustedError(""), absl::Milliseconds(10)},
       minute,
       0.0,
       {}},
      {"aborted is final", 1, {absl::AbortedError(""), {}}, minute, 0.0, {}},
      {"internal is final", 1, {absl::InternalError(""), {}}, minute, 0.0, {}},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(
        NextDelay(RetryOptions(), c.attempts, c.last, c.remaining, c.random),
        c.want)
        << c.what;
  }
}

TEST(Retry, OneAttemptMeansNoRetries) {
  RetryOptions options;
  options.max_attempts = 1;
  EXPECT_EQ(NextDelay(options, 1, {Unavailable(), {}}, absl::Minutes(1), 0.0),
            std::nullopt);
}

TEST(Retry, AnUnreachableServerCanBeFinal) {
  RetryOptions options;
  options.when_unreachable = false;
  const absl::Status overloaded = ErrorWithReason(
      absl::StatusCode::kUnavailable, "too many calls at once", "OVERLOADED");
  EXPECT_EQ(NextDelay(options, 1, {Unavailable(), {}}, absl::Minutes(1), 0.0),
            std::nullopt);
  EXPECT_NE(NextDelay(options, 1, {overloaded, {}}, absl::Minutes(1), 0.0),
            std::nullopt);
}

TEST(Retry, TheContractSaysWhatMayBeRepeated) {
  EXPECT_TRUE(MayRepeat(v1::GetSettingsRequest()));       // NO_SIDE_EFFECTS
  EXPECT_TRUE(MayRepeat(v1::CancelSyncRunRequest()));     // IDEMPOTENT
  EXPECT_FALSE(MayRepeat(v1::ReplayShipmentsRequest()));  // neither
  v1::ReplayShipmentsRequest with_id;
  with_id.set_request_id("6d0f9a52-27c3-4a64-9a2e-0d4c7c8a3b11");
  EXPECT_TRUE(MayRepeat(with_id));
  EXPECT_FALSE(MayRepeat(v1::Settings()));  // no request at all
}

TEST(Retry, AnRpcIsKnownByItsRequest) {
  EXPECT_EQ(MethodOf(v1::SyncInventoryRequest())->name(), "SyncInventory");
  EXPECT_EQ(MethodOf(v1::GetConnectionRequest())->name(), "GetConnection");
  EXPECT_EQ(MethodOf(v1::Settings()), nullptr);
}

}  // namespace
}  // namespace oms_connector::client
