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
      principal_(std::move(other.principal_)),
      bytes_(other.bytes_),
      stays_(other.stays_) {}

Admission::Ticket::~Ticket() {
  if (admission_ == nullptr) return;
  absl::MutexLock lock(&admission_->mutex_);
  if (bytes_ > 0) {
    admission_->GiveBackBytes(kind_, principal_, bytes_);
  } else {
    admission_->GiveBackPlace(kind_, principal_);
  }
}

absl::Status Admission::Ticket::ClaimShare(const std::string& principal,
                                           size_t principal_count) {
  absl::MutexLock lock(&admission_->mutex_);
  Places& places = admission_->Of(kind_);
  const auto unsent = admission_->unsent_by_principal_.find(principal);
  if (unsent != admission_->unsent_by_principal_.end() &&
      unsent->second >= admission_->options_.max_unsent_bytes_per_principal) {
    return admission_->QuotaExceeded("unsent_bytes_of_caller");
  }
  const auto held = places.by_principal.find(principal);
  if (principal_count > 1 && held != places.by_principal.end() &&
      held->second >= std::max(places.limit / 2, 1)) {
    return admission_->QuotaExceeded("calls_of_caller");
  }
  ++places.by_principal[principal];
  principal_ = principal;
  return absl::OkStatus();
}

absl::Status Admission::Ticket::Leave(int64_t bytes) {
  bytes = std::max(bytes, kLeastBytes);
  absl::MutexLock lock(&admission_->mutex_);
  const Options& options = admission_->options_;
  int64_t& held = admission_->unsent_by_principal_[principal_];
  // One answer may always go: a limit below its size would refuse it for good.
  if (held > 0 && held + bytes > options.max_unsent_bytes_per_principal) {
    return admission_->QuotaExceeded("unsent_bytes_of_caller");
  }
  if (held > 0 &&
      admission_->unsent_bytes_ + bytes > options.max_unsent_bytes) {
    return admission_->Overloaded("unsent_bytes");
  }
  held += bytes;
  stays_ = held > kSoonTaken;
  admission_->unsent_bytes_ += bytes;
  ++admission_->Of(kind_).leaving;
  admission_->GiveBackPlace(kind_, principal_);
  bytes_ = bytes;
  return absl::OkStatus();
}

Admission::Admission(const Options& options) : options_(options) {
  absl::MutexLock lock(&mutex_);
  Of(Kind::kCall).limit = options.max_in_flight;
  Of(Kind::kLongPoll).limit = options.max_long_polls;
}

absl::StatusOr<Admission::Ticket> Admission::Admit(Kind kind) {
  absl::MutexLock lock(&mutex_);
  Places& places = Of(kind);
  if (places.taken >= places.limit) {
    return Overloaded(kind == Kind::kCall ? "calls_in_flight" : "long_polls");
  }
  ++places.taken;
  return Ticket(this, kind);
}

absl::Status Admission::Overloaded(absl::string_view bound) const {
  options_.on_refused(bound);
  return model::Overloaded(options_.retry_delay);
}

absl::Status Admission::QuotaExceeded(absl::string_view bound) const {
  options_.on_refused(bound);
  return model::QuotaExceeded(options_.retry_delay);
}

std::map<std::string, CallerFigures> Admission::shares() const {
  absl::MutexLock lock(&mutex_);
  std::map<std::string, CallerFigures> shares;
  const auto& calls = places_[static_cast<size_t>(Kind::kCall)].by_principal;
  for (const auto& [name, count] : calls) shares[name].calls = count;
  const auto& polls =
      places_[static_cast<size_t>(Kind::kLongPoll)].by_principal;
  for (const auto& [name, count] : polls) shares[name].long_polls = count;
  for (const auto& [name, bytes] : unsent_by_principal_) {
    shares[name].unsent_bytes = bytes;
  }
  return shares;
}

int Admission::in_flight(Kind kind) const {
  absl::MutexLock lock(&mutex_);
  const Places& places = places_[static_cast<size_t>(kind)];
  return places.taken + places.leaving;
}

int64_t Admission::unsent_bytes() const {
  absl::MutexLock lock(&mutex_);
  return unsent_bytes_;
}

void Admission::GiveBackPlace(Kind kind, const std::string& principal) {
  Places& places = Of(kind);
  --places.taken;
  const auto share = places.by_principal.find(principal);
  if (share != places.by_principal.end() && --share->second == 0) {
    places.by_principal.erase(share);
  }
}

void Admission::GiveBackBytes(Kind kind, const std::string& principal,
                              int64_t bytes) {
  --Of(kind).leaving;
  unsent_bytes_ -= bytes;
  const auto unsent = unsent_by_principal_.find(principal);
  if ((unsent->second -= bytes) == 0) unsent_by_principal_.erase(unsent);
}

}  // namespace oms_connector::server
