// What the connector reads from an Order Manager, as nouns. One object serves
// all connections; each call names the account that it is for. Implemented
// over REST in rest_client.h and, to inject faults, by tests.
//
// Every method blocks until the answer is there, retries what may be retried
// (connection errors, 5xx and garbled answers: jittered exponential delay,
// at most 5 tries), keeps to the account's shared request rate, and reports
// each HTTP request that it sends. Thread-safe.
//
// Errors, for all methods:
//   UNAUTHENTICATED     the token is refused (401); trying again is no use
//   RESOURCE_EXHAUSTED  429 asks for a longer wait than the call's patience;
//                       RetryAfterOf() tells how long; nothing was read
//   PERMISSION_DENIED, NOT_FOUND  403, 404: this path or row is refused
//   INVALID_ARGUMENT    the account's base_url may not be called
//                       (model/base_url_policy.h), its path_prefix is
//                       none, or its host resolves to a private address only
//   UNIMPLEMENTED       400: it refuses the question as it was put, such as a
//                       filter that it does not know; a plainer one may do
//   UNAVAILABLE         down, slow, or garbled after the last try; also other
//                       4xx answers. The message says which, without secrets
//   CANCELLED, DEADLINE_EXCEEDED  from the call's context
//
// Source: collected in docs/order_manager.md; paths and shapes there are
// tagged as documented, seen or assumed.
#ifndef OMS_CONNECTOR_ORDER_MANAGER_ORDER_MANAGER_H_
#define OMS_CONNECTOR_ORDER_MANAGER_ORDER_MANAGER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/secret_string.h"
#include "model/inventory.h"
#include "model/order.h"
#include "model/sync_run.h"

namespace oms_connector::order_manager {

// Whom to ask and how to prove who we are.
struct Account {
  std::string connection;  // connection id; also the key of the shared quota
  std::string base_url;
  std::string path_prefix;
  base::SecretString token;
};

// Everything about a call but its question.
struct Call {
  Account account;
  base::CallContext context;
  // Called once for every HTTP request that is sent, retries too.
  std::function<void()> on_request;
  // Called once for every try, with how long the Order Manager took; the time
  // that the account's shared rate made it wait is not counted.
  std::function<void(absl::Duration)> on_answer;
  // How long a 429 may be waited for, asked when one comes. Unset = 5 s.
  std::function<absl::Duration()> quota_patience;
  // false: one try only (TestConnection).
  bool retry = true;
};

// One page of a paged endpoint. The end of a list is the first page with
// `row_count` 0; a short page is not the end. A row lives by its most needed
// fields; what else of it cannot be read is left out and noted.
template <typename Row>
struct Page {
  std::vector<Row> rows;                     // those that could be read
  std::vector<model::RejectedRow> rejected;  // those that could not, and why
  std::vector<model::RowNote> notes;
  // All that came, those included that do not fit what was asked for.
  int64_t row_count = 0;
  // Equal for pages that hold the same rows, in whatever order and form: two
  // equal full pages in a row mean that the server ignores `page`.
  uint64_t fingerprint = 0;
  // The newest moment at which the Order Manager changed one of the rows, and
  // what its clock said when it answered. Marks for "modified since" are made
  // of these: its clock is not ours.
  std::optional<absl::Time> newest_modified;
  std::optional<absl::Time> server_time;
};

// So many pages no account has. A loop over pages ends here at the latest.
inline constexpr int64_t kMaxPages = 100'000;

// Whose number a row of an acknowledge answer was, as far as that could be
// read: 0 and empty where it could not.
struct ListingRef {
  int64_t listing_id = 0;
  std::string listing_sku;
  int64_t sales_channel_id = 0;
};

struct Acknowledged : Page<model::ListingQuantity> {
  std::vector<ListingRef> unread;  // for each row of `rejected`
};

// Which rows of a list to read. `page` is 1-based.
struct PageRequest {
  int64_t page = 1;
  int64_t limit = 1000;
};

// When shipments were created, both ends included.
struct CreatedWindow {
  absl::Time from;
  absl::Time to;
};

// The longest window that is known to be answered. Whether the server insists
// on it is not known, and a longer one may take it minutes.
inline constexpr absl::Duration kLongestWindow = absl::Hours(7 * 24);

// [from, to] in windows of at most that length, the oldest first; at least one.
std::vector<CreatedWindow> WindowsOf(absl::Time from, absl::Time to);

// Ids go into the request's address: 100 of them keep it below 8 KiB.
struct ShipmentFilter {
  std::optional<CreatedWindow> created;
  std::vector<int64_t> shipment_ids;
  std::vector<int64_t> order_ids;
  bool voided_only = false;  // deliveryStatus=VOIDED
};

class OrderManager {
 public:
  virtual ~OrderManager() = default;

