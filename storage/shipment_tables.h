// The tables of domain/shipments: the mirror of orders and shipment records,
// what was decided about each shipment, the feed's events and its readers.
//
// Single rows are answered with nullopt when there is none; lists of ids may
// name rows that do not exist, which are passed over. Lists come in the order
// that their comment names. Methods do not check whether the connection exists;
// nothing is found under one that does not.
#ifndef OMS_CONNECTOR_STORAGE_SHIPMENT_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SHIPMENT_TABLES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "model/order.h"
#include "model/shipment.h"
#include "storage/shipment_rows.h"

namespace oms_connector::storage {

class ShipmentReader {
 public:
  virtual ~ShipmentReader() = default;

  // A default-constructed state while nothing was stored.
  virtual absl::StatusOr<ShipmentState> GetShipmentState(
      absl::string_view connection) = 0;
  // All names, by (kind, parent, id).
  virtual absl::StatusOr<std::vector<ReferenceName>> ListReferenceNames(
      absl::string_view connection) = 0;

  // ---- Orders --------------------------------------------------------------

  // In the order of `order_ids`.
  virtual absl::StatusOr<std::vector<StoredOrder>> FindOrders(
      absl::string_view connection, const std::vector<int64_t>& order_ids) = 0;
  // Up to `limit` orders with an id after `after`, ascending.
  virtual absl::StatusOr<std::vector<StoredOrder>> ListOrders(
      absl::string_view connection, int64_t after, int limit) = 0;
  // The orders linked with these, in either direction; ascending, each once,
  // and without those asked about.
  virtual absl::StatusOr<std::vector<int64_t>> LinkedOrders(
      absl::string_view connection, const std::vector<int64_t>& order_ids) = 0;
  // Up to `limit` orders of a cart with this family key, ascending.
  virtual absl::StatusOr<std::vector<int64_t>> OrdersWithFamilyKey(
      absl::string_view connection, absl::string_view cart,
      absl::string_view family_key, int limit) = 0;
  // Up to `limit` orders that wait to be decided, after `after`, ascending.
  virtual absl::StatusOr<std::vector<int64_t>> ListPendingOrders(
      absl::string_view connection, int64_t after, int limit) = 0;
  // Up to `limit` orders that are not readable and were last tried before
  // `tried_before`; the longest untried first.
  virtual absl::StatusOr<std::vector<int64_t>> ListUnreadableOrders(
      absl::string_view connection, absl::Time tried_before, int limit) = 0;

  // ---- Shipments -----------------------------------------------------------

  // In the order of `shipment_ids`.
  virtual absl::StatusOr<std::vector<StoredShipment>> FindShipments(
      absl::string_view connection,
      const std::vector<int64_t>& shipment_ids) = 0;
  // By order as given, then ascending by shipment id.
  virtual absl::StatusOr<std::vector<StoredShipment>> ShipmentsOfOrders(
      absl::string_view connection, const std::vector<int64_t>& order_ids) = 0;
  // Up to `limit` HELD shipments that were decided (they have a hold time),
  // with an id after `after`, ascending.
  virtual absl::StatusOr<std::vector<int64_t>> ListHeldShipments(
      absl::string_view connection, int64_t after, int limit) = 0;
  // Up to `limit` shipments with an id below `before`, newest (highest) first.
  virtual absl::StatusOr<std::vector<StoredShipment>> ListShipments(
      absl::string_view connection, const ShipmentSearch& search,
      int64_t before, int limit) = 0;
  virtual absl::StatusOr<DeliveryHealth> GetDeliveryHealth(
      absl::string_view connection) = 0;

  // ---- Events and consumers ------------------------------------------------

  // Up to `limit` events after a sequence, ascending; of one cart, or of all
  // when `cart` is empty. `delivery` is as it is now.
  virtual absl::StatusOr<std::vector<model::ShipmentEvent>> ListEvents(
      absl::string_view connection, absl::string_view cart, int64_t after,
      int limit) = 0;
  // In the order of `sequences`.
  virtual absl::StatusOr<std::vector<model::ShipmentEvent>> FindEvents(
      absl::string_view connection, const std::vector<int64_t>& sequences) = 0;
  // The shipments that have an event after `after` up to `up_to`, ascending.
  virtual absl::StatusOr<std::vector<int64_t>> ShipmentsWithEvents(
      absl::string_view connection, int64_t after, int64_t up_to) = 0;
  // The highest sequence of the feed; 0 while it is empty.
  virtual absl::StatusOr<int64_t> LastSequence(
      absl::string_view connection) = 0;
  // When the last event up to `sequence` was stored; nullopt if there is none.
  virtual absl::StatusOr<std::optional<absl::Time>> EventTimeAt(
      absl::string_view connection, int64_t sequence) = 0;

  virtual absl::StatusOr<std::optional<model::Consumer>> FindConsumer(
      absl::string_view connection, absl::string_view name) = 0;
  // Ascending by name.
  virtual absl::StatusOr<std::vector<model::Consumer>> ListConsumers(
      absl::string_view connection) = 0;
  // How many events of `cart` (empty: of all) lie after `position`.
  virtual absl::StatusOr<int64_t> CountEventsAfter(absl::string_view connection,
                                                   absl::string_view cart,
                                                   int64_t position) = 0;
};

class ShipmentWriter : public ShipmentReader {
 public:
  virtual absl::Status PutShipmentState(absl::string_view connection,
                                        const ShipmentState& state) = 0;
  // Replaces all names of one kind.
  virtual absl::Status PutReferenceNames(
      absl::string_view connection, NameKind kind,
      const std::vector<ReferenceName>& names) = 0;

  // Inserts each order with its links, or replaces what is stored of it.
  virtual absl::Status PutOrders(absl::string_view connection,
                                 const std::vector<StoredOrder>& orders) = 0;
  // Sets or clears `pending`; orders that are not stored are passed over.
  virtual absl::Status SetPending(absl::string_view connection,
                                  const std::vector<int64_t>& order_ids,
                                  bool pending) = 0;
  // Marks every order pending that has a shipment which is HELD, or which is
  // NOT_REQUIRED and has no event.
  virtual absl::Status SetUndeliveredPending(absl::string_view connection) = 0;

  // Inserts each shipment or replaces what is stored of it.
  virtual absl::Status PutShipments(
      absl::string_view connection,
      const std::vector<StoredShipment>& shipments) = 0;
  // Appends events; their sequences come from TakeSequences of this
  // transaction. `delivery` of the events is not stored.
  virtual absl::Status AppendEvents(
      absl::string_view connection,
      const std::vector<model::ShipmentEvent>& events) = 0;

  virtual absl::Status PutConsumer(absl::string_view connection,
                                   const model::Consumer& consumer) = 0;
  // Whether there was one.
  virtual absl::StatusOr<bool> DeleteConsumer(absl::string_view connection,
                                              absl::string_view name) = 0;

  // Removes what is finished and older than `before`, of all connections: at
  // most `limit` events (never one of a HELD or READY shipment, nor a
  // shipment's latest), as many orders that are done, and as many shipments
  // that are NOT_REQUIRED and have no event. `pruned_through` follows the
  // events. Returns how many rows went.
  virtual absl::StatusOr<int64_t> PruneShipments(absl::Time before,
                                                 int limit) = 0;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SHIPMENT_TABLES_H_
