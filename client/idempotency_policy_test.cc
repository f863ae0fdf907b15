#include "client/idempotency_policy.h"

#include <gtest/gtest.h>

namespace oms_connector::client {
namespace {

template <typename Request>
bool WithoutId() {
  return MayRetry(Request());
}

template <typename Request>
bool WithId() {
  Request request;
  request.set_request_id("4f0c2c64-7a7e-4f43-9d07-2a1a6a6f8e10");
  return MayRetry(request);
}

TEST(IdempotencyPolicy, ReadsMayBeRepeated) {
  EXPECT_TRUE(WithoutId<v1::GetSettingsRequest>());
  EXPECT_TRUE(WithoutId<v1::SyncInventoryRequest>());
  EXPECT_TRUE(WithoutId<v1::PollShipmentsRequest>());
  EXPECT_TRUE(WithoutId<v1::GetConnectionRequest>());
  EXPECT_TRUE(WithoutId<v1::ListConnectionsRequest>());
  EXPECT_TRUE(WithoutId<v1::TestConnectionRequest>());
  EXPECT_TRUE(WithoutId<v1::ListSettingsChangesRequest>());
  EXPECT_TRUE(WithoutId<v1::PreviewSettingsRequest>());
  EXPECT_TRUE(WithoutId<v1::ListShipmentsRequest>());
  EXPECT_TRUE(WithoutId<v1::ListConsumersRequest>());
  EXPECT_TRUE(WithoutId<v1::GetSyncRunRequest>());
  EXPECT_TRUE(WithoutId<v1::ListSyncRunsRequest>());
}

TEST(IdempotencyPolicy, CallsThatEndInTheSameStateMayBeRepeated) {
  EXPECT_TRUE(WithoutId<v1::CancelSyncRunRequest>());
  EXPECT_TRUE(WithoutId<v1::ResetConsumerRequest>());
}

TEST(IdempotencyPolicy, WritesNeedARequestId) {
  EXPECT_FALSE(WithoutId<v1::UpdateSettingsRequest>());
  EXPECT_FALSE(WithoutId<v1::AcknowledgeShipmentsRequest>());
  EXPECT_FALSE(WithoutId<v1::CreateConnectionRequest>());
  EXPECT_FALSE(WithoutId<v1::UpdateConnectionRequest>());
  EXPECT_FALSE(WithoutId<v1::ReleaseShipmentsRequest>());
  EXPECT_FALSE(WithoutId<v1::ReplayShipmentsRequest>());
  EXPECT_TRUE(WithId<v1::UpdateSettingsRequest>());
  EXPECT_TRUE(WithId<v1::AcknowledgeShipmentsRequest>());
  EXPECT_TRUE(WithId<v1::CreateConnectionRequest>());
  EXPECT_TRUE(WithId<v1::UpdateConnectionRequest>());
  EXPECT_TRUE(WithId<v1::ReleaseShipmentsRequest>());
  EXPECT_TRUE(WithId<v1::ReplayShipmentsRequest>());
}

TEST(IdempotencyPolicy, AnUpdateThatOnlyChecksMayBeRepeated) {
  v1::UpdateSettingsRequest request;
  request.set_validate_only(true);
  EXPECT_TRUE(MayRetry(request));
}

TEST(IdempotencyPolicy, DeletionsAreNeverRepeated) {
  EXPECT_FALSE(WithoutId<v1::DeleteConnectionRequest>());
  EXPECT_FALSE(WithoutId<v1::DeleteConsumerRequest>());
}

}  // namespace
}  // namespace oms_connector::client
