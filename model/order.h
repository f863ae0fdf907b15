// Orders and shipments as the Order Manager tells them. Of an order only what
// is used is kept: no names, no addresses but the country.
#ifndef OMS_CONNECTOR_MODEL_ORDER_H_
#define OMS_CONNECTOR_MODEL_ORDER_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace oms_connector::model {

struct OrderLine {
  std::string listing_sku;
  std::string master_sku;
  int64_t quantity = 0;
  // The quantity as it came, where that is not a whole number ("2.5"):
  // `quantity` is then cut off towards zero.
  std::string quantity_text{};
  bool digital = false;  // nothing of it can be sent
};

// How an order told its lines. Only an empty list says that there are none.
// The numbers are stored; never change them.
enum class OrderLinesForm {
  kAbsent = 0,
  kNull = 1,
  kEmpty = 2,
  kWhole = 3,
  kPartial = 4,  // some of them, or the list itself, could not be read
};

// What an order says of the content of one of its shipments.
struct OrderShipmentItems {
  int64_t shipment_id = 0;
  std::vector<OrderLine> items;
};

struct Order {
  int64_t order_id = 0;
  std::string order_number;
  std::string status;  // orderStatus as told; unknown ones are kept as text
  int64_t sales_channel_id = 0;  // 0 when not told
  std::string ship_country;      // ISO 3166-1 alpha-2 where told
  std::optional<absl::Time> modify_time;
  std::array<std::string, 3> custom_fields;  // customField1..3
  std::vector<int64_t> related_order_ids;
  std::vector<OrderLine> lines;
  OrderLinesForm lines_form = OrderLinesForm::kAbsent;
  std::vector<OrderShipmentItems> shipment_items;
  bool external = false;
  bool suppress_channel_update = false;
};

// A shipment record: one parcel with one tracking number.
struct ShipmentRecord {
  int64_t shipment_id = 0;
  int64_t order_id = 0;
  std::string order_number;
  bool is_return = false;        // type RETURN
  bool voided = false;           // deliveryStatus VOIDED
  std::string tracking_number;   // empty when none yet
  std::string shipping_carrier;  // as told; empty when absent
  int64_t shipping_provider_id = 0;
  int64_t shipping_service_id = 0;
  int64_t warehouse_id = 0;
  bool external = false;
  std::optional<absl::Time> ship_time;
  std::optional<absl::Time> create_time;
};

// A name for a service id, from the providers list.
struct ShippingService {
  int64_t provider_id = 0;
  int64_t service_id = 0;
  std::string name;
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_ORDER_H_
