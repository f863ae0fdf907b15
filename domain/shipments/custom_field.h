// The custom fields of an order, as a cart's settings name them.
#ifndef OMS_CONNECTOR_DOMAIN_SHIPMENTS_CUSTOM_FIELD_H_
#define OMS_CONNECTOR_DOMAIN_SHIPMENTS_CUSTOM_FIELD_H_

#include "absl/strings/string_view.h"
#include "model/order.h"

namespace oms_connector::shipments {

// Whether `name` is one of "customField1", "customField2" and "customField3",
// in any case.
bool IsCustomField(absl::string_view name);

// The text of that field without outer blanks, a view into `order`; empty for
// any other name, "" included.
absl::string_view CustomFieldText(const model::Order& order,
                                  absl::string_view name);

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_DOMAIN_SHIPMENTS_CUSTOM_FIELD_H_
