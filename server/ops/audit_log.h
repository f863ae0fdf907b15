// One line of the log for each call that changes something or is refused: who,
// from where, what, on which connection, under which request id and trace.
//
//   AuditLog audit(&clock);
//   audit.CallEnded(record);
//
// Lines begin with "audit"; in JSON it is their message.
#ifndef OMS_CONNECTOR_SERVER_OPS_AUDIT_LOG_H_
#define OMS_CONNECTOR_SERVER_OPS_AUDIT_LOG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace oms_connector::server {

// A call that has been answered. Texts of callers are cut by the log.
struct AuditRecord {
  std::string rpc;
  std::string principal;  // empty: nobody that we know
  std::string peer;       // "ipv4:10.0.0.7:41034"
  std::string connection;
  std::string request_id;
  std::string traceparent;
  std::string code;    // gRPC's name: "OK", "PERMISSION_DENIED"
  std::string reason;  // of the error: "UNAUTHENTICATED"
};

// Whether calls of this RPC leave something changed. Pulling is no change: it
// brings in what the Order Manager says, and has a line of its own.
bool ChangesSomething(absl::string_view rpc);

// Whether a call of this RPC that was answered with this code leaves a line, so
// that nothing need be gathered of others.
bool IsAudited(absl::string_view rpc, absl::string_view code);

// Thread-safe.
class AuditLog {
 public:
  // Refused calls of one peer that get a line in a minute; the next one after
  // that tells how many did not. A stranger must not fill the disk.
  static constexpr int kRefusedPerMinute = 5;
  // Peers that are told apart; those beyond share their lines.
  static constexpr size_t kMaxPeers = 1000;

  explicit AuditLog(base::Clock* clock) : clock_(clock) {}

  void CallEnded(const AuditRecord& record);

 private:
  struct Refusals {
    int64_t minute = 0;
    int written = 0;
    int64_t silent = 0;
  };

  bool MayTell(const std::string& peer, int64_t* silent);

  base::Clock* const clock_;
  absl::Mutex mutex_;
  std::map<std::string, Refusals> refusals_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_AUDIT_LOG_H_
