// The best that can be done by hand for stock and its levels on SQLite: integer
// keys, the level's columns beside the stock row, each SKU's text once, an
// index for the feed and none else. What a pull or a feed of ours costs is told
// as a part of what this does in the same run.
//
//   HandMadeStock limit(path);
//   limit.FirstPull(200'000);        // 25 rows a statement, 1000 a transaction
//   limit.UnchangedPull(200'000);    // reads and compares, writes nothing
//   limit.ReadFeed();
#ifndef OMS_CONNECTOR_TESTS_BENCHMARKS_HAND_MADE_STOCK_H_
#define OMS_CONNECTOR_TESTS_BENCHMARKS_HAND_MADE_STOCK_H_

#include <cstdint>
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace oms_connector::testing_support {

// WAL, synchronous=FULL, as the store has it. Ends the process where SQLite
// fails. Not thread-safe.
class HandMadeStock {
 public:
  explicit HandMadeStock(const std::string& path);
  ~HandMadeStock();
  HandMadeStock(const HandMadeStock&) = delete;
  HandMadeStock& operator=(const HandMadeStock&) = delete;

  // Writes products 1 to `rows`.
  void FirstPull(int64_t rows);
  // Reads each page's rows in key order and compares them with what came; how
  // many differed.
  int64_t UnchangedPull(int64_t rows);
  // All levels in revision order with their SKUs; how many.
  int64_t ReadFeed();

 private:
  sqlite3_stmt* Prepare(const char* sql);
  // `insert` with as many `values` as one statement puts.
  sqlite3_stmt* PrepareGroup(const std::string& insert,
                             const std::string& values);
  void Execute(const char* sql);

  sqlite3* database_ = nullptr;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_BENCHMARKS_HAND_MADE_STOCK_H_
