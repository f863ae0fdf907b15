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
#include "storage/connection_numbers.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

struct KeyPageStatements;

class ShipmentReader {
 public:
  ShipmentReader(SqlConnection& sql, ConnectionNumbers& numbers)
      : sql_(sql), numbers_(numbers) {}

  absl::StatusOr<model::ShipmentSummary> GetShipmentSummary(
      absl::string_view connection);
  absl::StatusOr<model::ReferenceNames> GetReferenceNames(
      absl::string_view connection);

  // ---- Orders --------------------------------------------------------------

  absl::StatusOr<std::vector<model::StoredOrder>> FindOrders(
      absl::string_view connection, const std::vector<int64_t>& order_ids);
  // Those of these orders that are stored.
  absl::StatusOr<std::vector<int64_t>> FindOrderIds(
      absl::string_view connection, const std::vector<int64_t>& order_ids);
  // Up to `limit` orders with an id after `after`.
  absl::StatusOr<std::vector<model::StoredOrder>> ListOrders(
      absl::string_view connection, int64_t after, int limit);
  // The orders that name one of these as related, each once.
  absl::StatusOr<std::vector<int64_t>> OrdersThatName(
      absl::string_view connection, const std::vector<int64_t>& order_ids);
  // The orders of a cart with one of these family keys; up to `limit` of each.
  absl::StatusOr<std::vector<int64_t>> OrdersWithFamilyKeys(
      absl::string_view connection, absl::string_view cart,
      const std::vector<std::string>& family_keys, int limit);
  // Up to `limit` orders that wait to be decided, after `after`.
  absl::StatusOr<std::vector<int64_t>> ListPendingOrders(
      absl::string_view connection, int64_t after, int limit);
  // Up to `limit` orders that are not readable (and not known to be gone), that
  // held parcels wait for, or that are open (model::IsOpen), and that were last
  // tried before `tried_before`, or after `now`, which means while the clock
  // was wrong; the longest untried first.
  absl::StatusOr<std::vector<int64_t>> ListUnreadableOrders(
      absl::string_view connection, absl::Time tried_before, absl::Time now,
      int limit);
  absl::StatusOr<std::vector<int64_t>> ListBlockingOrders(
      absl::string_view connection, absl::Time tried_before, absl::Time now,
      int limit);
  absl::StatusOr<std::vector<int64_t>> ListOpenOrders(
      absl::string_view connection, absl::Time tried_before, absl::Time now,
      int limit);

  // ---- Shipments -----------------------------------------------------------

  absl::StatusOr<std::vector<model::StoredShipment>> FindShipments(
      absl::string_view connection, const std::vector<int64_t>& shipment_ids);
  // The part that answers of carts change.
  absl::StatusOr<std::vector<model::StoredDelivery>> FindDeliveries(
      absl::string_view connection, const std::vector<int64_t>& shipment_ids);
  // Ascending by order, then by shipment.
  absl::StatusOr<std::vector<model::StoredShipment>> ShipmentsOfOrders(
      absl::string_view connection, const std::vector<int64_t>& order_ids);
  // Up to `limit` HELD shipments that were decided (they have a hold time),
  // with an id after `after`.
  absl::StatusOr<std::vector<int64_t>> ListHeldShipments(
      absl::string_view connection, int64_t after, int limit);
  // Up to `limit` shipments in a state that were never handed out, after
  // `after`, each with its order.
  absl::StatusOr<std::vector<model::IdPair>> ListUndelivered(
      absl::string_view connection, model::DeliveryState state, int64_t after,
      int limit);
  // Up to `limit` shipments with an id below `before`, newest (highest) first.
  absl::StatusOr<std::vector<model::StoredShipment>> ListShipments(
      absl::string_view connection, const model::ShipmentSearch& search,
      int64_t before, int limit);
  absl::StatusOr<model::DeliveryHealth> GetDeliveryHealth(
      absl::string_view connection);

  // ---- Events and consumers ------------------------------------------------

  // Up to `limit` events after a sequence, ascending; of one cart, or of all
  // when `cart` is empty. `delivery` is as it is now.
  absl::StatusOr<std::vector<model::ShipmentEvent>> ListEvents(
      absl::string_view connection, absl::string_view cart, int64_t after,
      int limit);
  // Ascending by sequence.
  absl::StatusOr<std::vector<model::ShipmentEvent>> FindEvents(
      absl::string_view connection, const std::vector<int64_t>& sequences);
  // Up to `limit` shipments that have an event after `after` up to `up_to`,
  // each once, by their first such event; where they go on is `after` =
  // the sequence of the last.
  absl::StatusOr<std::vector<model::IdPair>> ListEventShipments(
      absl::string_view connection, int64_t after, int64_t up_to, int limit);
  // Events of this cart up to here may have been pruned; of any cart where
  // `cart` is empty.
  absl::StatusOr<int64_t> PrunedThrough(absl::string_view connection,
                                        absl::string_view cart);
  // When the last event up to `sequence` was stored; nullopt if there is none.
  absl::StatusOr<std::optional<absl::Time>> EventTimeAt(
      absl::string_view connection, int64_t sequence);
  // How many events of `cart` (empty: of all) came after `position`.
  absl::StatusOr<int64_t> CountEventsAfter(absl::string_view connection,
                                           absl::string_view cart,
                                           int64_t position);

