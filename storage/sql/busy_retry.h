#ifndef OMS_CONNECTOR_STORAGE_SQL_BUSY_RETRY_H_
#define OMS_CONNECTOR_STORAGE_SQL_BUSY_RETRY_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "base/id_generator.h"

namespace oms_connector::storage {

// Whether a transaction failed with STORE_BUSY, so that it may run again.
bool IsStoreBusy(const absl::Status& status);

// Runs transactions again that met a busy store: up to five times, the waits
// between them jittered so that rivals come apart. Thread-safe. Does not own
// what it is given.
class BusyRetry {
 public:
  BusyRetry(base::Sleeper* sleeper, base::IdGenerator* ids)
      : sleeper_(sleeper), ids_(ids) {}

  // The status of the last run, or CANCELLED or DEADLINE_EXCEEDED when
  // `context` ends while it waits.
  absl::Status Run(const base::CallContext& context,
                   absl::FunctionRef<absl::Status()> transaction);

 private:
  base::Sleeper* const sleeper_;
  base::IdGenerator* const ids_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_BUSY_RETRY_H_
