#include "server/convert/to_grpc_status.h"

#include <string>
#include <vector>

#include "base/sequential_id_generator.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

// Every detail of type `Detail`.
template <typename Detail>
std::vector<Detail> All(const google::rpc::Status& status) {
  std::vector<Detail> found;
  for (const google::protobuf::Any& any : status.details()) {
    Detail detail;
    if (any.UnpackTo(&detail)) found.push_back(detail);
  }
  return found;
}

google::rpc::Status Details(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(details.message(), status.error_message());
  return details;
}

class ToGrpcStatusTest : public ::testing::Test {
 protected:
  google::rpc::Status Translate(const absl::Status& status) {
    return Details(ToGrpcStatus(status, "GetSettings", ids_));
  }
  google::rpc::ErrorInfo Info(const absl::Status& status) {
    const auto infos = All<google::rpc::ErrorInfo>(Translate(status));
    EXPECT_THAT(infos, SizeIs(1));
    return infos.empty() ? google::rpc::ErrorInfo() : infos[0];
  }

  base::SequentialIdGenerator ids_;
};

TEST_F(ToGrpcStatusTest, OkStaysOk) {
  const grpc::Status status =
      ToGrpcStatus(absl::OkStatus(), "GetSettings", ids_);
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(status.error_details(), "");
}

TEST_F(ToGrpcStatusTest, NothingLeavesWithoutExactlyOneErrorInfo) {
  for (int code = 1; code <= 20; ++code) {
    const absl::Status bare(static_cast<absl::StatusCode>(code), "some text");
    EXPECT_EQ(Info(bare).domain(), "oms-connector") << code;
    EXPECT_NE(Info(bare).reason(), "") << code;
    model::ErrorDetails details;
    details.reason = "REASON";
    EXPECT_EQ(Info(model::WithDetails(bare, details)).reason(), "REASON");
    EXPECT_THAT(All<google::rpc::ErrorInfo>(ToRpcStatus(bare)), SizeIs(1));
  }
}

TEST_F(ToGrpcStatusTest, KeepsCodeReasonAndMetadata) {
  const absl::Status status = model::CartNotFound("acme", "shop");
  const google::rpc::Status out = Translate(status);
  EXPECT_EQ(out.code(), static_cast<int>(grpc::StatusCode::NOT_FOUND));
  EXPECT_EQ(out.message(), status.message());
  const google::rpc::ErrorInfo info = Info(status);
  EXPECT_EQ(info.reason(), "CART_NOT_FOUND");
  EXPECT_THAT(info.metadata(), UnorderedElementsAre(Pair("connection", "acme"),
                                                    Pair("cart", "shop")));
}

// Otherwise a repeated call would not get the first answer.
TEST_F(ToGrpcStatusTest, SameErrorHasTheSameBytesEachTime) {
  model::ErrorDetails details;
  details.reason = "CART_NOT_FOUND";
  for (const char* key : {"cart", "connection", "order", "run", "shipment"}) {
    details.metadata[key] = "a";
  }
  const absl::Status status =
      model::WithDetails(absl::NotFoundError("none"), details);
  const std::string first = ToRpcStatus(status).SerializeAsString();
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(ToRpcStatus(status).SerializeAsString(), first);
  }
  EXPECT_THAT(Info(status).metadata(), SizeIs(5));
}

TEST_F(ToGrpcStatusTest, NamesTheBadFields) {
  const auto requests = All<google::rpc::BadRequest>(Translate(
      model::InvalidFields({{"a", "must be x"}, {"b", "must be y"}})));
  ASSERT_THAT(requests, SizeIs(1));
  ASSERT_THAT(requests[0].field_violations(), SizeIs(2));
  EXPECT_EQ(requests[0].field_violations(0).field(), "a");
  EXPECT_EQ(requests[0].field_violations(1).description(), "must be y");
}

TEST_F(ToGrpcStatusTest, NamesTheMissingResource) {
  const auto infos = All<google::rpc::ResourceInfo>(
      Translate(model::ConnectionNotFound("acme")));
  ASSERT_THAT(infos, SizeIs(1));
  EXPECT_EQ(infos[0].resource_type(), "oms_connector.v1.Connection");
  EXPECT_EQ(infos[0].resource_name(), "connections/acme");
}

TEST_F(ToGrpcStatusTest, SaysWhenToComeAgain) {
  const auto infos = All<google::rpc::RetryInfo>(
      Translate(model::Overloaded(absl::Milliseconds(1500))));
  ASSERT_THAT(infos, SizeIs(1));
  EXPECT_EQ(infos[0].retry_delay().seconds(), 1);
  EXPECT_EQ(infos[0].retry_delay().nanos(), 500'000'000);
}

TEST_F(ToGrpcStatusTest, PushesBackForLoadOnly) {
  EXPECT_EQ(
      RetryPushbackMilliseconds(model::Overloaded(absl::Milliseconds(1500))),
      1500);
  EXPECT_EQ(RetryPushbackMilliseconds(model::QuotaExceeded(absl::Seconds(2))),
            2000);
  EXPECT_EQ(RetryPushbackMilliseconds(
                model::OrderManagerUnavailable("down", absl::Seconds(2))),
            std::nullopt);
  EXPECT_EQ(RetryPushbackMilliseconds(absl::UnavailableError("x")),
            std::nullopt);
}