  // Not paged. A row that cannot be read is left out and reported.
  virtual absl::StatusOr<Page<model::SalesChannel>> ListSalesChannels(
      const Call& call) = 0;
  virtual absl::StatusOr<Page<model::Warehouse>> ListWarehouses(
      const Call& call) = 0;
  virtual absl::StatusOr<Page<model::ShippingService>> ListShippingServices(
      const Call& call) = 0;

  // productstocks/total of one warehouse; `sku` not empty: only that master
  // SKU, matched exactly without regard to case (the endpoint's own filter is
  // fuzzy; rows of other SKUs are dropped here, but count in row_count).
  virtual absl::StatusOr<Page<model::StockRow>> ListStock(const Call& call,
                                                          int64_t warehouse_id,
                                                          absl::string_view sku,
                                                          PageRequest page) = 0;
  // The same from /v1/inventory, whose rows are per stock location and repeat
  // the warehouse's totals: rows of one product within a page are one row.
  virtual absl::StatusOr<Page<model::StockRow>> ListStockByLocation(
      const Call& call, int64_t warehouse_id, PageRequest page) = 0;

  // Products modified since (all of them when unset); `sku` as in ListStock.
  virtual absl::StatusOr<Page<model::Product>> ListProducts(
      const Call& call, std::optional<absl::Time> modified_since,
      absl::string_view sku, PageRequest page) = 0;
  // `listing_sku` not empty: only that listing SKU, as in ListStock.
  virtual absl::StatusOr<Page<model::Listing>> ListListings(
      const Call& call, int64_t sales_channel_id,
      std::optional<absl::Time> modified_since, absl::string_view listing_sku,
      PageRequest page) = 0;

  // Numbers of listings that changed since this account last asked. Reading
  // moves the server's mark, so this is never retried after a request may
  // have reached the server: the caller sees UNAVAILABLE and knows that a
  // difference may be lost, unless WasNotProcessed() says that none can be. A
  // 429 is waited for as ever: it moves no mark. An empty answer means "no
  // change".
  virtual absl::StatusOr<Acknowledged> AcknowledgeInventory(
      const Call& call, const std::vector<int64_t>& sales_channel_ids) = 0;

  virtual absl::StatusOr<Page<model::Order>> ListOrders(
      const Call& call, std::optional<absl::Time> modified_since,
      PageRequest page) = 0;
  // A page of that order alone, which is rejected where its row cannot be read.
  // NOT_FOUND when the Order Manager does not know it.
  virtual absl::StatusOr<Page<model::Order>> GetOrder(const Call& call,
                                                      int64_t order_id) = 0;
  // Rows that do not fit the ids or `voided_only` are left out and noted: the
  // Order Manager is known to pass over filters.
  virtual absl::StatusOr<Page<model::ShipmentRecord>> ListShipments(
      const Call& call, const ShipmentFilter& filter, PageRequest page) = 0;
};

// Whether it is sure that a failed AcknowledgeInventory has not moved the mark:
// nothing was sent, or all that was sent was refused (401, 403, 404, 429).
bool WasNotProcessed(const absl::Status& status);
// `status` so marked.
absl::Status NotProcessed(absl::Status status);

// How long the Order Manager asked to wait, for a RESOURCE_EXHAUSTED status
// of this interface; 15 s (the documented default) when it did not say.
absl::Duration RetryAfterOf(const absl::Status& status);
absl::Status QuotaExhausted(absl::Duration retry_after);

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_ORDER_MANAGER_H_
