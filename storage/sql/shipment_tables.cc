#include "storage/sql/shipment_tables.h"

#include "base/status_macros.h"

namespace oms_connector::storage {

absl::StatusOr<ShipmentState> SqlShipmentTables::GetShipmentState(
    absl::string_view connection) {
  return shipments_.GetState(connection);
}

absl::StatusOr<std::vector<ReferenceName>>
SqlShipmentTables::ListReferenceNames(absl::string_view connection) {
  return orders_.ListReferenceNames(connection);
}

absl::StatusOr<std::vector<StoredOrder>> SqlShipmentTables::FindOrders(
    absl::string_view connection, const std::vector<int64_t>& order_ids) {
  return orders_.FindOrders(connection, order_ids);
}

absl::StatusOr<std::vector<StoredOrder>> SqlShipmentTables::ListOrders(
    absl::string_view connection, int64_t after, int limit) {
  return orders_.ListOrders(connection, after, limit);
}

absl::StatusOr<std::vector<int64_t>> SqlShipmentTables::LinkedOrders(
    absl::string_view connection, const std::vector<int64_t>& order_ids) {
  return orders_.LinkedOrders(connection, order_ids);
}

absl::StatusOr<std::vector<int64_t>> SqlShipmentTables::OrdersWithFamilyKey(
    absl::string_view connection, absl::string_view cart,
    absl::string_view family_key, int limit) {
  return orders_.OrdersWithFamilyKey(connection, cart, family_key, limit);
}

absl::StatusOr<std::vector<int64_t>> SqlShipmentTables::ListPendingOrders(
    absl::string_view connection, int64_t after, int limit) {
  return orders_.ListPendingOrders(connection, after, limit);
}

absl::StatusOr<std::vector<int64_t>> SqlShipmentTables::ListUnreadableOrders(
    absl::string_view connection, absl::Time tried_before, int limit) {
  return orders_.ListUnreadableOrders(connection, tried_before, limit);
}

absl::StatusOr<std::vector<StoredShipment>> SqlShipmentTables::FindShipments(
    absl::string_view connection, const std::vector<int64_t>& shipment_ids) {
  return shipments_.FindShipments(connection, shipment_ids);
}

absl::StatusOr<std::vector<StoredShipment>>
SqlShipmentTables::ShipmentsOfOrders(absl::string_view connection,
                                     const std::vector<int64_t>& order_ids) {
  return shipments_.ShipmentsOfOrders(connection, order_ids);
}

absl::StatusOr<std::vector<int64_t>> SqlShipmentTables::ListHeldShipments(
    absl::string_view connection, int64_t after, int limit) {
  return shipments_.ListHeldShipments(connection, after, limit);
}

absl::StatusOr<std::vector<StoredShipment>> SqlShipmentTables::ListShipments(
    absl::string_view connection, const ShipmentSearch& search, int64_t before,
    int limit) {
  return shipments_.ListShipments(connection, search, before, limit);
}

absl::StatusOr<DeliveryHealth> SqlShipmentTables::GetDeliveryHealth(
    absl::string_view connection) {
  return shipments_.GetDeliveryHealth(connection);
}

absl::StatusOr<std::vector<model::ShipmentEvent>> SqlShipmentTables::ListEvents(
    absl::string_view connection, absl::string_view cart, int64_t after,
    int limit) {
  return events_.ListEvents(connection, cart, after, limit);
}

absl::StatusOr<std::vector<model::ShipmentEvent>> SqlShipmentTables::FindEvents(
    absl::string_view connection, const std::vector<int64_t>& sequences) {
  return events_.FindEvents(connection, sequences);
}

absl::StatusOr<std::vector<int64_t>> SqlShipmentTables::ShipmentsWithEvents(
    absl::string_view connection, int64_t after, int64_t up_to) {
  return events_.ShipmentsWithEvents(connection, after, up_to);
}

absl::StatusOr<int64_t> SqlShipmentTables::LastSequence(
    absl::string_view connection) {
  return events_.LastSequence(connection);
}

absl::StatusOr<std::optional<absl::Time>> SqlShipmentTables::EventTimeAt(
    absl::string_view connection, int64_t sequence) {
  return events_.EventTimeAt(connection, sequence);
}

absl::StatusOr<std::optional<model::Consumer>> SqlShipmentTables::FindConsumer(
    absl::string_view connection, absl::string_view name) {
  return events_.FindConsumer(connection, name);
}

absl::StatusOr<std::vector<model::Consumer>> SqlShipmentTables::ListConsumers(
    absl::string_view connection) {
  return events_.ListConsumers(connection);
}

absl::StatusOr<int64_t> SqlShipmentTables::CountEventsAfter(
    absl::string_view connection, absl::string_view cart, int64_t position) {
  return events_.CountEventsAfter(connection, cart, position);
}

absl::Status SqlShipmentTables::PutShipmentState(absl::string_view connection,
                                                 const ShipmentState& state) {
  return shipments_.PutState(connection, state);
}

absl::Status SqlShipmentTables::PutReferenceNames(
    absl::string_view connection, NameKind kind,
    const std::vector<ReferenceName>& names) {
  return orders_.PutReferenceNames(connection, kind, names);
}

absl::Status SqlShipmentTables::PutOrders(
    absl::string_view connection, const std::vector<StoredOrder>& orders) {
  return orders_.PutOrders(connection, orders);
}

absl::Status SqlShipmentTables::SetPending(
    absl::string_view connection, const std::vector<int64_t>& order_ids,
    bool pending) {
  return orders_.SetPending(connection, order_ids, pending);
}

absl::Status SqlShipmentTables::SetUndeliveredPending(
    absl::string_view connection) {
  return orders_.SetUndeliveredPending(connection);
}

absl::Status SqlShipmentTables::PutShipments(
    absl::string_view connection,
    const std::vector<StoredShipment>& shipments) {
  return shipments_.PutShipments(connection, shipments);
}

absl::Status SqlShipmentTables::AppendEvents(
    absl::string_view connection,
    const std::vector<model::ShipmentEvent>& events) {
  return events_.AppendEvents(connection, events);
}

absl::Status SqlShipmentTables::PutConsumer(absl::string_view connection,
                                            const model::Consumer& consumer) {
  return events_.PutConsumer(connection, consumer);
}

absl::StatusOr<bool> SqlShipmentTables::DeleteConsumer(
    absl::string_view connection, absl::string_view name) {
  return events_.DeleteConsumer(connection, name);
}

absl::StatusOr<int64_t> SqlShipmentTables::PruneShipments(absl::Time before,
                                                          int limit) {
  OMS_ASSIGN_OR_RETURN(const int64_t events,
                       events_.PruneEvents(before, limit));
  OMS_ASSIGN_OR_RETURN(const int64_t orders,
                       orders_.PruneOrders(before, limit));
  OMS_ASSIGN_OR_RETURN(const int64_t shipments,
                       shipments_.PruneShipments(before, limit));
  return events + orders + shipments;
}

}  // namespace oms_connector::storage
