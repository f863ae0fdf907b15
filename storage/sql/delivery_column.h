#ifndef OMS_CONNECTOR_STORAGE_SQL_DELIVERY_COLUMN_H_
#define OMS_CONNECTOR_STORAGE_SQL_DELIVERY_COLUMN_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/shipment.h"

namespace oms_connector::storage {

// The column `delivery` beside `state_time`. The answer of a cart came when the
// state did, nearly always: that time is not stored twice, and rows that wait
// for an answer keep their size when they get it.
std::string EncodeDelivery(const model::Delivery& delivery,
                           absl::Time state_time);
absl::Status DecodeDelivery(absl::string_view bytes, absl::Time state_time,
                            model::Delivery* delivery);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_DELIVERY_COLUMN_H_
