#include "tests/support/fault_answer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/fault_body.h"

namespace oms_connector::testing_support {
namespace {

HttpAnswer RedirectAnswer(const std::string& location) {
  HttpAnswer answer;
  answer.status = 302;
  answer.headers["Location"] = location;
  return answer;
}

HttpAnswer StatusAnswer(const Fault& fault) {
  return Refusal(static_cast<int>(fault.status), "as the fault plan says");
}

HttpAnswer ClosedAnswer() {
  HttpAnswer answer;
  answer.status = 0;
  answer.delivery = HttpAnswer::Delivery::kClosed;
  return answer;
}

void ShapeDelivery(const Fault& fault, HttpAnswer& answer) {
  switch (fault.kind) {
    case FaultKind::kHtmlBody:
      answer.content_type = "text/html";
      break;
    case FaultKind::kGzipBomb:
      answer.headers["Content-Encoding"] = "gzip";
      break;
    case FaultKind::kPartialBody:
      answer.delivery = HttpAnswer::Delivery::kHalf;
      break;
    case FaultKind::kSlowBody:
      answer.bytes_per_second = fault.bytes_per_second;
      break;
    case FaultKind::kEndlessBody:
      answer.delivery = HttpAnswer::Delivery::kEndless;
      answer.bytes_per_second = fault.bytes_per_second;
      break;
    default:
      break;
  }
}

}  // namespace

bool ReplacesAnswer(const Fault& fault) {
  return fault.kind == FaultKind::kStatus || fault.kind == FaultKind::kQuota ||
         fault.kind == FaultKind::kRedirect ||
         fault.kind == FaultKind::kCloseConnection;
}

PageShift PageShiftOf(const std::vector<StruckFault>& struck) {
  PageShift shift;
  for (const StruckFault& one : struck) {
    if (one.fault.kind == FaultKind::kPageIgnored) {
      shift.first_page_always = true;
    } else if (one.fault.kind == FaultKind::kShiftingRows) {
      shift.rows_per_page += one.fault.rows;
    }
  }
  return shift;
}

HttpAnswer QuotaAnswer(std::optional<absl::Duration> retry_after) {
  HttpAnswer answer = Refusal(429, "too many requests");
  if (retry_after.has_value()) {
    const int64_t millis = absl::ToInt64Milliseconds(
        absl::Ceil(*retry_after, absl::Milliseconds(1)));
    answer.headers["x-skubana-quota-retryAfter"] = absl::StrCat(millis);
  }
  return answer;
}

HttpAnswer ApplyFault(const Fault& fault, HttpAnswer answer) {
  switch (fault.kind) {
    case FaultKind::kStatus:
      return StatusAnswer(fault);
    case FaultKind::kQuota:
      return QuotaAnswer(fault.retry_after);
    case FaultKind::kRedirect:
      return RedirectAnswer(fault.location);
    case FaultKind::kCloseConnection:
      return ClosedAnswer();
    default:
      break;
  }
  if (answer.status != 200) return answer;
  answer.body = BreakBody(fault, answer.body);
  ShapeDelivery(fault, answer);
  return answer;
}

}  // namespace oms_connector::testing_support
