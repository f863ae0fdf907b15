#ifndef OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLES_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "model/order.h"
#include "model/shipment.h"
#include "storage/shipment_tables.h"
#include "storage/sql/connection_numbers.h"
#include "storage/sql/sql_query.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// The column `delivery` beside `state_time`. The answer of a cart came when the
// state did, nearly always: that time is not stored twice, and rows that wait
// for an answer keep their size when they get it.
std::string EncodeDelivery(const model::Delivery& delivery,
                           absl::Time state_time);
absl::Status DecodeDelivery(absl::string_view bytes, absl::Time state_time,
                            model::Delivery* delivery);

// The tables of storage/shipment_tables.h in SQL. Lives as long as one
// transaction of `sql`, which it does not own. Its methods are written in
// shipment_tables.cc (summary, names, carts, shipments), order_tables.cc,
// event_tables.cc (events, consumers) and shipment_pruning.cc.
class SqlShipmentTables final : public ShipmentWriter {
 public:
  SqlShipmentTables(SqlConnection& sql, ConnectionNumbers& numbers)
      : sql_(sql), numbers_(numbers) {}

  absl::StatusOr<model::ShipmentSummary> GetShipmentSummary(
      absl::string_view connection) override;
  absl::StatusOr<model::ReferenceNames> GetReferenceNames(
      absl::string_view connection) override;

