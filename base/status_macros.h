#ifndef OMS_CONNECTOR_BASE_STATUS_MACROS_H_
#define OMS_CONNECTOR_BASE_STATUS_MACROS_H_

// Early returns for absl::Status and absl::StatusOr. Usable in functions that
// return either of the two.
//
//   OMS_RETURN_IF_ERROR(store.Write(...));
//   OMS_ASSIGN_OR_RETURN(auto settings, store.GetSettings(id));

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define OMS_STATUS_JOIN_INNER(a, b) a##b
#define OMS_STATUS_JOIN(a, b) OMS_STATUS_JOIN_INNER(a, b)

// Evaluates `expression` (an absl::Status) once and returns it unless it is OK.
#define OMS_RETURN_IF_ERROR(expression)      \
  do {                                       \
    absl::Status oms_status = (expression);  \
    if (!oms_status.ok()) return oms_status; \
  } while (false)

// Evaluates `expression` (an absl::StatusOr) once; assigns its value to `left`,
// which may be a declaration, or returns its status. Not for use as the single
// statement of an `if` without braces.
#define OMS_ASSIGN_OR_RETURN(left, expression)                                \
  OMS_ASSIGN_OR_RETURN_INNER(OMS_STATUS_JOIN(oms_status_or_, __LINE__), left, \
                             expression)

#define OMS_ASSIGN_OR_RETURN_INNER(result, left, expression) \
  auto result = (expression);                                \
  if (!result.ok()) return std::move(result).status();       \
  left = std::move(result).value()

#endif  // OMS_CONNECTOR_BASE_STATUS_MACROS_H_
