// What a fault makes of an answer: its status, headers, body and delivery.
// Pure; waits are FaultPlan's.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_FAULT_ANSWER_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_FAULT_ANSWER_H_

#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "tests/support/fault.h"
#include "tests/support/fault_plan.h"
#include "tests/support/http_server.h"
#include "tests/support/world_answers.h"

namespace oms_connector::testing_support {

// True for faults that answer by themselves, whatever the world holds.
bool ReplacesAnswer(const Fault& fault);

// The page faults among `struck`, taken together.
PageShift PageShiftOf(const std::vector<StruckFault>& struck);

// 429, with the header that says how long to wait where that is known.
HttpAnswer QuotaAnswer(std::optional<absl::Duration> retry_after);

// `answer` as the fault leaves it. Bodies are broken only of answers with
// status 200: a refusal says already that something is wrong.
HttpAnswer ApplyFault(const Fault& fault, HttpAnswer answer);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_FAULT_ANSWER_H_
