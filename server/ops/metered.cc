#include "server/ops/metered.h"

#include <optional>
#include <string>

#include "base/log.h"
#include "base/status_macros.h"
#include "model/errors.h"

namespace oms_connector::server {
namespace {

constexpr char kFullStore[] = "STORE_FULL";
// No principal or RPC has such a name.
constexpr char kProbe[] = "probe";

bool IsFull(const absl::Status& status) {
  return model::ReasonOf(status) == kFullStore;
}

// Errors that the function itself returned are its answer, not the store's
// failure: a row that is not there, a fence that is not in force.
bool IsFailure(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

// An answer's "Date", to the second; nullopt where there is none.
std::optional<absl::Time> DateOf(const order_manager::HttpResponse& response) {
  const auto date = response.headers.find("date");
  if (date == response.headers.end()) return std::nullopt;
  absl::Time time;
  std::string error;
  if (!absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", date->second, &time,
                       &error)) {
    return std::nullopt;
  }
  return time;
}

}  // namespace

absl::Status MeteredStore::Read(
    const base::CallContext& context,
    absl::FunctionRef<absl::Status(storage::ReadTransaction&)> function) {
  const absl::Time start = clock_->SteadyNow();
  absl::Status status = store_->Read(context, function);
  metrics_->StoreUsed(Metrics::StoreUse::kRead, IsFailure(status),
                      clock_->SteadyNow() - start);
  return status;
}

absl::Status MeteredStore::Write(
    const base::CallContext& context,
    absl::FunctionRef<absl::Status(storage::WriteTransaction&)> function) {
  const absl::Time start = clock_->SteadyNow();
  absl::Status status = store_->Write(context, function);
  const absl::Duration took = clock_->SteadyNow() - start;
  metrics_->StoreUsed(Metrics::StoreUse::kWrite, IsFailure(status), took);
  if (IsFull(status)) SetWritable(false);
  absl::MutexLock lock(&mutex_);
  if (status.ok()) {
    ++writes_.committed;
    writes_.took += took;
  } else if (IsFailure(status)) {
    ++writes_.failed;
  }
  return status;
}

MeteredStore::Writes MeteredStore::writes() const {
  absl::MutexLock lock(&mutex_);
  return writes_;
}

void MeteredStore::SetWritable(bool writable) {
  if (writable_.exchange(writable) == writable) return;
  metrics_->SetStoreWritable(writable);
  told_(writable);
  if (writable) {
    base::LogInfo("the store takes writes again");
  } else {
    base::LogError(
        "the store takes no writes: its disk is full. Make room; no restart is "
        "needed");
  }
}

absl::Status MeteredStore::Probe(const base::CallContext& context) {
  const absl::Time now = clock_->Now();
  const absl::Status status =
      Write(context, [&](storage::WriteTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(const auto connections,
                             txn.connections().ListConnections("", 1));
        if (connections.empty()) return absl::OkStatus();
        return txn.connections().RememberRequest(
            {kProbe, kProbe, connections.front().id, kProbe},
            {/*fingerprint=*/"", /*answer=*/"", /*expire_time=*/now});
      });
  if (status.ok()) SetWritable(true);
  return status;
}

order_manager::HttpResult MeteredTransport::Send(
    const order_manager::HttpRequest& request,
    const base::CallContext& context) {
  const absl::Time start = clock_->SteadyNow();
  order_manager::HttpResult result = transport_->Send(request, context);
  const absl::Duration took = clock_->SteadyNow() - start;
  const int status = result.status.ok() ? result.response.status : 0;
  metrics_->OrderManagerAnswered(
      status, took, static_cast<int64_t>(result.response.body.size()));
  const std::optional<absl::Time> date = DateOf(result.response);
  if (date.has_value()) {
    // The date was cut to the second: what is within one is no difference.
    const absl::Duration ahead =
        *date - absl::FromUnixSeconds(absl::ToUnixSeconds(clock_->Now()));
    metrics_->SetOrderManagerClock(ahead);
  }
  return result;
}

absl::Status MeteredSleeper::Sleep(absl::Duration duration,
                                   const base::CallContext& context) {
  if (duration > absl::ZeroDuration()) metrics_->OrderManagerWaited(duration);
  return sleeper_->Sleep(duration, context);
}

}  // namespace oms_connector::server