  absl::StatusOr<std::vector<model::StoredOrder>> FindOrders(
      absl::string_view connection,
      const std::vector<int64_t>& order_ids) override;
  absl::StatusOr<std::vector<int64_t>> FindOrderIds(
      absl::string_view connection,
      const std::vector<int64_t>& order_ids) override;
  absl::StatusOr<std::vector<model::StoredOrder>> ListOrders(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<std::vector<int64_t>> OrdersThatName(
      absl::string_view connection,
      const std::vector<int64_t>& order_ids) override;
  absl::StatusOr<std::vector<int64_t>> OrdersWithFamilyKeys(
      absl::string_view connection, absl::string_view cart,
      const std::vector<std::string>& family_keys, int limit) override;
  absl::StatusOr<std::vector<int64_t>> ListPendingOrders(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<std::vector<int64_t>> ListUnreadableOrders(
      absl::string_view connection, absl::Time tried_before, absl::Time now,
      int limit) override;
  absl::StatusOr<std::vector<int64_t>> ListBlockingOrders(
      absl::string_view connection, absl::Time tried_before, absl::Time now,
      int limit) override;
  absl::StatusOr<std::vector<int64_t>> ListOpenOrders(
      absl::string_view connection, absl::Time tried_before, absl::Time now,
      int limit) override;

  absl::StatusOr<std::vector<model::StoredShipment>> FindShipments(
      absl::string_view connection,
      const std::vector<int64_t>& shipment_ids) override;
  absl::StatusOr<std::vector<model::StoredDelivery>> FindDeliveries(
      absl::string_view connection,
      const std::vector<int64_t>& shipment_ids) override;
  absl::StatusOr<std::vector<model::StoredShipment>> ShipmentsOfOrders(
      absl::string_view connection,
      const std::vector<int64_t>& order_ids) override;
  absl::StatusOr<std::vector<int64_t>> ListHeldShipments(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<std::vector<model::IdPair>> ListUndelivered(
      absl::string_view connection, model::DeliveryState state, int64_t after,
      int limit) override;
  absl::StatusOr<std::vector<model::StoredShipment>> ListShipments(
      absl::string_view connection, const model::ShipmentSearch& search,
      int64_t before, int limit) override;
  absl::StatusOr<model::DeliveryHealth> GetDeliveryHealth(
      absl::string_view connection) override;

  absl::StatusOr<std::vector<model::ShipmentEvent>> ListEvents(
      absl::string_view connection, absl::string_view cart, int64_t after,
      int limit) override;
  absl::StatusOr<std::vector<model::ShipmentEvent>> FindEvents(
      absl::string_view connection,
      const std::vector<int64_t>& sequences) override;
  absl::StatusOr<std::vector<model::IdPair>> ListEventShipments(
      absl::string_view connection, int64_t after, int64_t up_to,
      int limit) override;
  absl::StatusOr<int64_t> PrunedThrough(absl::string_view connection,
                                        absl::string_view cart) override;
  absl::StatusOr<std::optional<absl::Time>> EventTimeAt(
      absl::string_view connection, int64_t sequence) override;
  absl::StatusOr<int64_t> CountEventsAfter(absl::string_view connection,
                                           absl::string_view cart,
                                           int64_t position) override;
  absl::StatusOr<std::optional<model::Consumer>> FindConsumer(
      absl::string_view connection, absl::string_view name) override;
  absl::StatusOr<std::vector<model::Consumer>> ListConsumers(
      absl::string_view connection, absl::string_view after,
      int limit) override;

  absl::Status PutShipmentState(absl::string_view connection,
                                const model::ShipmentState& state) override;
  absl::Status PutReferenceNames(absl::string_view connection,
                                 const model::ReferenceNames& names) override;
  absl::Status PutOrders(absl::string_view connection,
                         absl::Span<model::StoredOrder* const> orders) override;
  absl::Status AddPending(absl::string_view connection,
                          const std::vector<int64_t>& order_ids) override;
  absl::Status ClearPending(absl::string_view connection, int64_t after,
                            int64_t up_to) override;
  absl::Status RemovePending(absl::string_view connection,
                             const std::vector<int64_t>& order_ids) override;
  absl::Status PutShipments(
      absl::string_view connection,
      absl::Span<model::StoredShipment* const> shipments) override;
  absl::Status PutDeliveries(
      absl::string_view connection,
      absl::Span<model::StoredDelivery* const> deliveries) override;
  absl::Status NoteConfirmingCarts(
      absl::string_view connection,
      const std::vector<std::string>& carts) override;
  absl::Status AppendEvents(
      absl::string_view connection,
      const std::vector<model::ShipmentEvent>& events) override;
  absl::Status PutConsumer(absl::string_view connection,
                           const model::Consumer& consumer) override;
  absl::StatusOr<bool> DeleteConsumer(absl::string_view connection,
                                      absl::string_view name) override;
  absl::StatusOr<int64_t> PruneShipments(absl::string_view connection,
                                         absl::Time before, int limit,
                                         PrunePosition& position) override;

 private:
  // A row of shipment_carts.
  struct CartRow {
    int64_t number = 0;
    std::string cart;
    int64_t events = 0;
    int64_t pruned_through = 0;
    bool confirms = false;
  };
  // Changes of the counts that the summary shows.
  struct CountChanges {
    int64_t held_orders = 0;
    int64_t ready_shipments = 0;
  };

  // NOT_FOUND when there is no such connection.
  absl::StatusOr<int64_t> NumberForWrite(absl::string_view connection);

  // Runs a statement of the connection and a key for each of the keys,
  // ascending, each once.
  absl::Status QueryKeys(absl::string_view statement, int64_t connection,
                         std::vector<int64_t> keys, SqlRowFunction read);
  // The same for keys that lie close together (sql_query.h).
  absl::Status QueryKeyPage(const KeyPageStatements& statements,
                            int64_t connection, std::vector<int64_t> keys,
                            SqlRowFunction read);
  // The ids that a statement gives in its first column.
  absl::StatusOr<std::vector<int64_t>> QueryIds(
      absl::string_view statement, absl::Span<const SqlParam> params);
  absl::StatusOr<std::vector<model::StoredShipment>> QueryShipments(
      absl::string_view statement, absl::Span<const SqlParam> params);
  absl::StatusOr<std::vector<model::ShipmentEvent>> QueryEvents(
      absl::string_view statement, absl::Span<const SqlParam> params,
      int limit);

  // Orders by two statements: tried before a time, and later than now.
  absl::StatusOr<std::vector<int64_t>> ListUntried(absl::string_view before,
                                                   absl::string_view later,
                                                   absl::string_view connection,
                                                   absl::Time tried_before,
                                                   absl::Time now, int limit);

  // All of a connection, read once.
  absl::Status LoadCarts(int64_t connection);
  // nullptr when nothing was ever filed under this cart.
  absl::StatusOr<const CartRow*> FindCart(int64_t connection,
                                          absl::string_view cart);
  absl::StatusOr<CartRow*> FindOrAddCart(int64_t connection,
                                         absl::string_view cart);
  CartRow* CartWithNumber(int64_t number);
  absl::Status PutCarts(int64_t connection,
                        const std::vector<const CartRow*>& rows);

  absl::Status PutLinks(int64_t connection,
                        absl::Span<model::StoredOrder* const> orders);
  // How many more orders hold shipments; `changes` are (order, difference).
  absl::StatusOr<int64_t> CountHeld(int64_t connection,
                                    std::vector<model::IdPair> changes);
  absl::Status AddCounts(int64_t connection, const CountChanges& changes);

  struct PrunePage;
  absl::Status DeleteOrders(int64_t connection, PrunePage& page);
  absl::StatusOr<int64_t> PruneEvents(int64_t connection, absl::Time before,
                                      int limit, PrunePosition& position);

  SqlConnection& sql_;
  ConnectionNumbers& numbers_;
  int64_t carts_of_ = 0;       // the connection that carts_ are of; 0 = none
  std::deque<CartRow> carts_;  // rows stay where they are
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLES_H_
