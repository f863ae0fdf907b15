#include "server/rpc/admission.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "model/errors.h"

namespace oms_connector::server {

Admission::Ticket::Ticket(Admission* admission, Kind kind)
    : admission_(admission), kind_(kind) {}

Admission::Ticket::Ticket(Ticket&& other) noexcept
    : admission_(std::exchange(other.admission_, nullptr)),
      kind_(other.kind_),
      principal_(std::move(other.principal_)),
      bytes_(other.bytes_),
      leaving_(other.leaving_) {}

Admission::Ticket::~Ticket() {
  if (admission_ == nullptr) return;
  absl::MutexLock lock(&admission_->mutex_);
  admission_->ChangeBytes(principal_, bytes_, 0);
  if (leaving_) {
    --admission_->Of(kind_).leaving;
  } else {
    admission_->GiveBackPlace(kind_, principal_);
  }
}

absl::Status Admission::Ticket::ClaimShare(const std::string& principal,
                                           size_t principal_count,
                                           int64_t request_bytes) {
  absl::MutexLock lock(&admission_->mutex_);
  Places& places = admission_->Of(kind_);
  const auto held = places.by_principal.find(principal);
  if (principal_count > 1 && held != places.by_principal.end() &&
      held->second >= std::max(places.limit / 2, 1)) {
    return admission_->QuotaExceeded("calls_of_caller");
  }
  OMS_RETURN_IF_ERROR(
      admission_->CheckBytes(principal, /*before=*/0, request_bytes));
  admission_->ChangeBytes(principal, 0, request_bytes);
  bytes_ = request_bytes;
  ++places.by_principal[principal];
  principal_ = principal;
  return absl::OkStatus();
}

absl::Status Admission::Ticket::Leave(int64_t bytes) {
  bytes = std::max(bytes, kLeastBytes);
  absl::MutexLock lock(&admission_->mutex_);
  OMS_RETURN_IF_ERROR(admission_->CheckBytes(principal_, bytes_, bytes));
  admission_->ChangeBytes(principal_, bytes_, bytes);
  bytes_ = bytes;
  leaving_ = true;
  ++admission_->Of(kind_).leaving;
  admission_->GiveBackPlace(kind_, principal_);
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
  for (const auto& [name, bytes] : held_by_principal_) {
    shares[name].held_bytes = bytes;
  }
  return shares;
}

int Admission::in_flight(Kind kind) const {
  absl::MutexLock lock(&mutex_);
  const Places& places = places_[static_cast<size_t>(kind)];
  return places.taken + places.leaving;
}

int64_t Admission::held_bytes() const {
  absl::MutexLock lock(&mutex_);
  return held_bytes_;
}

void Admission::GiveBackPlace(Kind kind, const std::string& principal) {
  Places& places = Of(kind);
  --places.taken;
  const auto share = places.by_principal.find(principal);
  if (share != places.by_principal.end() && --share->second == 0) {
    places.by_principal.erase(share);
  }
}

absl::Status Admission::CheckBytes(const std::string& principal, int64_t before,
                                   int64_t after) const {
  const auto held = held_by_principal_.find(principal);
  const int64_t others =
      held == held_by_principal_.end() ? 0 : held->second - before;
  if (others == 0 || after < before) return absl::OkStatus();
  const int64_t least = std::max<int64_t>(after, 1);
  if (others + least > options_.max_held_bytes_per_principal) {
    return QuotaExceeded("held_bytes_of_caller");
  }
  if (held_bytes_ - before + least > options_.max_held_bytes) {
    return Overloaded("held_bytes");
  }
  return absl::OkStatus();
}

void Admission::ChangeBytes(const std::string& principal, int64_t before,
                            int64_t after) {
  held_bytes_ += after - before;
  const auto held = held_by_principal_.try_emplace(principal, 0).first;
  if ((held->second += after - before) == 0) held_by_principal_.erase(held);
}

}  // namespace oms_connector::server
