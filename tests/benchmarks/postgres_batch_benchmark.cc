// What a batch of upserts costs on PostgreSQL, a thousand rows and a page of
// ten thousand: row by row, pipelined as the driver does it, and as one
// statement for each thousand rows over arrays. `changed` says whether each row
// differs from what is stored; what does not differ is not written.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "storage/postgres/postgres_connection.h"
#include "storage/sql_connection.h"
#include "tests/support/postgres_server.h"

namespace oms_connector::storage {
namespace {

// A statement over arrays takes so many at once.
constexpr int64_t kArrayRows = 1000;

constexpr char kTable[] = R"(
    CREATE TABLE stock (connection TEXT NOT NULL, sku TEXT NOT NULL,
      location BIGINT NOT NULL, on_hand BIGINT NOT NULL,
      PRIMARY KEY (connection, sku, location)))";
constexpr char kUpsert[] = R"(
    INSERT INTO stock (connection, sku, location, on_hand)
    VALUES ($1, $2, $3, $4) ON CONFLICT (connection, sku, location)
    DO UPDATE SET on_hand = excluded.on_hand
    WHERE stock.on_hand IS DISTINCT FROM excluded.on_hand)";
constexpr char kUpsertAll[] = R"(
    INSERT INTO stock (connection, sku, location, on_hand)
    SELECT $1, sku, location, on_hand
    FROM unnest($2::text::text[], $3::text::bigint[],
      $4::text::bigint[])
      AS row (sku, location, on_hand)
    ON CONFLICT (connection, sku, location)
    DO UPDATE SET on_hand = excluded.on_hand
    WHERE stock.on_hand IS DISTINCT FROM excluded.on_hand)";

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
    for (int64_t i = 0; i < state.range(0); ++i) {
      skus.push_back(absl::StrCat("SKU-", i));
    }
    Check(PutAll(), state);
  }

  int64_t rows() const { return static_cast<int64_t>(skus.size()); }

  // As the driver does it.
  absl::Status PutAll() {
    SqlParamRows batch;
    for (int64_t i = 0; i < rows(); ++i) batch.push_back(Row(i));
    OMS_RETURN_IF_ERROR(connection->Begin(true, {}));
    OMS_RETURN_IF_ERROR(connection->ExecuteBatch(kUpsert, batch).status());
    return connection->Commit();
  }

  absl::Status PutArray(int64_t begin, int64_t end) {
    std::string array, locations, on_hand;
    for (int64_t i = begin; i < end; ++i) {
      const char* comma = i == begin ? "{" : ",";
      absl::StrAppend(&array, comma, skus[static_cast<size_t>(i)]);
      absl::StrAppend(&locations, comma, 1);
      absl::StrAppend(&on_hand, comma, generation);
    }
    for (std::string* text : {&array, &locations, &on_hand}) *text += "}";
    return connection->Execute(kUpsertAll, {"acme", array, locations, on_hand})
        .status();
  }

  std::vector<SqlParam> Row(int64_t i) const {
    return {"acme", skus[static_cast<size_t>(i)], int64_t{1}, generation};
  }

  base::SystemClock clock;
  std::unique_ptr<testing_support::PostgresServer> server;
  std::unique_ptr<PostgresConnection> connection;
  std::vector<std::string> skus;
  int64_t generation = 0;  // what every row is set to
};

// The arguments are the number of rows, and whether each of them changes.
void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"rows", "changed"})
      ->ArgsProduct({{1000, 10'000}, {0, 1}})
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

void RowByRow(benchmark::State& state) {
  Bench bench(state);
  for (auto _ : state) {
    bench.generation += state.range(1);
    Check(bench.connection->Begin(true, {}), state);
    for (int64_t i = 0; i < bench.rows(); ++i) {
      Check(bench.connection->Execute(kUpsert, bench.Row(i)).status(), state);
    }
    Check(bench.connection->Commit(), state);
  }
  state.SetItemsProcessed(state.iterations() * bench.rows());
}
BENCHMARK(RowByRow)->Apply(Sizes);

void Pipelined(benchmark::State& state) {
  Bench bench(state);
  for (auto _ : state) {
    bench.generation += state.range(1);
    Check(bench.PutAll(), state);
  }
  state.SetItemsProcessed(state.iterations() * bench.rows());
}
BENCHMARK(Pipelined)->Apply(Sizes);

void Unnested(benchmark::State& state) {
  Bench bench(state);
  for (auto _ : state) {
    bench.generation += state.range(1);
    Check(bench.connection->Begin(true, {}), state);
    for (int64_t i = 0; i < bench.rows(); i += kArrayRows) {
      Check(bench.PutArray(i, std::min(i + kArrayRows, bench.rows())), state);
    }
    Check(bench.connection->Commit(), state);
  }
  state.SetItemsProcessed(state.iterations() * bench.rows());
}
BENCHMARK(Unnested)->Apply(Sizes);

}  // namespace
}  // namespace oms_connector::storage
