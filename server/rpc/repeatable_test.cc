#include "server/rpc/repeatable.h"

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

class RepeatableTest : public ::testing::Test {
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

  const base::SecretBox box_ = Box('k');
};

TEST_F(RepeatableTest, IdsCountWithinPrincipalRpcAndConnection) {
  const auto key = RequestKeyOf(MakeCall(), kUuid);
  ASSERT_TRUE(key.ok());
  ASSERT_TRUE(key->has_value());
  EXPECT_EQ((*key)->principal, "worker");
  EXPECT_EQ((*key)->rpc, "UpdateSettings");
  EXPECT_EQ((*key)->connection, "acme");
  EXPECT_EQ((*key)->request_id, kUuid);
}

TEST_F(RepeatableTest, IdsAreOneInEitherCase) {
  const auto key =
      RequestKeyOf(MakeCall(), "6F1B3C60-7D8E-4F1A-9B2C-0123456789AB");
  EXPECT_EQ((*key)->request_id, kUuid);
}

TEST_F(RepeatableTest, WithoutAnIdThereIsNoKey) {
  EXPECT_EQ(RequestKeyOf(MakeCall(), "").value(), std::nullopt);
}

TEST_F(RepeatableTest, OtherTextIsRefused) {
  const absl::Status status = RequestKeyOf(MakeCall(), "42").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(model::DetailsOf(status)->reason, "INVALID_REQUEST");
}

TEST_F(RepeatableTest, EqualRequestsHaveEqualFingerprints) {
  v1::UpdateSettingsRequest shouted = Request(true);
  shouted.set_request_id("6F1B3C60-7D8E-4F1A-9B2C-0123456789AB");
  EXPECT_EQ(RequestFingerprint(box_, Request(true)),
            RequestFingerprint(box_, shouted));
}

TEST_F(RepeatableTest, OtherRequestsAndOtherKeysHaveOthers) {
  const std::string fingerprint = RequestFingerprint(box_, Request(true));
  EXPECT_NE(fingerprint, RequestFingerprint(box_, Request(false)));
  EXPECT_NE(fingerprint, RequestFingerprint(Box('l'), Request(true)));
}

TEST_F(RepeatableTest, AbsentAndDefaultAreNotTheSame) {
  v1::UpdateSettingsRequest absent = Request(false);
  absent.mutable_settings()
      ->mutable_inventory()
      ->clear_subtract_locked_quantity();
  EXPECT_NE(RequestFingerprint(box_, Request(false)),
            RequestFingerprint(box_, absent));
}

TEST_F(RepeatableTest, FingerprintsTellNoSecret) {
  v1::CreateConnectionRequest request;
  request.mutable_connection()->mutable_order_manager()->set_access_token(
      "s3cret");
  EXPECT_THAT(RequestFingerprint(box_, request), Not(HasSubstr("s3cret")));
}

TEST_F(RepeatableTest, PutsItTogetherForTheUseCase) {
  const auto encode = [](const int& answer) { return std::to_string(answer); };
  const auto decode = [](absl::string_view bytes) -> absl::StatusOr<int> {
    return static_cast<int>(bytes.size());
  };
  const auto with_id =
      Repeatable<int>(MakeCall(), box_, Request(true), encode, decode);
  ASSERT_TRUE(with_id.ok());
  EXPECT_TRUE(with_id->key.has_value());
  EXPECT_EQ(with_id->fingerprint, RequestFingerprint(box_, Request(true)));
  EXPECT_EQ(with_id->encode(42), "42");
  EXPECT_EQ(with_id->decode("abc").value(), 3);

  v1::UpdateSettingsRequest plain = Request(true);
  plain.clear_request_id();
  const auto without = Repeatable<int>(MakeCall(), box_, plain, encode, decode);
  ASSERT_TRUE(without.ok());
  EXPECT_FALSE(without->key.has_value());
}

}  // namespace
}  // namespace oms_connector::server
