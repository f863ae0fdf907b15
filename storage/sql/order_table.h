// The mirror of orders, their links, and the names that ids stand for: the
// part of storage/shipment_tables.h that is about orders. Its comments are the
// promise; one object belongs to one transaction.
#ifndef OMS_CONNECTOR_STORAGE_SQL_ORDER_TABLE_H_
#define OMS_CONNECTOR_STORAGE_SQL_ORDER_TABLE_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/shipment_rows.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

class OrderTable {
 public:
  explicit OrderTable(SqlConnection& sql) : sql_(sql) {}

  absl::StatusOr<std::vector<ReferenceName>> ListReferenceNames(
      absl::string_view connection);
  absl::Status PutReferenceNames(absl::string_view connection, NameKind kind,
                                 const std::vector<ReferenceName>& names);

  absl::StatusOr<std::vector<StoredOrder>> FindOrders(
      absl::string_view connection, const std::vector<int64_t>& order_ids);
  absl::StatusOr<std::vector<StoredOrder>> ListOrders(
      absl::string_view connection, int64_t after, int limit);
  absl::StatusOr<std::vector<int64_t>> LinkedOrders(
      absl::string_view connection, const std::vector<int64_t>& order_ids);
  absl::StatusOr<std::vector<int64_t>> OrdersWithFamilyKey(
      absl::string_view connection, absl::string_view cart,
      absl::string_view family_key, int limit);
  absl::StatusOr<std::vector<int64_t>> ListPendingOrders(
      absl::string_view connection, int64_t after, int limit);
  absl::StatusOr<std::vector<int64_t>> ListUnreadableOrders(
      absl::string_view connection, absl::Time tried_before, int limit);

  absl::Status PutOrders(absl::string_view connection,
                         const std::vector<StoredOrder>& orders);
  absl::Status SetPending(absl::string_view connection,
                          const std::vector<int64_t>& order_ids, bool pending);
  absl::Status SetUndeliveredPending(absl::string_view connection);
  absl::StatusOr<int64_t> PruneOrders(absl::Time before, int limit);

 private:
  absl::Status PutLinks(absl::string_view connection,
                        const std::vector<StoredOrder>& orders);

  SqlConnection& sql_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_ORDER_TABLE_H_
