#include "server/rpc/admission.h"

#include <algorithm>
#include <utility>

#include "model/errors.h"

namespace oms_connector::server {

Admission::Ticket::Ticket(Admission* admission, Kind kind)
    : admission_(admission), kind_(kind) {}

Admission::Ticket::Ticket(Ticket&& other) noexcept
    : admission_(std::exchange(other.admission_, nullptr)),
      kind_(other.kind_),
      principal_(std::move(other.principal_)) {}

Admission::Ticket::~Ticket() {
  if (admission_ != nullptr) admission_->GiveBack(kind_, principal_);
}

absl::Status Admission::Ticket::ClaimShare(const std::string& principal,
                                           size_t principal_count) {
  absl::MutexLock lock(&admission_->mutex_);
  Places& places = admission_->Of(kind_);
  int& held = places.by_principal[principal];
  if (principal_count > 1 && held >= std::max(places.limit / 2, 1)) {
    return model::QuotaExceeded(admission_->retry_delay_);
  }
  ++held;
  principal_ = principal;
  return absl::OkStatus();
}

Admission::Admission(const Options& options)
    : retry_delay_(options.retry_delay) {
  absl::MutexLock lock(&mutex_);
  Of(Kind::kCall).limit = options.max_in_flight;
  Of(Kind::kLongPoll).limit = options.max_long_polls;
}

absl::StatusOr<Admission::Ticket> Admission::Admit(Kind kind) {
  absl::MutexLock lock(&mutex_);
  Places& places = Of(kind);
  if (places.taken >= places.limit) return Refusal();
  ++places.taken;
  return Ticket(this, kind);
}

absl::Status Admission::Refusal() const {
  return model::Overloaded(retry_delay_);
}

int Admission::in_flight(Kind kind) const {
  absl::MutexLock lock(&mutex_);
  return places_[static_cast<size_t>(kind)].taken;
}

void Admission::GiveBack(Kind kind, const std::string& principal) {
  absl::MutexLock lock(&mutex_);
  Places& places = Of(kind);
  --places.taken;
  const auto share = places.by_principal.find(principal);
  if (share != places.by_principal.end() && --share->second == 0) {
    places.by_principal.erase(share);
  }
}

}  // namespace oms_connector::server
