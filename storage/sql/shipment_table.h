// The shipment records and what was decided about them: the part of
// storage/shipment_tables.h that is about shipments. Its comments are the
// promise; one object belongs to one transaction.
#ifndef OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLE_H_
#define OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/shipment_rows.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

class ShipmentTable {
 public:
  explicit ShipmentTable(SqlConnection& sql) : sql_(sql) {}

  absl::StatusOr<ShipmentState> GetState(absl::string_view connection);
  absl::Status PutState(absl::string_view connection,
                        const ShipmentState& state);

  absl::StatusOr<std::vector<StoredShipment>> FindShipments(
      absl::string_view connection, const std::vector<int64_t>& shipment_ids);
  absl::StatusOr<std::vector<StoredShipment>> ShipmentsOfOrders(
      absl::string_view connection, const std::vector<int64_t>& order_ids);
  absl::StatusOr<std::vector<int64_t>> ListHeldShipments(
      absl::string_view connection, int64_t after, int limit);
  absl::StatusOr<std::vector<StoredShipment>> ListShipments(
      absl::string_view connection, const ShipmentSearch& search,
      int64_t before, int limit);
  absl::StatusOr<DeliveryHealth> GetDeliveryHealth(
      absl::string_view connection);

  absl::Status PutShipments(absl::string_view connection,
                            const std::vector<StoredShipment>& shipments);
  absl::StatusOr<int64_t> PruneShipments(absl::Time before, int limit);

 private:
  absl::StatusOr<std::vector<StoredShipment>> Select(
      absl::string_view statement, absl::Span<const SqlParam> params);

  SqlConnection& sql_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SHIPMENT_TABLE_H_
