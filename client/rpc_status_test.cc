#include "oms_connector/client/rpc_status.h"

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace oms_connector::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

google::rpc::Status NotFoundWithDetails() {
  google::rpc::Status status;
  status.set_code(5);
  status.set_message("there is no connection \"acme\"");
  google::rpc::ErrorInfo info;
  info.set_domain("oms-connector");
  info.set_reason("CONNECTION_NOT_FOUND");
  (*info.mutable_metadata())["connection"] = "acme";
  status.add_details()->PackFrom(info);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  status.add_details()->PackFrom(retry);
  google::rpc::BadRequest bad;
  auto* violation = bad.add_field_violations();
  violation->set_field("name");
  violation->set_description("must be connections/{connection}");
  status.add_details()->PackFrom(bad);
  return status;
}

TEST(RpcStatus, KeepsCodeMessageAndDetails) {
  const google::rpc::Status rich = NotFoundWithDetails();
  const absl::Status status = ToAbslStatus(grpc::Status(
      grpc::StatusCode::NOT_FOUND, "there is no connection \"acme\"",
      rich.SerializeAsString()));
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "there is no connection \"acme\"");
  EXPECT_EQ(ReasonOf(status), "CONNECTION_NOT_FOUND");
  EXPECT_THAT(ReasonMetadataOf(status),
              ElementsAre(Pair("connection", "acme")));
  EXPECT_EQ(RetryDelayOf(status), absl::Milliseconds(2500));
  ASSERT_EQ(FieldViolationsOf(status).size(), 1u);
  EXPECT_EQ(FieldViolationsOf(status)[0].field, "name");
  EXPECT_EQ(FieldViolationsOf(status)[0].description,
            "must be connections/{connection}");
}

TEST(RpcStatus, GoesBackToTheWireAsItCame) {
  const absl::Status status = ToAbslStatus(NotFoundWithDetails());
  EXPECT_EQ(ToAbslStatus(ToGrpcStatus(status)), status);
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(ReasonOf(ErrorWithReason(absl::StatusCode::kAborted, "stale",
                                     "ETAG_MISMATCH")),
            "ETAG_MISMATCH");
}

TEST(RpcStatus, NamesTheResource) {
  google::rpc::Status rich;
  rich.set_code(5);
  google::rpc::ResourceInfo info;
  info.set_resource_name("connections/acme");
  rich.add_details()->PackFrom(info);
  EXPECT_EQ(ResourceNameOf(ToAbslStatus(rich)), "connections/acme");
  EXPECT_EQ(ResourceNameOf(absl::NotFoundError("")), "");
}

TEST(RpcStatus, ReadsAStatusInsideOfAnAnswer) {
  const absl::Status status = ToAbslStatus(NotFoundWithDetails());
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), "CONNECTION_NOT_FOUND");
}

TEST(RpcStatus, OkIsOkWhateverStandsBesideIt) {
  EXPECT_TRUE(ToAbslStatus(grpc::Status::OK).ok());
  EXPECT_TRUE(ToAbslStatus(google::rpc::Status()).ok());
}

TEST(RpcStatus, BelievesTheCallRatherThanTheDetails) {
  google::rpc::Status lying = NotFoundWithDetails();
  lying.set_code(0);
  const absl::Status status = ToAbslStatus(grpc::Status(
      grpc::StatusCode::INTERNAL, "broken", lying.SerializeAsString()));
  EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(status.message(), "broken");
}

TEST(RpcStatus, DetailsThatCannotBeReadCountAsAbsent) {
  for (const char* details : {"", "\xff\xff\xff", "not a status"}) {
    const absl::Status status = ToAbslStatus(
        grpc::Status(grpc::StatusCode::UNAVAILABLE, "down", details));
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(ReasonOf(status), "");
    EXPECT_EQ(RetryDelayOf(status), std::nullopt);
    EXPECT_THAT(FieldViolationsOf(status), IsEmpty());
    EXPECT_THAT(ReasonMetadataOf(status), IsEmpty());
  }
}

TEST(RpcStatus, ReasonsOfOtherDomainsAreNotOurs) {
  google::rpc::Status rich;
  rich.set_code(7);
  google::rpc::ErrorInfo info;
  info.set_domain("proxy.example.com");
  info.set_reason("SERVICE_DISABLED");
  rich.add_details()->PackFrom(info);
  EXPECT_EQ(ReasonOf(ToAbslStatus(rich)), "");
}

TEST(RpcStatus, CodesThatNobodyKnowsAreErrors) {
  google::rpc::Status rich;
  rich.set_code(99);
  EXPECT_EQ(ToAbslStatus(rich).code(), absl::StatusCode::kUnknown);
}

}  // namespace
}  // namespace oms_connector::client
