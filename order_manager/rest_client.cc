#include "order_manager/rest_client.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text_fold.h"
#include "order_manager/acknowledge.h"
#include "order_manager/inventory_readers.h"
#include "order_manager/shipment_readers.h"
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

// Asks for what was modified since, and for everything where the Order Manager
// refuses that filter, with a note.
template <typename Row>
absl::StatusOr<Page<Row>> AskModified(
    absl::string_view endpoint, int64_t page_number,
    std::optional<absl::Time> since,
    absl::FunctionRef<absl::StatusOr<Page<Row>>(std::optional<absl::Time>)>
        ask) {
  absl::StatusOr<Page<Row>> rows = ask(since);
  if (!since.has_value() || !absl::IsUnimplemented(rows.status())) return rows;
  const std::string refusal(rows.status().message());
  rows = ask(std::nullopt);
  if (rows.ok()) {
    rows->notes.push_back(
        {std::string(endpoint), page_number, "modifiedDateFrom",
         absl::StrCat("the Order Manager refuses this filter, so everything is "
                      "read: ",
                      refusal)});
  }
  return rows;
}

RestRequest GetRequest(absl::string_view endpoint, absl::string_view path,
                       const UrlQuery& query = UrlQuery()) {
  RestRequest request;
  request.endpoint = std::string(endpoint);
  request.path = query.AppendTo(path);
  return request;
}

RestRequest SmallRequest(absl::string_view endpoint, absl::string_view path) {
  RestRequest request = GetRequest(endpoint, path);
  request.small = true;
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

// Leaves out the rows that do not fit `filter`, which is then one that the
// Order Manager passed over, and notes how many.
template <typename Row>
void KeepFitting(absl::string_view endpoint, int64_t page_number,
                 absl::string_view filter,
                 absl::FunctionRef<bool(const Row&)> fits, Page<Row>* page) {
  const auto first =
      std::stable_partition(page->rows.begin(), page->rows.end(), fits);
  const auto count = page->rows.end() - first;
  if (count == 0) return;
  page->rows.erase(first, page->rows.end());
  page->notes.push_back(
      {std::string(endpoint), page_number, "",
       absl::StrCat(count, " rows do not fit the filter ", filter,
                    ", which the Order Manager passes over; left out")});
}

bool Contains(const std::vector<int64_t>& ids, int64_t id) {
  return ids.empty() || std::find(ids.begin(), ids.end(), id) != ids.end();
}

// Says so where rows lie outside of the window that was asked for. They stay:
// they are parcels, and a clock that runs otherwise must not lose one.
void NoteOutsiders(const CreatedWindow& window, int64_t page_number,
                   Page<model::ShipmentRecord>* page) {
  // Further off than any time zone.
  constexpr absl::Duration kSlack = absl::Hours(26);
  const auto count =
      std::count_if(page->rows.begin(), page->rows.end(),
                    [&](const model::ShipmentRecord& row) {
                      return row.create_time.has_value() &&
                             (*row.create_time < window.from - kSlack ||
                              *row.create_time > window.to + kSlack);
                    });
  if (count == 0) return;
  page->notes.push_back(
      {"shipments", page_number, "",
       absl::StrCat(count,
                    " rows were created outside of the window that was "
                    "asked for; the Order Manager passes over that filter")});
}

// Up, where the beginning is rounded down: the window only grows.
absl::Time WholeSecondFrom(absl::Time time) {
  return absl::UnixEpoch() +
         absl::Ceil(time - absl::UnixEpoch(), absl::Seconds(1));
}

}  // namespace

RestOrderManager::RestOrderManager(Options options, HttpTransport* transport,
                                   base::Clock* clock, base::Sleeper* sleeper,
                                   base::IdGenerator* ids)
    : quota_(clock, sleeper),
      requester_(std::move(options), transport, &quota_, clock, sleeper, ids) {}

std::unique_ptr<JsonRows> RestOrderManager::TakeReader() {
  absl::MutexLock lock(&mutex_);
  if (idle_readers_.empty()) return std::make_unique<JsonRows>();
  std::unique_ptr<JsonRows> reader = std::move(idle_readers_.back());
  idle_readers_.pop_back();
  return reader;
}

