// What a batch of 1000 upserts costs on PostgreSQL: row by row, pipelined as
// the driver does it, and as one statement over arrays.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "storage/postgres/postgres_connection.h"
#include "storage/sql_connection.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::storage {
namespace {

constexpr int64_t kRows = 1000;

constexpr char kTable[] = R"(
    CREATE TABLE stock (connection TEXT NOT NULL, sku TEXT NOT NULL,
      location BIGINT NOT NULL, on_hand BIGINT NOT NULL,
      PRIMARY KEY (connection, sku, location)))";
constexpr char kUpsert[] = R"(
    INSERT INTO stock (connection, sku, location, on_hand)
    VALUES ($1, $2, $3, $4) ON CONFLICT (connection, sku, location)
    DO UPDATE SET on_hand = excluded.on_hand)";
constexpr char kUpsertAll[] = R"(
    INSERT INTO stock (connection, sku, location, on_hand)
    SELECT $1, sku, location, on_hand
    FROM unnest($2::text::text[], $3::text::bigint[],
      $4::text::bigint[])
      AS row (sku, location, on_hand)
    ON CONFLICT (connection, sku, location)
    DO UPDATE SET on_hand = excluded.on_hand)";

void Check(const absl::Status& status, benchmark::State& state) {
  if (!status.ok()) state.SkipWithError(status.ToString().c_str());
}

// A server that waits for the disk, and a connection to it.
struct Bench {
  explicit Bench(benchmark::State& state) {
    testing_support::PostgresServer::Options options;
    options.fsync = true;
    server = *testing_support::PostgresServer::Start(options);
    PostgresConnection::Options connection_options;
    connection_options.url = server->Url("postgres");
    connection_options.clock = &clock;
    connection = *PostgresConnection::Open(connection_options);
    Check(connection->ExecuteScript(kTable), state);
    for (int64_t i = 0; i < kRows; ++i) skus.push_back(absl::StrCat("SKU-", i));
  }

  std::vector<SqlParam> Row(int64_t i) const {
    return {"acme", skus[static_cast<size_t>(i)], int64_t{1}, generation};
  }

  base::SystemClock clock;
  std::unique_ptr<testing_support::PostgresServer> server;
  std::unique_ptr<PostgresConnection> connection;
  std::vector<std::string> skus;
  int64_t generation = 0;  // so that each batch changes every row
};

void RowByRow(benchmark::State& state) {
  Bench bench(state);
  for (auto _ : state) {
    ++bench.generation;
    Check(bench.connection->Begin(true, {}), state);
    for (int64_t i = 0; i < kRows; ++i) {
      Check(bench.connection->Execute(kUpsert, bench.Row(i)).status(), state);
    }
    Check(bench.connection->Commit(), state);
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(RowByRow)->UseRealTime()->Unit(benchmark::kMillisecond);

void Pipelined(benchmark::State& state) {
  Bench bench(state);
  for (auto _ : state) {
    ++bench.generation;
    std::vector<std::vector<SqlParam>> rows;
    for (int64_t i = 0; i < kRows; ++i) rows.push_back(bench.Row(i));
    Check(bench.connection->Begin(true, {}), state);
    Check(bench.connection->ExecuteBatch(kUpsert, rows).status(), state);
    Check(bench.connection->Commit(), state);
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(Pipelined)->UseRealTime()->Unit(benchmark::kMillisecond);

void Unnested(benchmark::State& state) {
  Bench bench(state);
  for (auto _ : state) {
    ++bench.generation;
    std::string skus, locations, on_hand;
    for (int64_t i = 0; i < kRows; ++i) {
      const char* comma = i == 0 ? "{" : ",";
      absl::StrAppend(&skus, comma, bench.skus[static_cast<size_t>(i)]);
      absl::StrAppend(&locations, comma, 1);
      absl::StrAppend(&on_hand, comma, bench.generation);
    }
    for (std::string* array : {&skus, &locations, &on_hand}) *array += "}";
    Check(bench.connection->Begin(true, {}), state);
    Check(bench.connection
              ->Execute(kUpsertAll, {"acme", skus, locations, on_hand})
              .status(),
          state);
    Check(bench.connection->Commit(), state);
  }
  state.SetItemsProcessed(state.iterations() * kRows);
}
BENCHMARK(Unnested)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace oms_connector::storage
