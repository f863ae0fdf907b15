// The tables of domain/shipments: the replica of orders and shipment records,
// what was decided about each shipment, the feed's events and its readers.
//
// Single rows are answered with nullopt when there is none; lists of ids may
// name rows that do not exist, which are passed over. Lists come ascending by
// id unless their comment names another order. Nothing is found under a
// connection that does not exist; a write under one is NOT_FOUND.
//
// Rows are written only where they differ from what the store holds of them,
// which they carry with them (`in_store`): a row that was read and is put back
// unchanged costs nothing, and one that is put must be as it was read or
// written last in this transaction, or be new.
#ifndef OMS_CONNECTOR_STORAGE_SHIPMENT_TABLES_H_
#define OMS_CONNECTOR_STORAGE_SHIPMENT_TABLES_H_

#include <cstdint>
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

namespace oms_connector::storage {

class ShipmentReader {
 public:
  virtual ~ShipmentReader() = default;

  virtual absl::StatusOr<model::ShipmentSummary> GetShipmentSummary(
      absl::string_view connection) = 0;
  virtual absl::StatusOr<model::ReferenceNames> GetReferenceNames(
      absl::string_view connection) = 0;

  // ---- Orders --------------------------------------------------------------

  virtual absl::StatusOr<std::vector<model::StoredOrder>> FindOrders(
      absl::string_view connection, const std::vector<int64_t>& order_ids) = 0;
  // Those of these orders that are stored.
  virtual absl::StatusOr<std::vector<int64_t>> FindOrderIds(
      absl::string_view connection, const std::vector<int64_t>& order_ids) = 0;
  // Up to `limit` orders with an id after `after`.
  virtual absl::StatusOr<std::vector<model::StoredOrder>> ListOrders(
      absl::string_view connection, int64_t after, int limit) = 0;
  // The orders that name one of these as related, each once.
  virtual absl::StatusOr<std::vector<int64_t>> OrdersThatName(
      absl::string_view connection, const std::vector<int64_t>& order_ids) = 0;
  // The orders of a cart with one of these family keys; up to `limit` of each.
  virtual absl::StatusOr<std::vector<int64_t>> OrdersWithFamilyKeys(
      absl::string_view connection, absl::string_view cart,
      const std::vector<std::string>& family_keys, int limit) = 0;
  // Up to `limit` orders that wait to be decided, after `after`.
  virtual absl::StatusOr<std::vector<int64_t>> ListPendingOrders(
      absl::string_view connection, int64_t after, int limit) = 0;
  // Up to `limit` orders that are not readable (and not known to be gone), that
  // held parcels wait for, or that are open (model::IsOpen), and that were last
  // tried before `tried_before`, or after `now`, which means while the clock
  // was wrong; the longest untried first.
  virtual absl::StatusOr<std::vector<int64_t>> ListUnreadableOrders(
      absl::string_view connection, absl::Time tried_before, absl::Time now,
      int limit) = 0;
  virtual absl::StatusOr<std::vector<int64_t>> ListBlockingOrders(
      absl::string_view connection, absl::Time tried_before, absl::Time now,
      int limit) = 0;
  virtual absl::StatusOr<std::vector<int64_t>> ListOpenOrders(
      absl::string_view connection, absl::Time tried_before, absl::Time now,
      int limit) = 0;

  // ---- Shipments -----------------------------------------------------------

  virtual absl::StatusOr<std::vector<model::StoredShipment>> FindShipments(
      absl::string_view connection,
      const std::vector<int64_t>& shipment_ids) = 0;
  // The part that answers of carts change.
  virtual absl::StatusOr<std::vector<model::StoredDelivery>> FindDeliveries(
      absl::string_view connection,
      const std::vector<int64_t>& shipment_ids) = 0;
  // Ascending by order, then by shipment.
  virtual absl::StatusOr<std::vector<model::StoredShipment>> ShipmentsOfOrders(
      absl::string_view connection, const std::vector<int64_t>& order_ids) = 0;
  // Up to `limit` HELD shipments that were decided (they have a hold time),
  // with an id after `after`.
  virtual absl::StatusOr<std::vector<int64_t>> ListHeldShipments(
      absl::string_view connection, int64_t after, int limit) = 0;
  // Up to `limit` shipments in a state that were never handed out, after
  // `after`, each with its order.
  virtual absl::StatusOr<std::vector<model::IdPair>> ListUndelivered(
      absl::string_view connection, model::DeliveryState state, int64_t after,
      int limit) = 0;
  // Up to `limit` shipments with an id below `before`, newest (highest) first.
  virtual absl::StatusOr<std::vector<model::StoredShipment>> ListShipments(
      absl::string_view connection, const model::ShipmentSearch& search,
      int64_t before, int limit) = 0;
  virtual absl::StatusOr<model::DeliveryHealth> GetDeliveryHealth(
      absl::string_view connection) = 0;