  absl::StatusOr<std::optional<model::Consumer>> FindConsumer(
      absl::string_view connection, absl::string_view name);
  // Up to `limit` consumers with a name after `after`, ascending by name.
  absl::StatusOr<std::vector<model::Consumer>> ListConsumers(
      absl::string_view connection, absl::string_view after, int limit);

 protected:
  // A row of shipment_carts.
  struct CartRow {
    int64_t number = 0;
    std::string cart;
    int64_t events = 0;
    int64_t pruned_through = 0;
    bool confirms = false;
  };

  // Runs a statement of the connection and a key for each of the keys,
  // ascending, each once.
  absl::Status QueryKeys(absl::string_view statement, int64_t connection,
                         std::vector<int64_t> keys, SqlRowFunction read);
  // The same for keys that lie close together.
  absl::Status QueryKeyPage(const KeyPageStatements& statements,
                            int64_t connection, std::vector<int64_t> keys,
                            SqlRowFunction read);
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
  CartRow* CartWithNumber(int64_t number);

  SqlConnection& sql_;
  ConnectionNumbers& numbers_;
  int64_t carts_of_ = 0;       // the connection that carts_ are of; 0 = none
  std::deque<CartRow> carts_;  // rows stay where they are
};

class ShipmentWriter : public ShipmentReader {
 public:
  using ShipmentReader::ShipmentReader;

  absl::Status PutShipmentState(absl::string_view connection,
                                const model::ShipmentState& state);
  absl::Status PutReferenceNames(absl::string_view connection,
                                 const model::ReferenceNames& names);

  // Inserts each order with its links, or replaces what is stored of it.
  absl::Status PutOrders(absl::string_view connection,
                         absl::Span<model::StoredOrder* const> orders);
  // The same of orders that are as they were read, but for what decisions
  // change: `released` and `blocking`.
  absl::Status PutOrderDecisions(absl::string_view connection,
                                 absl::Span<model::StoredOrder* const> orders);
  // Orders that are decided next; also ones that are not stored.
  absl::Status AddPending(absl::string_view connection,
                          const std::vector<int64_t>& order_ids);
  // Orders after `after` up to `up_to` wait no more.
  absl::Status ClearPending(absl::string_view connection, int64_t after,
                            int64_t up_to);

  absl::Status RemovePending(absl::string_view connection,
                             const std::vector<int64_t>& order_ids);

  // Inserts each shipment or replaces what is stored of it; keeps the counts.
  absl::Status PutShipments(absl::string_view connection,
                            absl::Span<model::StoredShipment* const> shipments);
  // The same of shipments whose record is as it was read, but for the order's
  // number where it told none.
  absl::Status PutShipmentDecisions(
      absl::string_view connection,
      absl::Span<model::StoredShipment* const> shipments);
  // Replaces state and delivery of each; none may be HELD before or after.
  absl::Status PutDeliveries(
      absl::string_view connection,
      absl::Span<model::StoredDelivery* const> deliveries);
  // Notes that these carts confirm shipments.
  absl::Status NoteConfirmingCarts(absl::string_view connection,
                                   const std::vector<std::string>& carts);

  // Appends events; their sequences, ascending, come from TakeSequences of this
  // transaction. `delivery` of the events is not shown by any reader and best
  // left empty.
  absl::Status AppendEvents(absl::string_view connection,
                            const std::vector<model::ShipmentEvent>& events);

  absl::Status PutConsumer(absl::string_view connection,
                           const model::Consumer& consumer);
  // Whether there was one.
  absl::StatusOr<bool> DeleteConsumer(absl::string_view connection,
                                      absl::string_view name);

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
  absl::StatusOr<int64_t> PruneShipments(absl::string_view connection,
                                         absl::Time before, int limit,
                                         PrunePosition& position);

 private:
  // Changes of the counts that the summary shows.
  struct CountChanges {
    int64_t held_orders = 0;
    int64_t ready_shipments = 0;
  };
  struct PrunePage;

  absl::Status PutRecords(int64_t connection,
                          absl::Span<model::StoredShipment* const> shipments);
  absl::Status PutDecided(int64_t connection,
                          absl::Span<model::StoredShipment* const> shipments);
  absl::StatusOr<CartRow*> FindOrAddCart(int64_t connection,
                                         absl::string_view cart);
  absl::Status PutCarts(int64_t connection,
                        const std::vector<const CartRow*>& rows);

  absl::Status PutLinks(int64_t connection,
                        absl::Span<model::StoredOrder* const> orders);
  // How many more orders hold shipments; `changes` are (order, difference).
  absl::StatusOr<int64_t> CountHeld(int64_t connection,
                                    std::vector<model::IdPair> changes);
  absl::Status AddCounts(int64_t connection, const CountChanges& changes);

  absl::Status DeleteOrders(int64_t connection, PrunePage& page);
  absl::StatusOr<int64_t> PruneEvents(int64_t connection, absl::Time before,
                                      int limit, PrunePosition& position);
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SHIPMENT_TABLES_H_
