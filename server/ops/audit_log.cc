#include "server/ops/audit_log.h"

#include "absl/strings/match.h"
#include "base/log.h"

namespace oms_connector::server {
namespace {

bool IsRefused(absl::string_view code) {
  return code == "UNAUTHENTICATED" || code == "PERMISSION_DENIED";
}

// The machine without the port, which differs for each connection.
std::string HostOf(const std::string& peer) {
  return peer.substr(0, peer.rfind(':'));
}

}  // namespace

bool ChangesSomething(absl::string_view rpc) {
  for (const absl::string_view prefix :
       {"Get", "List", "Preview", "Explain", "Test", "SyncInventory",
        "PollShipments"}) {
    if (absl::StartsWith(rpc, prefix)) return false;
  }
  return true;
}

bool IsAudited(absl::string_view rpc, absl::string_view code) {
  return IsRefused(code) || ChangesSomething(rpc);
}

bool AuditLog::MayTell(const std::string& peer, int64_t* silent) {
  const int64_t minute = absl::ToUnixSeconds(clock_->Now()) / 60;
  absl::MutexLock lock(&mutex_);
  if (refusals_.size() >= kMaxPeers && refusals_.count(peer) == 0) {
    for (auto one = refusals_.begin(); one != refusals_.end();) {
      one = one->second.minute < minute ? refusals_.erase(one) : ++one;
    }
  }
  const bool full = refusals_.size() >= kMaxPeers && refusals_.count(peer) == 0;
  Refusals& refusals = refusals_[full ? "others" : peer];
  if (refusals.minute != minute) {
    refusals.minute = minute;
    refusals.written = 0;
  }
  if (refusals.written >= kRefusedPerMinute) {
    ++refusals.silent;
    return false;
  }
  ++refusals.written;
  *silent = refusals.silent;
  refusals.silent = 0;
  return true;
}

void AuditLog::CallEnded(const AuditRecord& record) {
  if (!IsAudited(record.rpc, record.code)) return;
  const bool refused = IsRefused(record.code);
  int64_t silent = 0;
  if (refused && !MayTell(HostOf(record.peer), &silent)) return;
  const auto log = refused ? base::LogWarning : base::LogInfo;
  log("audit", {{"rpc", record.rpc},
                {"principal", record.principal},
                {"peer", record.peer},
                {"connection", record.connection},
                {"request_id", record.request_id},
                {"traceparent", record.traceparent},
                {"code", record.code},
                {"reason", record.reason},
                {"refused_before", silent}});
}

}  // namespace oms_connector::server
