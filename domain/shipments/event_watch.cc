#include "domain/shipments/event_watch.h"

#include <cstdint>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "storage/store.h"

namespace oms_connector::shipments {

EventWatch::~EventWatch() { Stop(); }

void EventWatch::Start() {
  thread_ = std::thread([this] {
    const base::CallContext context(absl::InfiniteFuture(), stop_.token());
    do {
      const absl::Status status = Look(context);
      if (!status.ok() && !absl::IsCancelled(status)) {
        base::LogWarning("cannot look for events of other servers",
                         {{"error", status}});
      }
    } while (sleeper_->Sleep(kInterval, context).ok());
  });
}

void EventWatch::Stop() {
  stop_.Cancel();
  if (thread_.joinable()) thread_.join();
}

absl::Status EventWatch::Look(const base::CallContext& context) {
  const std::vector<std::string> waited_for = signal_->WaitedFor();
  std::map<std::string, int64_t> found;
  if (!waited_for.empty()) {
    OMS_RETURN_IF_ERROR(store_->Read(
        context, [&](storage::ReadTransaction& txn) -> absl::Status {
          found.clear();
          for (const std::string& connection : waited_for) {
            OMS_ASSIGN_OR_RETURN(
                const model::ShipmentSummary summary,
                txn.shipments().GetShipmentSummary(connection));
            found[connection] = summary.last_sequence;
          }
          return absl::OkStatus();
        }));
  }
  for (const auto& [connection, sequence] : found) {
    const auto before = last_.find(connection);
    if (before == last_.end() || before->second != sequence) {
      signal_->Notify(connection);
    }
  }
  last_ = std::move(found);
  return absl::OkStatus();
}

}  // namespace oms_connector::shipments
