// The bodies of broken answers, made from the body that was right. Pure.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_FAULT_BODY_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_FAULT_BODY_H_

#include <cstdint>
#include <string>

#include "tests/support/fault.h"

namespace oms_connector::testing_support {

// `body` as the fault leaves it; unchanged for kinds that leave bodies alone.
// Kinds that break rows leave a body alone that is no array of objects.
std::string BreakBody(const Fault& fault, const std::string& body);

// A gzip stream of '[' and then blanks, `inflated_size` bytes at least, in
// about a 159th of that. It ends without its trailer: who has inflated it all
// has been had already.
std::string GzipBomb(int64_t inflated_size);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_FAULT_BODY_H_
