#ifndef OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/shipment_rows.h"
#include "storage/shipment_tables.h"
#include "storage/sql/connection_numbers.h"
#include "storage/sql/event_table.h"
#include "storage/sql/order_table.h"
#include "storage/sql/shipment_table.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// The tables of storage/shipment_tables.h in SQL, put together from the three
// that know their statements. Lives as long as one transaction of
// `connection`, which it does not own.
class SqlShipmentTables final : public ShipmentWriter {
 public:
  SqlShipmentTables(SqlConnection& connection, ConnectionNumbers& numbers)
      : numbers_(numbers),
        orders_(connection),
        shipments_(connection),
        events_(connection) {}

  absl::StatusOr<ShipmentState> GetShipmentState(
      absl::string_view connection) override;
  absl::StatusOr<std::vector<ReferenceName>> ListReferenceNames(
      absl::string_view connection) override;
  absl::StatusOr<std::vector<StoredOrder>> FindOrders(
      absl::string_view connection,
      const std::vector<int64_t>& order_ids) override;
  absl::StatusOr<std::vector<StoredOrder>> ListOrders(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<std::vector<int64_t>> LinkedOrders(
      absl::string_view connection,
      const std::vector<int64_t>& order_ids) override;
  absl::StatusOr<std::vector<int64_t>> OrdersWithFamilyKey(
      absl::string_view connection, absl::string_view cart,
      absl::string_view family_key, int limit) override;
  absl::StatusOr<std::vector<int64_t>> ListPendingOrders(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<std::vector<int64_t>> ListUnreadableOrders(
      absl::string_view connection, absl::Time tried_before,
      int limit) override;
  absl::StatusOr<std::vector<StoredShipment>> FindShipments(
      absl::string_view connection,
      const std::vector<int64_t>& shipment_ids) override;
  absl::StatusOr<std::vector<StoredShipment>> ShipmentsOfOrders(
      absl::string_view connection,
      const std::vector<int64_t>& order_ids) override;
  absl::StatusOr<std::vector<int64_t>> ListHeldShipments(
      absl::string_view connection, int64_t after, int limit) override;
  absl::StatusOr<std::vector<StoredShipment>> ListShipments(
      absl::string_view connection, const ShipmentSearch& search,
      int64_t before, int limit) override;
  absl::StatusOr<DeliveryHealth> GetDeliveryHealth(
      absl::string_view connection) override;
  absl::StatusOr<std::vector<model::ShipmentEvent>> ListEvents(
      absl::string_view connection, absl::string_view cart, int64_t after,
      int limit) override;
  absl::StatusOr<std::vector<model::ShipmentEvent>> FindEvents(
      absl::string_view connection,
      const std::vector<int64_t>& sequences) override;
  absl::StatusOr<std::vector<int64_t>> ShipmentsWithEvents(
      absl::string_view connection, int64_t after, int64_t up_to) override;
  absl::StatusOr<int64_t> LastSequence(absl::string_view connection) override;
  absl::StatusOr<std::optional<absl::Time>> EventTimeAt(
      absl::string_view connection, int64_t sequence) override;
  absl::StatusOr<std::optional<model::Consumer>> FindConsumer(
      absl::string_view connection, absl::string_view name) override;
  absl::StatusOr<std::vector<model::Consumer>> ListConsumers(
      absl::string_view connection) override;
  absl::StatusOr<int64_t> CountEventsAfter(absl::string_view connection,
                                           absl::string_view cart,
                                           int64_t position) override;
  absl::Status PutShipmentState(absl::string_view connection,
                                const ShipmentState& state) override;
  absl::Status PutReferenceNames(
      absl::string_view connection, NameKind kind,
      const std::vector<ReferenceName>& names) override;
  absl::Status PutOrders(absl::string_view connection,
                         const std::vector<StoredOrder>& orders) override;
  absl::Status SetPending(absl::string_view connection,
                          const std::vector<int64_t>& order_ids,
                          bool pending) override;
  absl::Status SetUndeliveredPending(absl::string_view connection) override;
  absl::Status PutShipments(
      absl::string_view connection,
      const std::vector<StoredShipment>& shipments) override;
  absl::Status AppendEvents(
      absl::string_view connection,
      const std::vector<model::ShipmentEvent>& events) override;
  absl::Status PutConsumer(absl::string_view connection,
                           const model::Consumer& consumer) override;
  absl::StatusOr<bool> DeleteConsumer(absl::string_view connection,
                                      absl::string_view name) override;
  absl::StatusOr<int64_t> PruneShipments(absl::Time before, int limit) override;

 private:
  ConnectionNumbers& numbers_;
  OrderTable orders_;
  ShipmentTable shipments_;
  EventTable events_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLES_H_
