#include "server/rpc/idempotency.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/connector_service.pb.h"

namespace oms_connector::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kUuid[] = "6f1b3c60-7d8e-4f1a-9b2c-0123456789ab";

class IdempotencyTest : public ::testing::Test {
 protected:
  static base::SecretBox Box(char key) {
    return *base::SecretBox::FromKey(
        base::SecretString(std::string(base::SecretBox::kKeyBytes, key)));
  }
  static Call MakeCall() {
    auto principal = std::make_shared<Principal>();
    principal->name = "worker";
    return Call("UpdateSettings", principal, "acme", base::CallContext(),
                absl::UnixEpoch());
  }
  static v1::UpdateSettingsRequest Request(bool subtract) {
    v1::UpdateSettingsRequest request;
    request.mutable_settings()
        ->mutable_inventory()
        ->set_subtract_locked_quantity(subtract);
    request.set_request_id(kUuid);
    return request;
  }

  storage::IdempotencyKey KeyOf(const std::string& request_id) {
    v1::UpdateSettingsRequest request = Request(true);
    request.set_request_id(request_id);
    return IdempotencyKeyOf(MakeCall(), box_, request, request_id, read_);
  }

  const base::SecretBox box_ = Box('k');
  RequestReader read_;
};

TEST_F(IdempotencyTest, IdsCountWithinPrincipalRpcAndConnection) {
  const storage::IdempotencyKey id = KeyOf(kUuid);
  ASSERT_TRUE(read_.Violations().ok());
  ASSERT_TRUE(id.key.has_value());
  EXPECT_EQ(id.key->principal, "worker");
  EXPECT_EQ(id.key->rpc, "UpdateSettings");
  EXPECT_EQ(id.key->connection, "acme");
  EXPECT_EQ(id.key->request_id, kUuid);
  EXPECT_EQ(id.fingerprint, RequestFingerprint(box_, Request(true)));
}

TEST_F(IdempotencyTest, IdsAreOneInEitherCase) {
  const auto id = KeyOf("6F1B3C60-7D8E-4F1A-9B2C-0123456789AB");
  EXPECT_EQ(id.key->request_id, kUuid);
}

TEST_F(IdempotencyTest, WithoutAnIdThereIsNoKey) {
  EXPECT_FALSE(KeyOf("").key.has_value());
  EXPECT_TRUE(read_.Violations().ok());
}

TEST_F(IdempotencyTest, OtherTextIsRefused) {
  KeyOf("42");
  EXPECT_EQ(model::DetailsOf(read_.Violations())->violations[0].field,
            "request_id");
}

TEST_F(IdempotencyTest, EqualRequestsHaveEqualFingerprints) {
  v1::UpdateSettingsRequest shouted = Request(true);
  shouted.set_request_id("6F1B3C60-7D8E-4F1A-9B2C-0123456789AB");
  EXPECT_EQ(RequestFingerprint(box_, Request(true)),
            RequestFingerprint(box_, shouted));
}

TEST_F(IdempotencyTest, OtherRequestsAndOtherKeysHaveOthers) {
  const std::string fingerprint = RequestFingerprint(box_, Request(true));
  EXPECT_NE(fingerprint, RequestFingerprint(box_, Request(false)));
  EXPECT_NE(fingerprint, RequestFingerprint(Box('l'), Request(true)));
}

TEST_F(IdempotencyTest, AbsentAndDefaultAreNotTheSame) {
  v1::UpdateSettingsRequest absent = Request(false);
  absent.mutable_settings()
      ->mutable_inventory()
      ->clear_subtract_locked_quantity();
  EXPECT_NE(RequestFingerprint(box_, Request(false)),
            RequestFingerprint(box_, absent));
}

TEST_F(IdempotencyTest, FingerprintsTellNoSecret) {
  v1::CreateConnectionRequest request;
  request.mutable_connection()->mutable_order_manager()->set_access_token(
      "s3cret");
  EXPECT_THAT(RequestFingerprint(box_, request), Not(HasSubstr("s3cret")));
}

TEST_F(IdempotencyTest, ARepeatGetsTheBytesOfTheFirstResponse) {
  const auto respond = [](const std::string& etag) {
    v1::UpdateSettingsResponse response;
    response.mutable_settings()->set_etag(etag);
    return response;
  };
  const auto call = ReplayableCallOf<std::string>(KeyOf(kUuid), respond);
  v1::UpdateSettingsResponse response;
  ASSERT_TRUE(Respond<std::string>({"one", {}}, respond, &response).ok());
  EXPECT_EQ(response.settings().etag(), "one");
  ASSERT_TRUE(
      Respond<std::string>({"", call.response("two")}, respond, &response)
          .ok());
  EXPECT_EQ(response.settings().etag(), "two");
  EXPECT_EQ(Respond<std::string>({"", "\xff"}, respond, &response).code(),
            absl::StatusCode::kInternal);
}

}  // namespace
}  // namespace oms_connector::server
