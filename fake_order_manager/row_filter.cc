#include "fake_order_manager/row_filter.h"

#include <functional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace oms_connector::testing_support {
namespace {

constexpr int64_t kSmallestLimit = 10;
constexpr int64_t kLargestLimit = 1000;

// Takes one value into the request; false where it is malformed.
using Take = std::function<bool(const std::string&, RowRequest&)>;

Take Id(std::optional<int64_t> RowFilter::*field) {
  return [field](const std::string& value, RowRequest& request) {
    int64_t id = 0;
    if (!absl::SimpleAtoi(value, &id)) return false;
    request.filter.*field = id;
    return true;
  };
}

Take Ids(std::set<int64_t> RowFilter::*field) {
  return [field](const std::string& value, RowRequest& request) {
    int64_t id = 0;
    if (!absl::SimpleAtoi(value, &id)) return false;
    (request.filter.*field).insert(id);
    return true;
  };
}

Take Texts(std::set<std::string> RowFilter::*field) {
  return [field](const std::string& value, RowRequest& request) {
    (request.filter.*field).insert(absl::AsciiStrToLower(value));
    return true;
  };
}

Take Fuzzy(std::string RowFilter::*field) {
  return [field](const std::string& value, RowRequest& request) {
    request.filter.*field = absl::AsciiStrToLower(value);
    return true;
  };
}

Take When(absl::Time RowFilter::*field) {
  return [field](const std::string& value, RowRequest& request) {
    std::string error;
    return absl::ParseTime(absl::RFC3339_full, value, &(request.filter.*field),
                           &error);
  };
}

Take Bounded(int64_t RowRequest::*field, int64_t smallest, int64_t largest) {
  return [=](const std::string& value, RowRequest& request) {
    return absl::SimpleAtoi(value, &(request.*field)) &&
           request.*field >= smallest && request.*field <= largest;
  };
}

using Takers = std::map<std::string, Take>;

Takers Paged(Takers takers) {
  takers["page"] = Bounded(&RowRequest::page, 1, INT64_MAX);
  takers["limit"] = Bounded(&RowRequest::limit, kSmallestLimit, kLargestLimit);
  return takers;
}

Takers TakersOf(Endpoint endpoint) {
  switch (endpoint) {
    case Endpoint::kStockTotals:
    case Endpoint::kInventory:
      return Paged({{"warehouseId", Id(&RowFilter::warehouse_id)},
                    {"sku", Fuzzy(&RowFilter::sku)}});
    case Endpoint::kProducts:
      return Paged({{"modifiedDateFrom", When(&RowFilter::modified_from)},
                    {"sku", Fuzzy(&RowFilter::sku)}});
    case Endpoint::kListings:
      return Paged({{"salesChannelId", Id(&RowFilter::sales_channel_id)},
                    {"modifiedDateFrom", When(&RowFilter::modified_from)},
                    {"listingSku[]", Texts(&RowFilter::listing_skus)},
                    {"masterSku[]", Texts(&RowFilter::master_skus)}});
    case Endpoint::kOrders:
      return Paged({{"modifiedDateFrom", When(&RowFilter::modified_from)},
                    {"orderId", Ids(&RowFilter::order_ids)},
                    {"orderId[]", Ids(&RowFilter::order_ids)},
                    {"orderNumber[]", Texts(&RowFilter::order_numbers)},
                    {"status[]", Texts(&RowFilter::statuses)},
                    {"salesChannelId", Id(&RowFilter::sales_channel_id)}});
    case Endpoint::kShipments:
      return Paged(
          {{"shipmentCreatedFromDate", When(&RowFilter::created_from)},
           {"shipmentCreatedToDate", When(&RowFilter::created_to)},
           {"shipmentFromDate", When(&RowFilter::shipped_from)},
           {"shipmentToDate", When(&RowFilter::shipped_to)},
           {"orderId[]", Ids(&RowFilter::order_ids)},
           {"shipmentId[]", Ids(&RowFilter::shipment_ids)},
           {"deliveryStatus", Texts(&RowFilter::delivery_statuses)},
           {"deliveryStatus[]", Texts(&RowFilter::delivery_statuses)}});
    default:
      return {};
  }
}

template <typename Value>
bool Among(const std::set<Value>& wanted, const Value& value) {
  return wanted.empty() || wanted.count(value) > 0;
}

bool AmongTexts(const std::set<std::string>& wanted, const std::string& value) {
  return wanted.empty() || wanted.count(absl::AsciiStrToLower(value)) > 0;
}

bool IsChannel(const RowFilter& filter, std::optional<int64_t> channel) {
  return !filter.sales_channel_id.has_value() ||
         channel == filter.sales_channel_id;
}

bool ContainsSku(const RowFilter& filter, const std::string& master_sku) {
  return filter.sku.empty() ||
         absl::StrContains(absl::AsciiStrToLower(master_sku), filter.sku);
}

// A row without the time is outside every window that has an end.
bool Within(absl::Time time, absl::Time from, absl::Time to) {
  if (from == absl::InfinitePast() && to == absl::InfiniteFuture()) return true;
  return time != absl::InfinitePast() && time >= from && time <= to;
}

}  // namespace

absl::StatusOr<RowRequest> ParseRowRequest(Endpoint endpoint,
                                           const QueryParameters& parameters) {
  const Takers takers = TakersOf(endpoint);
  RowRequest request;
  request.paged = takers.count("page") > 0;
  for (const auto& [name, value] : parameters) {
    const auto taker = takers.find(name);
    if (taker == takers.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(EndpointName(endpoint), " has no parameter ", name));
    }
    if (!taker->second(value, request)) {
      return absl::InvalidArgumentError(
          absl::StrCat("parameter ", name, " cannot be ", value));
    }
    if (name != "page" && name != "limit") {
      absl::StrAppend(&request.filter_text, name, "=", value, "&");
    }
  }
  return request;
}

bool Matches(const RowFilter& filter, const Product& row) {
  return ContainsSku(filter, row.master_sku) &&
         row.modified >= filter.modified_from;
}

bool Matches(const RowFilter& filter, const Listing& row) {
  return IsChannel(filter, row.sales_channel_id) &&
         row.last_modified >= filter.modified_from &&
         AmongTexts(filter.listing_skus, row.listing_sku) &&
         AmongTexts(filter.master_skus, row.master_sku);
}

bool Matches(const RowFilter& filter, const Order& row) {
  return IsChannel(filter, row.sales_channel_id) &&
         row.modified >= filter.modified_from &&
         Among(filter.order_ids, row.order_id) &&
         AmongTexts(filter.order_numbers, row.order_number) &&
         AmongTexts(filter.statuses, row.order_status);
}

bool Matches(const RowFilter& filter, const Shipment& row) {
  return Within(row.created, filter.created_from, filter.created_to) &&
         Within(row.ship_date, filter.shipped_from, filter.shipped_to) &&
         Among(filter.order_ids, row.order_id) &&
         Among(filter.shipment_ids, row.shipment_id) &&
         AmongTexts(filter.delivery_statuses, row.delivery_status);
}

bool Matches(const RowFilter& filter, const FakeWorld& world,
             const Stock& row) {
  if (filter.warehouse_id.has_value() &&
      row.warehouse_id != *filter.warehouse_id) {
    return false;
  }
  return ContainsSku(filter, world.MasterSkuOf(row));
}

}  // namespace oms_connector::testing_support
