#include "storage/sql/delivery_column.h"

#include "base/status_macros.h"
#include "storage/document.h"

namespace oms_connector::storage {
namespace {

bool IsAnswered(const model::Delivery& delivery) {
  return delivery.state == model::DeliveryState::kConfirmed ||
         delivery.state == model::DeliveryState::kRejected;
}

}  // namespace

std::string EncodeDelivery(const model::Delivery& delivery,
                           absl::Time state_time) {
  if (!IsAnswered(delivery) || !delivery.outcome_time.has_value() ||
      absl::ToUnixMicros(*delivery.outcome_time) !=
          absl::ToUnixMicros(state_time)) {
    return EncodeDocument(delivery);
  }
  model::Delivery shorter = delivery;
  shorter.outcome_time.reset();
  return EncodeDocument(shorter);
}

absl::Status DecodeDelivery(absl::string_view bytes, absl::Time state_time,
                            model::Delivery* delivery) {
  OMS_RETURN_IF_ERROR(DecodeDocument(bytes, delivery));
  if (IsAnswered(*delivery) && !delivery->outcome_time.has_value()) {
    delivery->outcome_time = state_time;
  }
  return absl::OkStatus();
}

}  // namespace oms_connector::storage
