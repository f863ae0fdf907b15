#include "order_manager/rest_client.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text_fold.h"
#include "order_manager/acknowledge.h"
#include "order_manager/listing_reader.h"
#include "order_manager/location_reader.h"
#include "order_manager/order_reader.h"
#include "order_manager/product_reader.h"
#include "order_manager/provider_reader.h"
#include "order_manager/shipment_reader.h"
#include "order_manager/stock_reader.h"
#include "order_manager/url_query.h"

namespace oms_connector::order_manager {
namespace {

// What the Order Manager takes for `limit`.
constexpr int64_t kSmallestLimit = 10;
constexpr int64_t kLargestLimit = 1000;

UrlQuery PageQuery(PageRequest page) {
  UrlQuery query;
  query.Add("page", std::max<int64_t>(page.page, 1));
  query.Add("limit", std::clamp(page.limit, kSmallestLimit, kLargestLimit));
  return query;
}

// Whole seconds in UTC, the one form that has been seen in requests.
std::string TimeParameter(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

void AddModifiedSince(std::optional<absl::Time> since, UrlQuery* query) {
  if (!since.has_value()) return;
  query->Add("modifiedDateFrom", TimeParameter(*since));
}

RestRequest GetRequest(absl::string_view endpoint, absl::string_view path,
                       const UrlQuery& query = UrlQuery()) {
  RestRequest request;
  request.endpoint = std::string(endpoint);
  request.path = query.AppendTo(path);
  return request;
}

// Drops the rows whose SKU is another one; the endpoints' own filters let
// similar SKUs pass. An empty `sku` is none to filter by.
template <typename Row>
void KeepSku(absl::string_view sku, std::string Row::*member, Page<Row>* page) {
  if (sku.empty()) return;
  const std::string key = base::FoldCase(sku);
  const auto other = [&](const Row& row) {
    return base::FoldCase(row.*member) != key;
  };
  page->rows.erase(std::remove_if(page->rows.begin(), page->rows.end(), other),
                   page->rows.end());
}

template <typename Row>
absl::StatusOr<Page<Row>> AskForPage(
    RestRequester& requester, const Call& call, const RestRequest& request,
    absl::FunctionRef<Page<Row>(const JsonDocument&)> read) {
  OMS_ASSIGN_OR_RETURN(const RestAnswer answer, requester.Ask(call, request));
  Page<Row> page = read(answer.document);
  page.fingerprint = answer.fingerprint;
  return page;
}

}  // namespace

RestOrderManager::RestOrderManager(Options options, HttpTransport* transport,
                                   base::Clock* clock, base::Sleeper* sleeper,
                                   base::IdGenerator* ids)
    : quota_(clock, sleeper),
      requester_(std::move(options), transport, &quota_, clock, sleeper, ids) {}

absl::StatusOr<Page<model::SalesChannel>> RestOrderManager::ListSalesChannels(
    const Call& call) {
  return AskForPage<model::SalesChannel>(
      requester_, call, GetRequest("saleschannels", "/v1/saleschannels"),
      &ReadSalesChannels);
}

absl::StatusOr<Page<model::Warehouse>> RestOrderManager::ListWarehouses(
    const Call& call) {
  return AskForPage<model::Warehouse>(
      requester_, call, GetRequest("warehouses", "/v1/warehouses"),
      &ReadWarehouses);
}

absl::StatusOr<Page<model::ShippingService>>
RestOrderManager::ListShippingServices(const Call& call) {
  return AskForPage<model::ShippingService>(
      requester_, call,
      GetRequest("shipment/providers", "/v1/shipment/providers"),
      &ReadShippingServices);
}

absl::StatusOr<Page<model::StockRow>> RestOrderManager::ListStock(
    const Call& call, int64_t warehouse_id, absl::string_view sku,
    PageRequest page) {
  UrlQuery query = PageQuery(page);
  query.Add("warehouseId", warehouse_id);
  if (!sku.empty()) query.Add("sku", sku);
  auto rows = AskForPage<model::StockRow>(
      requester_, call,
      GetRequest("productstocks/total", "/v1/productstocks/total", query),
      [&](const JsonDocument& document) {
        return ReadStockTotals(document, warehouse_id, page.page);
      });
  if (rows.ok()) KeepSku(sku, &model::StockRow::master_sku, &*rows);
  return rows;
}

absl::StatusOr<Page<model::StockRow>> RestOrderManager::ListStockByLocation(
    const Call& call, int64_t warehouse_id, PageRequest page) {
  UrlQuery query = PageQuery(page);
  query.Add("warehouseId", warehouse_id);
  return AskForPage<model::StockRow>(
      requester_, call, GetRequest("inventory", "/v1/inventory", query),
      [&](const JsonDocument& document) {
        return ReadStockByLocation(document, warehouse_id, page.page);
      });
}

absl::StatusOr<Page<model::Product>> RestOrderManager::ListProducts(
    const Call& call, std::optional<absl::Time> modified_since,
    absl::string_view sku, PageRequest page) {
  UrlQuery query = PageQuery(page);
  AddModifiedSince(modified_since, &query);
  if (!sku.empty()) query.Add("sku", sku);
  auto rows = AskForPage<model::Product>(
      requester_, call, GetRequest("products", "/v1.1/products", query),
      [&](const JsonDocument& document) {
        return ReadProducts(document, page.page);
      });
  if (rows.ok()) KeepSku(sku, &model::Product::master_sku, &*rows);
  return rows;
}

absl::StatusOr<Page<model::Listing>> RestOrderManager::ListListings(
    const Call& call, int64_t sales_channel_id,
    std::optional<absl::Time> modified_since, absl::string_view listing_sku,
    PageRequest page) {
  UrlQuery query = PageQuery(page);
  query.Add("salesChannelId", sales_channel_id);
  AddModifiedSince(modified_since, &query);
  if (!listing_sku.empty()) query.Add("listingSku[]", listing_sku);
  auto rows = AskForPage<model::Listing>(
      requester_, call, GetRequest("listings", "/v1/listings", query),
      [&](const JsonDocument& document) {
        return ReadListings(document, sales_channel_id, page.page);
      });
  if (rows.ok()) KeepSku(listing_sku, &model::Listing::listing_sku, &*rows);
  return rows;
}

absl::StatusOr<Page<model::ListingQuantity>>
RestOrderManager::AcknowledgeInventory(
    const Call& call, const std::vector<int64_t>& sales_channel_ids) {
  RestRequest request;
  request.endpoint = "inventory/acknowledge";
  request.method = HttpMethod::kPost;
  request.path = std::string(kAcknowledgePath);
  request.takes_prefix = false;
  request.body = AcknowledgeRequestBody(sales_channel_ids);
  request.repeatable = false;
  return AskForPage<model::ListingQuantity>(
      requester_, call, request, [&](const JsonDocument& document) {
        return ReadAcknowledged(document, sales_channel_ids);
      });
}

absl::StatusOr<Page<model::Order>> RestOrderManager::ListOrders(
    const Call& call, std::optional<absl::Time> modified_since,
    PageRequest page) {
  UrlQuery query = PageQuery(page);
  AddModifiedSince(modified_since, &query);
  return AskForPage<model::Order>(requester_, call,
                                  GetRequest("orders", "/v1.1/orders", query),
                                  [&](const JsonDocument& document) {
                                    return ReadOrders(document, page.page);
                                  });
}

absl::StatusOr<model::Order> RestOrderManager::GetOrder(const Call& call,
                                                        int64_t order_id) {
  RestRequest request = GetRequest(absl::StrCat("orders/", order_id),
                                   absl::StrCat("/v1.1/orders/", order_id));
  request.may_be_object = true;
  OMS_ASSIGN_OR_RETURN(const RestAnswer answer, requester_.Ask(call, request));
  return ReadOrder(answer.document, order_id);
}

absl::StatusOr<Page<model::ShipmentRecord>> RestOrderManager::ListShipments(
    const Call& call, const ShipmentFilter& filter, PageRequest page) {
  UrlQuery query = PageQuery(page);
  if (filter.created_from.has_value()) {
    query.Add("shipmentCreatedFromDate", TimeParameter(*filter.created_from));
  }
  if (filter.created_to.has_value()) {
    // Up, where the beginning is rounded down: the window only grows.
    const absl::Duration to_epoch = *filter.created_to - absl::UnixEpoch();
    query.Add("shipmentCreatedToDate",
              TimeParameter(absl::UnixEpoch() +
                            absl::Ceil(to_epoch, absl::Seconds(1))));
  }
  for (const int64_t id : filter.shipment_ids) query.Add("shipmentId[]", id);
  for (const int64_t id : filter.order_ids) query.Add("orderId[]", id);
  if (filter.voided_only) query.Add("deliveryStatus[]", "VOIDED");
  return AskForPage<model::ShipmentRecord>(
      requester_, call, GetRequest("shipments", "/v1/shipments", query),
      [&](const JsonDocument& document) {
        return ReadShipments(document, page.page);
      });
}

}  // namespace oms_connector::order_manager