void RestOrderManager::ReturnReader(std::unique_ptr<JsonRows> reader) {
  // More pulls than this do not run at once.
  constexpr size_t kMaxIdleReaders = 16;
  absl::MutexLock lock(&mutex_);
  if (idle_readers_.size() < kMaxIdleReaders) {
    idle_readers_.push_back(std::move(reader));
  }
}

template <typename Answer>
absl::StatusOr<Answer> RestOrderManager::Ask(
    const Call& call, const RestRequest& request,
    absl::FunctionRef<absl::StatusOr<Answer>(JsonRows&, std::string*)> read) {
  std::unique_ptr<JsonRows> reader = TakeReader();
  Answer result;
  const absl::StatusOr<RestAnswer> answer =
      requester_.Ask(call, request, [&](std::string* body) {
        OMS_ASSIGN_OR_RETURN(result, read(*reader, body));
        return absl::OkStatus();
      });
  ReturnReader(std::move(reader));
  OMS_RETURN_IF_ERROR(answer.status());
  result.server_time = answer->server_time;
  return result;
}

absl::StatusOr<Page<model::SalesChannel>> RestOrderManager::ListSalesChannels(
    const Call& call) {
  return Ask<Page<model::SalesChannel>>(
      call, SmallRequest("saleschannels", "/v1/saleschannels"),
      &ReadSalesChannels);
}

absl::StatusOr<Page<model::Warehouse>> RestOrderManager::ListWarehouses(
    const Call& call) {
  return Ask<Page<model::Warehouse>>(
      call, SmallRequest("warehouses", "/v1/warehouses"), &ReadWarehouses);
}

absl::StatusOr<Page<model::ShippingService>>
RestOrderManager::ListShippingServices(const Call& call) {
  return Ask<Page<model::ShippingService>>(
      call, SmallRequest("shipment/providers", "/v1/shipment/providers"),
      &ReadShippingServices);
}

absl::StatusOr<Page<model::StockRow>> RestOrderManager::ListStock(
    const Call& call, int64_t warehouse_id, absl::string_view sku,
    PageRequest page) {
  UrlQuery query = PageQuery(page);
  query.Add("warehouseId", warehouse_id);
  if (!sku.empty()) query.Add("sku", sku);
  auto rows = Ask<Page<model::StockRow>>(
      call, GetRequest("productstocks/total", "/v1/productstocks/total", query),
      [&](JsonRows& reader, std::string* body) {
        return ReadStockTotals(reader, body, warehouse_id, page.page);
      });
  if (rows.ok()) KeepSku(sku, &model::StockRow::master_sku, &*rows);
  return rows;
}

absl::StatusOr<Page<model::StockRow>> RestOrderManager::ListStockByLocation(
    const Call& call, int64_t warehouse_id, PageRequest page) {
  UrlQuery query = PageQuery(page);
  query.Add("warehouseId", warehouse_id);
  return Ask<Page<model::StockRow>>(
      call, GetRequest("inventory", "/v1/inventory", query),
      [&](JsonRows& reader, std::string* body) {
        return ReadStockByLocation(reader, body, warehouse_id, page.page);
      });
}

absl::StatusOr<Page<model::Product>> RestOrderManager::ListProducts(
    const Call& call, std::optional<absl::Time> modified_since,
    absl::string_view sku, PageRequest page) {
  auto rows = AskModified<model::Product>(
      "products", page.page, modified_since,
      [&](std::optional<absl::Time> since) {
        UrlQuery query = PageQuery(page);
        AddModifiedSince(since, &query);
        if (!sku.empty()) query.Add("sku", sku);
        return Ask<Page<model::Product>>(
            call, GetRequest("products", "/v1.1/products", query),
            [&](JsonRows& reader, std::string* body) {
              return ReadProducts(reader, body, page.page);
            });
      });
  if (rows.ok()) KeepSku(sku, &model::Product::master_sku, &*rows);
  return rows;
}

