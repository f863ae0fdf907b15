// What a fault makes of an answer: its status, headers, body and delivery.
// Nothing here waits; that is for FaultPlan.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_FAULT_ANSWERS_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_FAULT_ANSWERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "fake_order_manager/faults.h"
#include "fake_order_manager/http_server.h"
#include "fake_order_manager/world_answers.h"

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

// ---- Bodies of broken answers, made from the body that was right ----------

// `body` as the fault leaves it; unchanged for kinds that leave bodies alone.
// Kinds that break rows leave a body alone that is no array of objects.
std::string BreakBody(const Fault& fault, const std::string& body);

// A gzip stream of '[' and then blanks, `inflated_size` bytes at least, in
// about a 159th of that. It ends without its trailer: who has inflated it all
// has been had already.
std::string GzipBomb(int64_t inflated_size);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_FAULT_ANSWERS_H_