  // ---- Events and consumers ------------------------------------------------

  // Up to `limit` events after a sequence, ascending; of one cart, or of all
  // when `cart` is empty. `delivery` is as it is now.
  virtual absl::StatusOr<std::vector<model::ShipmentEvent>> ListEvents(
      absl::string_view connection, absl::string_view cart, int64_t after,
      int limit) = 0;
  // Ascending by sequence.
  virtual absl::StatusOr<std::vector<model::ShipmentEvent>> FindEvents(
      absl::string_view connection, const std::vector<int64_t>& sequences) = 0;
  // Up to `limit` shipments that have an event after `after` up to `up_to`,
  // each once, by their first such event; where they go on is `after` =
  // the sequence of the last.
  virtual absl::StatusOr<std::vector<model::IdPair>> ListEventShipments(
      absl::string_view connection, int64_t after, int64_t up_to,
      int limit) = 0;
  // Events of this cart up to here may have been pruned; of any cart where
  // `cart` is empty.
  virtual absl::StatusOr<int64_t> PrunedThrough(absl::string_view connection,
                                                absl::string_view cart) = 0;
  // When the last event up to `sequence` was stored; nullopt if there is none.
  virtual absl::StatusOr<std::optional<absl::Time>> EventTimeAt(
      absl::string_view connection, int64_t sequence) = 0;
  // How many events of `cart` (empty: of all) came after `position`.
  virtual absl::StatusOr<int64_t> CountEventsAfter(absl::string_view connection,
                                                   absl::string_view cart,
                                                   int64_t position) = 0;

  virtual absl::StatusOr<std::optional<model::Consumer>> FindConsumer(
      absl::string_view connection, absl::string_view name) = 0;
  // Up to `limit` consumers with a name after `after`, ascending by name.
  virtual absl::StatusOr<std::vector<model::Consumer>> ListConsumers(
      absl::string_view connection, absl::string_view after, int limit) = 0;
};

class ShipmentWriter : public ShipmentReader {
 public:
  virtual absl::Status PutShipmentState(absl::string_view connection,
                                        const model::ShipmentState& state) = 0;
  virtual absl::Status PutReferenceNames(
      absl::string_view connection, const model::ReferenceNames& names) = 0;

  // Inserts each order with its links, or replaces what is stored of it.
  virtual absl::Status PutOrders(
      absl::string_view connection,
      absl::Span<model::StoredOrder* const> orders) = 0;
  // Orders that are decided next; also ones that are not stored.
  virtual absl::Status AddPending(absl::string_view connection,
                                  const std::vector<int64_t>& order_ids) = 0;
  // Orders after `after` up to `up_to` wait no more.
  virtual absl::Status ClearPending(absl::string_view connection, int64_t after,
                                    int64_t up_to) = 0;

  virtual absl::Status RemovePending(absl::string_view connection,
                                     const std::vector<int64_t>& order_ids) = 0;

  // Inserts each shipment or replaces what is stored of it; keeps the counts.
  virtual absl::Status PutShipments(
      absl::string_view connection,
      absl::Span<model::StoredShipment* const> shipments) = 0;
  // Replaces state and delivery of each; none may be HELD before or after.
  virtual absl::Status PutDeliveries(
      absl::string_view connection,
      absl::Span<model::StoredDelivery* const> deliveries) = 0;
  // Notes that these carts confirm shipments.
  virtual absl::Status NoteConfirmingCarts(
      absl::string_view connection, const std::vector<std::string>& carts) = 0;

  // Appends events; their sequences, ascending, come from TakeSequences of this
  // transaction. `delivery` of the events is not shown by any reader and best
  // left empty.
  virtual absl::Status AppendEvents(
      absl::string_view connection,
      const std::vector<model::ShipmentEvent>& events) = 0;

  virtual absl::Status PutConsumer(absl::string_view connection,
                                   const model::Consumer& consumer) = 0;
  // Whether there was one.
  virtual absl::StatusOr<bool> DeleteConsumer(absl::string_view connection,
                                              absl::string_view name) = 0;

  // Where PruneShipments goes on; default-constructed at the start.
  struct PrunePosition {
    absl::Time read_time = absl::InfinitePast();  // of the last order seen
    int64_t order_id = 0;
    int64_t sequence = 0;  // of the last event seen
    bool done = false;     // there is nothing more to look at
  };
  // Removes what is finished and older than `before`: orders that are done,
  // with their parcels and events, unless one is HELD, or unconfirmed at a cart
  // that has ever confirmed; and events that are not their shipment's latest
  // and were answered. Looks at about `limit` orders and events from `position`
  // on, and moves it. What is pruned of a cart moves its PrunedThrough. Returns
  // how many rows went.
  virtual absl::StatusOr<int64_t> PruneShipments(absl::string_view connection,
                                                 absl::Time before, int limit,
                                                 PrunePosition& position) = 0;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SHIPMENT_TABLES_H_