absl::StatusOr<Page<model::Listing>> RestOrderManager::ListListings(
    const Call& call, int64_t sales_channel_id,
    std::optional<absl::Time> modified_since, absl::string_view listing_sku,
    PageRequest page) {
  auto rows = AskModified<model::Listing>(
      "listings", page.page, modified_since,
      [&](std::optional<absl::Time> since) {
        UrlQuery query = PageQuery(page);
        query.Add("salesChannelId", sales_channel_id);
        AddModifiedSince(since, &query);
        if (!listing_sku.empty()) query.Add("listingSku[]", listing_sku);
        return Ask<Page<model::Listing>>(
            call, GetRequest("listings", "/v1/listings", query),
            [&](JsonRows& reader, std::string* body) {
              return ReadListings(reader, body, sales_channel_id, page.page);
            });
      });
  if (rows.ok()) KeepSku(listing_sku, &model::Listing::listing_sku, &*rows);
  return rows;
}

absl::StatusOr<Acknowledged> RestOrderManager::AcknowledgeInventory(
    const Call& call, const std::vector<int64_t>& sales_channel_ids) {
  RestRequest request;
  request.endpoint = "inventory/acknowledge";
  request.method = HttpMethod::kPost;
  request.path = std::string(kAcknowledgePath);
  request.takes_prefix = false;
  request.body = AcknowledgeRequestBody(sales_channel_ids);
  request.repeatable = false;
  return Ask<Acknowledged>(
      call, request, [&](JsonRows& reader, std::string* body) {
        return ReadAcknowledged(reader, body, sales_channel_ids);
      });
}

absl::StatusOr<Page<model::Order>> RestOrderManager::ListOrders(
    const Call& call, std::optional<absl::Time> modified_since,
    PageRequest page) {
  UrlQuery query = PageQuery(page);
  AddModifiedSince(modified_since, &query);
  return Ask<Page<model::Order>>(call,
                                 GetRequest("orders", "/v1.1/orders", query),
                                 [&](JsonRows& reader, std::string* body) {
                                   return ReadOrders(reader, body, page.page);
                                 });
}

absl::StatusOr<Page<model::Order>> RestOrderManager::GetOrder(
    const Call& call, int64_t order_id) {
  const RestRequest request =
      SmallRequest(absl::StrCat("orders/", order_id),
                   absl::StrCat("/v1.1/orders/", order_id));
  OMS_ASSIGN_OR_RETURN(Page<model::Order> answer,
                       Ask<Page<model::Order>>(call, request, &ReadOneOrder));
  return FindOrder(std::move(answer), order_id);
}

absl::StatusOr<Page<model::ShipmentRecord>> RestOrderManager::ListShipments(
    const Call& call, const ShipmentFilter& filter, PageRequest page) {
  UrlQuery query = PageQuery(page);
  if (filter.created.has_value()) {
    query.Add("shipmentCreatedFromDate", TimeParameter(filter.created->from));
    query.Add("shipmentCreatedToDate",
              TimeParameter(WholeSecondFrom(filter.created->to)));
  }
  for (const int64_t id : filter.shipment_ids) query.Add("shipmentId[]", id);
  for (const int64_t id : filter.order_ids) query.Add("orderId[]", id);
  if (filter.voided_only) query.Add("deliveryStatus", "VOIDED");
  OMS_ASSIGN_OR_RETURN(
      Page<model::ShipmentRecord> rows,
      Ask<Page<model::ShipmentRecord>>(
          call, GetRequest("shipments", "/v1/shipments", query),
          [&](JsonRows& reader, std::string* body) {
            return ReadShipments(reader, body, page.page);
          }));
  const auto keep =
      [&](absl::string_view name,
          absl::FunctionRef<bool(const model::ShipmentRecord&)> fits) {
        KeepFitting("shipments", page.page, name, fits, &rows);
      };
  keep("shipmentId[]", [&](const model::ShipmentRecord& row) {
    return Contains(filter.shipment_ids, row.shipment_id);
  });
  keep("orderId[]", [&](const model::ShipmentRecord& row) {
    return Contains(filter.order_ids, row.order_id);
  });
  keep("deliveryStatus", [&](const model::ShipmentRecord& row) {
    return !filter.voided_only || row.voided;
  });
  if (filter.created.has_value()) {
    NoteOutsiders(*filter.created, page.page, &rows);
  }
  return rows;
}

}  // namespace oms_connector::order_manager
