#include "domain/shipments/shipment_mirror.h"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "domain/carriers/tracking_number.h"
#include "domain/shipments/order_mirror.h"

namespace oms_connector::shipments {
namespace {

using storage::StoredShipment;

bool SameRecord(const model::ShipmentRecord& a,
                const model::ShipmentRecord& b) {
  const auto tie = [](const model::ShipmentRecord& record) {
    return std::tie(record.order_id, record.order_number, record.voided,
                    record.tracking_number, record.shipping_carrier,
                    record.shipping_provider_id, record.shipping_service_id,
                    record.warehouse_id, record.external);
  };
  const auto micros = [](const std::optional<absl::Time>& time) {
    return time.has_value() ? std::optional(absl::ToUnixMicros(*time))
                            : std::nullopt;
  };
  return tie(a) == tie(b) && micros(a.ship_time) == micros(b.ship_time) &&
         micros(a.create_time) == micros(b.create_time);
}

absl::StatusOr<std::vector<StoredShipment>> ChangedRows(
    storage::WriteTransaction& txn, const std::string& connection,
    const std::vector<model::ShipmentRecord>& records, absl::Time now,
    std::set<int64_t>& orders_concerned) {
  std::map<int64_t, model::ShipmentRecord> latest;
  std::vector<int64_t> ids;
  for (const model::ShipmentRecord& record : records) {
    if (!record.is_return) latest[record.shipment_id] = record;
  }
  for (const auto& [id, record] : latest) ids.push_back(id);
  OMS_ASSIGN_OR_RETURN(std::vector<StoredShipment> found,
                       txn.shipments().FindShipments(connection, ids));
  std::map<int64_t, StoredShipment> rows;
  for (StoredShipment& row : found) {
    const int64_t id = row.record.shipment_id;
    rows.emplace(id, std::move(row));
  }

  std::vector<StoredShipment> changed;
  for (auto& [id, record] : latest) {
    const auto [known, is_new] = rows.try_emplace(id);
    StoredShipment& row = known->second;
    if (record.order_number.empty()) {
      record.order_number = row.record.order_number;
    }
    if (!is_new && SameRecord(row.record, record)) continue;
    if (is_new) row.state_time = now;
    if (!is_new) orders_concerned.insert(row.record.order_id);
    orders_concerned.insert(record.order_id);
    row.record = record;
    row.tracking_key =
        carriers::NormalizeTrackingNumber(record.tracking_number);
    changed.push_back(std::move(row));
  }
  return changed;
}

// Looks for the rows' tracking numbers in what is stored, themselves included.
absl::StatusOr<std::vector<DuplicateParcel>> FindDuplicates(
    storage::WriteTransaction& txn, const std::string& connection,
    const std::vector<StoredShipment>& rows) {
  std::vector<DuplicateParcel> duplicates;
  for (const StoredShipment& row : rows) {
    if (row.tracking_key.empty() || row.record.voided) continue;
    OMS_ASSIGN_OR_RETURN(
        const std::vector<StoredShipment> siblings,
        txn.shipments().ShipmentsOfOrders(connection, {row.record.order_id}));
    for (const StoredShipment& sibling : siblings) {
      if (sibling.record.shipment_id >= row.record.shipment_id) break;
      if (sibling.record.voided || sibling.tracking_key != row.tracking_key) {
        continue;
      }
      duplicates.push_back({row.record.order_id, row.record.shipment_id,
                            sibling.record.shipment_id,
                            row.record.tracking_number});
      break;
    }
  }
  return duplicates;
}

}  // namespace

absl::StatusOr<std::vector<DuplicateParcel>> MirrorShipments(
    storage::WriteTransaction& txn, const CartDirectory& directory,
    const std::vector<model::ShipmentRecord>& records, absl::Time now) {
  const std::string& connection = directory.connection().id;
  std::set<int64_t> concerned;
  OMS_ASSIGN_OR_RETURN(const std::vector<StoredShipment> rows,
                       ChangedRows(txn, connection, records, now, concerned));
  OMS_RETURN_IF_ERROR(txn.shipments().PutShipments(connection, rows));
  const std::vector<int64_t> orders(concerned.begin(), concerned.end());
  OMS_RETURN_IF_ERROR(AddUnknownOrders(txn, directory, orders, now).status());
  OMS_RETURN_IF_ERROR(txn.shipments().SetPending(connection, orders, true));
  return FindDuplicates(txn, connection, rows);
}

}  // namespace oms_connector::shipments
