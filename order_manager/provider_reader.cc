#include "order_manager/provider_reader.h"

#include <utility>
#include <vector>

#include "order_manager/page_reader.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

using Services = std::vector<model::ShippingService>;

Services ReadServices(const RowFields& row) {
  const int64_t provider_id = row.Id("shippingProviderId");
  Services services;
  for (const JsonValue& item : row.List("shippingServices")) {
    if (item.is_null()) continue;
    const RowFields fields = row.Item(item);
    model::ShippingService service;
    service.provider_id = provider_id;
    service.service_id = fields.IdOrZero("shippingServiceId");
    service.name = fields.Text("serviceName");
    if (service.name.empty()) service.name = fields.Text("serviceCode");
    if (service.service_id != 0 && !service.name.empty()) {
      services.push_back(std::move(service));
    }
  }
  return services;
}

}  // namespace

Page<model::ShippingService> ReadShippingServices(
    const JsonDocument& document) {
  Page<Services> providers = ReadPage<Services>(
      document, {"shipment/providers", 0, {"shippingProviderId", "name"}},
      &ReadServices);
  Page<model::ShippingService> page;
  page.row_count = providers.row_count;
  page.rejected = std::move(providers.rejected);
  for (Services& services : providers.rows) {
    for (model::ShippingService& service : services) {
      page.rows.push_back(std::move(service));
    }
  }
  return page;
}

}  // namespace oms_connector::order_manager
