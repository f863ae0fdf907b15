#include "server/listen/tls_watch.h"

#include <utility>

#include "base/call_context.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace oms_connector::server {

TlsWatch::TlsWatch(Options options, TlsMaterial material)
    : options_(std::move(options)),
      slot_(std::make_shared<TlsSlot>(std::move(material))),
      credentials_(MakeTlsCredentials(slot_)) {}

absl::StatusOr<std::unique_ptr<TlsWatch>> TlsWatch::Open(Options options) {
  OMS_ASSIGN_OR_RETURN(TlsMaterial material, ReadTlsFiles(options.files));
  const absl::Time now = options.clock->Now();
  OMS_ASSIGN_OR_RETURN(const absl::Time expiry,
                       CheckTlsMaterial(material, now));
  options.on_taken(now, expiry);
  // Not make_unique: the constructor is private.
  return std::unique_ptr<TlsWatch>(
      new TlsWatch(std::move(options), std::move(material)));
}

TlsWatch::~TlsWatch() { Stop(); }

std::shared_ptr<grpc::ServerCredentials> TlsWatch::credentials() const {
  return credentials_;
}

void TlsWatch::Start() {
  thread_ = std::thread([this] {
    const base::CallContext context(absl::InfiniteFuture(), stop_.token());
    while (options_.sleeper->Sleep(options_.interval, context).ok()) {
      Look().IgnoreError();  // told and counted there
    }
  });
}

void TlsWatch::Stop() {
  stop_.Cancel();
  if (thread_.joinable()) thread_.join();
}

absl::Status TlsWatch::Look() {
  absl::MutexLock lock(&mutex_);
  const absl::Status status = TakeFromDisk();
  if (!status.ok() && status != trouble_) {
    options_.on_refused();
    base::LogError("TLS files are not taken; those in force stay",
                   {{"error", status}});
  }
  trouble_ = status;
  return status;
}

absl::Status TlsWatch::TakeFromDisk() {
  OMS_ASSIGN_OR_RETURN(TlsMaterial material, ReadTlsFiles(options_.files));
  if (material == *slot_->current()) return absl::OkStatus();
  const absl::Time now = options_.clock->Now();
  OMS_ASSIGN_OR_RETURN(const absl::Time expiry,
                       CheckTlsMaterial(material, now));
  slot_->Publish(std::move(material));
  options_.on_taken(now, expiry);
  base::LogInfo("TLS files taken", {{"certificate_expires", expiry}});
  return absl::OkStatus();
}

}  // namespace oms_connector::server
