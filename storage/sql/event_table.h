// The feed's events and its consumers: that part of storage/shipment_tables.h.
// Its comments are the promise; one object belongs to one transaction.
#ifndef OMS_CONNECTOR_STORAGE_SQL_EVENT_TABLE_H_
#define OMS_CONNECTOR_STORAGE_SQL_EVENT_TABLE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/shipment.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

class EventTable {
 public:
  explicit EventTable(SqlConnection& sql) : sql_(sql) {}

  absl::StatusOr<std::vector<model::ShipmentEvent>> ListEvents(
      absl::string_view connection, absl::string_view cart, int64_t after,
      int limit);
  absl::StatusOr<std::vector<model::ShipmentEvent>> FindEvents(
      absl::string_view connection, const std::vector<int64_t>& sequences);
  absl::StatusOr<std::vector<int64_t>> ShipmentsWithEvents(
      absl::string_view connection, int64_t after, int64_t up_to);
  absl::StatusOr<int64_t> LastSequence(absl::string_view connection);
  absl::StatusOr<std::optional<absl::Time>> EventTimeAt(
      absl::string_view connection, int64_t sequence);
  absl::StatusOr<int64_t> CountEventsAfter(absl::string_view connection,
                                           absl::string_view cart,
                                           int64_t position);
  absl::Status AppendEvents(absl::string_view connection,
                            const std::vector<model::ShipmentEvent>& events);
  absl::StatusOr<int64_t> PruneEvents(absl::Time before, int limit);

  absl::StatusOr<std::optional<model::Consumer>> FindConsumer(
      absl::string_view connection, absl::string_view name);
  absl::StatusOr<std::vector<model::Consumer>> ListConsumers(
      absl::string_view connection);
  absl::Status PutConsumer(absl::string_view connection,
                           const model::Consumer& consumer);
  absl::StatusOr<bool> DeleteConsumer(absl::string_view connection,
                                      absl::string_view name);

 private:
  SqlConnection& sql_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_EVENT_TABLE_H_
