#include "omsctl/error_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "client/rpc_status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "omsctl/usage_error.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::HasSubstr;

google::rpc::Status Rich(int code, const char* message, const char* reason) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_domain("oms-connector");
  info.set_reason(reason);
  (*info.mutable_metadata())["connection"] = "acme";
  status.add_details()->PackFrom(info);
  return status;
}

TEST(ErrorText, SaysWhatWentWrongWhyAndWhatToDo) {
  EXPECT_EQ(ErrorText(client::ToAbslStatus(Rich(
                5, "there is no connection \"acme\"", "CONNECTION_NOT_FOUND"))),
            "omsctl: there is no connection \"acme\"\n"
            "  NOT_FOUND CONNECTION_NOT_FOUND (connection: acme)\n"
            "  `omsctl connections list` shows those there are\n");
}

TEST(ErrorText, NamesTheFieldsThatAreWrong) {
  google::rpc::Status status = Rich(3, "bad", "INVALID_REQUEST");
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("update_mask");
  bad.mutable_field_violations(0)->set_description("no field \"colour\"");
  status.add_details()->PackFrom(bad);
  EXPECT_THAT(ErrorText(client::ToAbslStatus(status)),
              HasSubstr("\n  update_mask: no field \"colour\"\n"));
}

TEST(ErrorText, SaysWhenToTryAgain) {
  google::rpc::Status status = Rich(14, "full", "OVERLOADED");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(5);
  status.add_details()->PackFrom(retry);
  EXPECT_THAT(ErrorText(client::ToAbslStatus(status)),
              HasSubstr("  try again in 5 s\n"));
}

TEST(ErrorText, AnUnreachableServerIsRecognised) {
  EXPECT_THAT(ErrorText(absl::UnavailableError("connection refused")),
              HasSubstr("is a connector listening there?"));
  EXPECT_THAT(ErrorText(absl::DeadlineExceededError("Deadline Exceeded")),
              HasSubstr("--timeout"));
}

TEST(ErrorText, UsageErrorsAreTheirMessage) {
  EXPECT_EQ(ErrorText(UsageError("--cart is given twice")),
            "omsctl: --cart is given twice\n");
}

TEST(ErrorText, MessagesCannotControlTheTerminal) {
  EXPECT_THAT(ErrorText(absl::InternalError("a\x1b[2Jb\nc")),
              HasSubstr("a�[2Jb�c\n"));
}

}  // namespace
}  // namespace oms_connector::omsctl
