// A database without our store: the same two statements through its own library
// alone, in one thread, on a schema that a store has laid out and that holds
// the connection "acme". What a store can at best be.
#ifndef OMS_CONNECTOR_TESTS_BENCHMARKS_RAW_STORE_H_
#define OMS_CONNECTOR_TESTS_BENCHMARKS_RAW_STORE_H_

#include <memory>
#include <string>

namespace oms_connector::storage {

// Ends the program where the database fails. Used by one thread at a time.
class RawStore {
 public:
  virtual ~RawStore() = default;
  // One transaction that puts a checkpoint.
  virtual void WriteOnce(const std::string& checkpoint) = 0;
  // One query for a checkpoint.
  virtual void ReadOnce() = 0;
};

// `full`: whether commits wait for the disk.
std::unique_ptr<RawStore> OpenRawSqlite(const std::string& path, bool full);
// The transaction is the statement itself, in one round trip.
std::unique_ptr<RawStore> OpenRawPostgres(const std::string& url);

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_TESTS_BENCHMARKS_RAW_STORE_H_