TEST_F(ToGrpcStatusTest, ContextErrorsHaveReasonsOfTheirOwn) {
  EXPECT_EQ(Info(absl::CancelledError("gone")).reason(), "CANCELLED");
  EXPECT_EQ(Translate(absl::CancelledError("gone")).code(), 1);
  EXPECT_EQ(Info(absl::DeadlineExceededError("late")).reason(),
            "DEADLINE_EXCEEDED");
  EXPECT_EQ(Translate(absl::DeadlineExceededError("late")).code(), 4);
}

TEST_F(ToGrpcStatusTest, OurOwnFaultsAreLoggedAndNotTold) {
  for (const absl::Status& fault :
       {absl::UnknownError("SELECT * FROM secrets"),
        absl::NotFoundError("SELECT * FROM secrets"),
        model::Internal("SELECT * FROM secrets")}) {
    ::testing::internal::CaptureStderr();
    const google::rpc::Status out = Translate(fault);
    const std::string log = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(out.code(), static_cast<int>(grpc::StatusCode::INTERNAL));
    EXPECT_THAT(out.message(), Not(HasSubstr("SELECT")));
    const auto infos = All<google::rpc::ErrorInfo>(out);
    ASSERT_THAT(infos, SizeIs(1));
    EXPECT_EQ(infos[0].reason(), "INTERNAL");
    ASSERT_EQ(infos[0].metadata().count("id"), 1u);
    EXPECT_THAT(log, HasSubstr("SELECT"));
    EXPECT_THAT(log, HasSubstr("GetSettings"));
    EXPECT_THAT(log, HasSubstr(infos[0].metadata().at("id")));
  }
}

TEST_F(ToGrpcStatusTest, FaultsOfCallsHaveFreshIdsAndStoredOnesKeepTheirs) {
  const absl::Status fault = absl::UnknownError("x");
  EXPECT_NE(Translate(fault).message(), Translate(fault).message());
  EXPECT_EQ(ToRpcStatus(fault).message(), ToRpcStatus(fault).message());
  EXPECT_NE(ToRpcStatus(fault).message(),
            ToRpcStatus(absl::UnknownError("y")).message());
}

TEST_F(ToGrpcStatusTest, LongMessagesAreCutBetweenCharacters) {
  std::string text;
  while (text.size() < 5000) text += "\xE2\x82\xAC";  // €
  const google::rpc::Status out = Translate(model::ShipmentNotReleasable(
      "connections/acme/shipments/7", std::string(1, 'x') + text));
  EXPECT_LE(out.message().size(), kMaxStatusMessageBytes);
  EXPECT_GT(out.message().size(), kMaxStatusMessageBytes - 3);
  EXPECT_EQ(out.message(), CutUtf8(out.message(), 2000));
}

TEST_F(ToGrpcStatusTest, ManyViolationsFitIntoTrailers) {
  std::vector<model::FieldViolation> violations;
  for (int i = 0; i < 100; ++i) {
    violations.push_back({std::string(500, 'f'), std::string(900, 'd')});
  }
  const google::rpc::Status out =
      Translate(model::InvalidFields(std::move(violations)));
  EXPECT_LE(out.ByteSizeLong(), 3400u);
  const auto requests = All<google::rpc::BadRequest>(out);
  ASSERT_THAT(requests, SizeIs(1));
  EXPECT_GE(requests[0].field_violations_size(), 2);
}

TEST(CutUtf8, KeepsWhatIsValidAndFits) {
  EXPECT_EQ(CutUtf8("", 10), "");
  EXPECT_EQ(CutUtf8("abc", 10), "abc");
  EXPECT_EQ(CutUtf8("abc", 2), "ab");
  EXPECT_EQ(CutUtf8("a\xC3\xA9", 2), "a");
  EXPECT_EQ(CutUtf8("\xF0\x9F\x93\xA6!", 4), "\xF0\x9F\x93\xA6");
  EXPECT_EQ(CutUtf8("\xF0\x9F\x93\xA6!", 3), "");
}

TEST(CutUtf8, ReplacesBytesThatAreNoCharacter) {
  EXPECT_EQ(CutUtf8("a\xFFz", 10), "a?z");
  EXPECT_EQ(CutUtf8("\xC3", 10), "?");
  EXPECT_EQ(CutUtf8("\xC0\x80", 10), "??");                   // overlong
  EXPECT_EQ(CutUtf8("\xED\xA0\x80", 10), "???");              // surrogate
  EXPECT_EQ(CutUtf8("\xF5\x80\x80\x80", 10), "????");         // past U+10FFFF
  EXPECT_EQ(CutUtf8("\xE0\x9F\xBF|\xF0\x8F", 10), "???|??");  // overlong
}

}  // namespace
}  // namespace oms_connector::server
