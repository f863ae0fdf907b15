// Where the nouns are kept. A transaction sees one consistent state; what a
// committed write transaction has changed is on disk when Write returns.
//
// Example:
//   absl::Status status = store.Write(context, [&](WriteTransaction& txn) {
//     OMS_ASSIGN_OR_RETURN(model::StoredSettings settings,
//                          txn.connections().GetSettings("acme"));
//     ...
//     return txn.connections().UpdateSettings("acme", settings);
//   });
//
// The function given to Read or Write may run more than once (a locked store,
// a lost connection; bounded and jittered), so it sets its results anew at
// each run, keeps no other state across runs, and touches no network. When it
// returns an error the transaction is rolled back and Write returns that error.
// A method of the transaction that fails may have spoilt it, so the function
// returns that error; only NOT_FOUND for a row that was read, or that was to be
// changed, and ABORTED for a fence leave the transaction as it was.
//
// Times are kept in whole microseconds, rounded down. Clocks of servers differ,
// so what one server keeps and another compares (deadlines, leases, how fresh
// something is) is told and judged by the transaction's Now.
//
// Methods speak in four groups of tables; each group's header says what its
// methods promise. Thread-safe: any number of threads may call Read and Write.
// A transaction is used only inside its function, by that thread.
//
// Errors beyond the function's own: STORE_BUSY, STORE_FULL, OVERLOADED (too
// many writes wait) and INTERNAL of model/errors.h; DEADLINE_EXCEEDED
// and CANCELLED from the context; NOT_FOUND for a write that names a connection
// which does not exist.
#ifndef OMS_CONNECTOR_STORAGE_STORE_H_
#define OMS_CONNECTOR_STORAGE_STORE_H_

#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "storage/connection_numbers.h"
#include "storage/connection_tables.h"
#include "storage/idempotent_replay.h"
#include "storage/inventory_tables.h"
#include "storage/run_tables.h"
#include "storage/shipment_tables.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// Lives as long as the database's transaction, which it neither begins nor
// ends.
class ReadTransaction {
 public:
  // Does not own `sql`, which is within a transaction.
  explicit ReadTransaction(SqlConnection& sql)
      : sql_(sql),
        numbers_(sql),
        connections_(sql, numbers_),
        runs_(sql, numbers_),
        inventory_(sql, numbers_),
        shipments_(sql, numbers_) {}
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

  ConnectionReader& connections() { return connections_; }
  RunReader& runs() { return runs_; }
  InventoryReader& inventory() { return inventory_; }
  ShipmentReader& shipments() { return shipments_; }
  // The time by the clock of all who share the store: the database's, or that
  // of this process where nobody else has the database.
  absl::StatusOr<absl::Time> Now() { return sql_.Now(); }
  // A name for what this transaction sees. Transactions of this process that
  // get the same one see the same rows; those that see the same rows mostly,
  // but not always, get the same one. Empty in a transaction that writes.
  absl::StatusOr<std::string> Snapshot() { return sql_.Snapshot(); }

 protected:
  SqlConnection& sql_;
  ConnectionNumbers numbers_;
  ConnectionWriter connections_;
  RunWriter runs_;
  InventoryWriter inventory_;
  ShipmentWriter shipments_;
};

class WriteTransaction : public ReadTransaction {
 public:
  using ReadTransaction::ReadTransaction;

  ConnectionWriter& connections() { return connections_; }
  RunWriter& runs() { return runs_; }
  InventoryWriter& inventory() { return inventory_; }
  ShipmentWriter& shipments() { return shipments_; }
};

class Store {
 public:
  virtual ~Store() = default;
  virtual absl::Status Read(
      const base::CallContext& context,
      absl::FunctionRef<absl::Status(ReadTransaction&)> function) = 0;
  virtual absl::Status Write(
      const base::CallContext& context,
      absl::FunctionRef<absl::Status(WriteTransaction&)> function) = 0;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_STORE_H_
