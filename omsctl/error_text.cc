#include "omsctl/error_text.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "client/rpc_status.h"
#include "omsctl/terminal_text.h"
#include "omsctl/usage_error.h"
#include "omsctl/wording.h"

namespace oms_connector::omsctl {
namespace {

struct Advice {
  const char* reason;
  const char* text;
};

// Where a command of omsctl is the next step.
constexpr Advice kAdvice[] = {
    {"CONNECTION_NOT_FOUND", "`omsctl connections list` shows those there are"},
    {"CART_NOT_FOUND",
     "`omsctl connections get CONNECTION` shows the carts there are"},
    {"CURSOR_EXPIRED", "leave --cursor out to start from the beginning"},
    {"ETAG_MISMATCH", "read it again, then repeat the change"},
    {"SALES_CHANNEL_NOT_FOUND",
     "`omsctl connections test CONNECTION` lists the channels"},
    {"SALES_CHANNEL_AMBIGUOUS",
     "`omsctl connections test CONNECTION` lists the channels; name it by id"},
    {"ORDER_MANAGER_CREDENTIALS_REJECTED",
     "`omsctl connections update CONNECTION --token-file FILE` stores a new "
     "token"},
    {"SHIPMENT_NOT_RELEASABLE",
     "`omsctl shipments why CONNECTION ORDER` says what it waits for"},
    {"UNAUTHENTICATED",
     "give your token with --auth-token-file or OMSCTL_AUTH_TOKEN_FILE, or a "
     "client certificate with --tls-cert and --tls-key"},
};

std::string AdviceFor(const absl::Status& status, absl::string_view reason) {
  for (const Advice& advice : kAdvice) {
    if (reason == advice.reason) return advice.text;
  }
  if (reason.empty() && absl::IsUnavailable(status)) {
    return "is a connector listening there? --server or OMSCTL_SERVER say "
           "where, `./dev serve` starts one";
  }
  if (reason.empty() && absl::IsDeadlineExceeded(status)) {
    return "--timeout gives it more time";
  }
  return "";
}

std::string CodeLine(const absl::Status& status, absl::string_view reason) {
  const auto ids = client::ReasonMetadataOf(status);
  return absl::StrCat("  ", absl::StatusCodeToString(status.code()),
                      reason.empty() ? "" : " ", reason,
                      ids.empty() ? "" : " (",
                      absl::StrJoin(ids, ", ", absl::PairFormatter(": ")),
                      ids.empty() ? "" : ")");
}

}  // namespace

std::string ErrorText(const absl::Status& status) {
  std::string text =
      absl::StrCat("omsctl: ", Printable(status.message()), "\n");
  if (IsUsageError(status)) return text;
  const std::string reason = client::ReasonOf(status);
  absl::StrAppend(&text, Printable(CodeLine(status, reason)), "\n");
  for (const client::FieldViolation& violation :
       client::FieldViolationsOf(status)) {
    absl::StrAppend(&text, "  ", Printable(violation.field), ": ",
                    Printable(violation.description), "\n");
  }
  if (const auto delay = client::RetryDelayOf(status); delay.has_value()) {
    absl::StrAppend(&text, "  try again in ", Roughly(*delay), "\n");
  }
  const std::string advice = AdviceFor(status, reason);
  if (!advice.empty()) absl::StrAppend(&text, "  ", advice, "\n");
  return text;
}

}  // namespace oms_connector::omsctl
