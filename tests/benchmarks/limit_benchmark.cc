// The limits that the connector's data path is measured by, each in the same
// run as what it is the limit of:
//
//   BM_Read…      pages of 1000 rows read from JSON; of_simdjson says which
//   part
//                 of the rate of simdjson alone that is, which takes the same
//                 fields out of the same body and makes nothing of them
//   BM_HandMade…  stock and levels on SQLite by hand (hand_made_stock.h), which
//                 inventory_pull_benchmark compares a pull with
//
// rows is rows a second, of processor time where JSON is read; the "/s" that
// the library prints behind ratios means nothing.
#include <stdlib.h>
#include <time.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "fake_order_manager/generator.h"
#include "fake_order_manager/rows.h"
#include "order_manager/inventory_readers.h"
#include "order_manager/json_rows.h"
#include "order_manager/shipment_readers.h"
#include "simdjson.h"
#include "tests/benchmarks/hand_made_stock.h"

namespace oms_connector::testing_support {
namespace {

using order_manager::JsonRows;
using std::chrono::steady_clock;

constexpr int64_t kRows = 1000;
constexpr int64_t kStoredRows = 200'000;

void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "limit_benchmark: %s failed\n", what);
  std::abort();
}

double SecondsOf(const std::function<void()>& work) {
  const auto start = steady_clock::now();
  work();
  return std::chrono::duration<double>(steady_clock::now() - start).count();
}

// Of this thread alone: what else the machine does is not in it. Reading JSON
// waits for nothing.
double CpuSecondsOf(const std::function<void()>& work) {
  const auto now = [] {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_nsec) * 1e-9;
  };
  const double start = now();
  work();
  return now() - start;
}

const FakeWorld& World() {
  static const auto* const world = [] {
    WorldPlan plan;
    plan.products = 1100;
    plan.orders = 1500;
    return new FakeWorld(
        GenerateWorld(plan, absl::FromUnixSeconds(1'786'960'800)));
  }();
  return *world;
}

// A body of the first kRows rows, as `append` writes them.
template <typename Rows, typename Append>
std::string BodyOf(const Rows& rows, const Append& append) {
  std::string body = "[";
  int64_t count = 0;
  for (const auto& [key, row] : rows) {
    if (count == kRows) break;
    if (count++ > 0) body.push_back(',');
    append(row, &body);
  }
  Require(count == kRows, "filling a page");
  return body + "]";
}

std::string StockBody() {
  return BodyOf(World().stock, [](const Stock& row, std::string* out) {
    AppendStockTotal(World(), row, out);
  });
}

std::string ShipmentBody() {
  return BodyOf(World().shipments, [](const Shipment& row, std::string* out) {
    AppendRow(World(), row, out);
  });
}

// ---- simdjson alone ---------------------------------------------------------

using simdjson::ondemand::object;
using simdjson::ondemand::value;

// What is taken of a field costs what its type costs.
int64_t Take(simdjson::simdjson_result<value> field) {
  value found;
  if (field.get(found) != simdjson::SUCCESS) return 0;
  int64_t number = 0;
  std::string_view text;
  if (found.get_int64().get(number) == simdjson::SUCCESS) return number;
  if (found.get_string().get(text) != simdjson::SUCCESS) return 0;
  return static_cast<int64_t>(text.size());
}

int64_t TakeStock(object row) {
  object product;
  if (row["product"].get_object().get(product) != simdjson::SUCCESS) return 0;
  const int64_t taken = Take(product["productId"]) + Take(product["masterSku"]);
  return taken + Take(row["onHandQuantity"]) + Take(row["lockedQuantity"]);
}

int64_t TakeShipment(object row) {
  int64_t taken = 0;
  for (const char* name :
       {"shipmentId", "orderId", "orderNumber", "type", "created", "shipDate",
        "external", "warehouseId", "trackingNumber", "deliveryStatus"}) {
    taken += Take(row[name]);
  }
  object method;
  if (row["shipMethod"].get_object().get(method) != simdjson::SUCCESS) {
    return taken;
  }
  return taken + Take(method["shippingCarrier"]) +
         Take(method["shippingProviderId"]) + Take(method["shippingServiceId"]);
}

double SimdjsonRowsPerSecond(const std::string& body, int64_t (*take)(object)) {
  constexpr int kTurns = 50;
  const simdjson::padded_string padded(body);
  simdjson::ondemand::parser parser;
  int64_t taken = 0;
  const double seconds = CpuSecondsOf([&] {
    for (int turn = 0; turn < kTurns; ++turn) {
      simdjson::ondemand::document document;
      simdjson::ondemand::array rows;
      Require(parser.iterate(padded).get(document) == simdjson::SUCCESS &&
                  document.get_array().get(rows) == simdjson::SUCCESS,
              "simdjson");
      for (auto item : rows) {
        object row;
        Require(item.get_object().get(row) == simdjson::SUCCESS, "a row");
        taken += take(row);
      }
    }
  });
  benchmark::DoNotOptimize(taken);
  return kTurns * kRows / seconds;
}

// ---- Reading ----------------------------------------------------------------

template <typename Read>
void ReadPages(benchmark::State& state, const std::string& body,
               int64_t (*take)(object), const Read& read) {
  const double alone = SimdjsonRowsPerSecond(body, take);
  JsonRows reader;
  std::string text = body;
  int64_t rows = 0;
  double seconds = 0;
  for (auto _ : state) {
    seconds += CpuSecondsOf([&] {
      const auto page = read(reader, &text);
      Require(page.ok() && page->rejected.empty() && page->notes.empty(),
              "reading");
      rows += page->row_count;
    });
  }
  state.counters["rows"] = static_cast<double>(rows) / seconds;
  state.counters["of_simdjson"] = static_cast<double>(rows) / seconds / alone;
}

void BM_ReadStock(benchmark::State& state) {
  ReadPages(state, StockBody(), &TakeStock,
            [](JsonRows& reader, std::string* text) {
              return order_manager::ReadStockTotals(reader, text, 1, 1);
            });
}
BENCHMARK(BM_ReadStock)->Unit(benchmark::kMicrosecond);

void BM_ReadShipments(benchmark::State& state) {
  ReadPages(state, ShipmentBody(), &TakeShipment,
            [](JsonRows& reader, std::string* text) {
              return order_manager::ReadShipments(reader, text, 1);
            });
}
BENCHMARK(BM_ReadShipments)->Unit(benchmark::kMicrosecond);

// ---- SQLite by hand ---------------------------------------------------------

class Folder {
 public:
  Folder() {
    path_ = (std::filesystem::temp_directory_path() / "limit_XXXXXX").string();
    Require(mkdtemp(path_.data()) != nullptr, "making a folder");
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string File() const { return absl::StrCat(path_, "/limit.db"); }

 private:
  std::string path_;
};

void Count(benchmark::State& state, double seconds) {
  state.SetIterationTime(seconds);
  state.counters["rows"] = kStoredRows / seconds;
}

void BM_HandMadeFirstPull(benchmark::State& state) {
  for (auto _ : state) {
    const Folder folder;
    HandMadeStock stock(folder.File());
    Count(state, SecondsOf([&] { stock.FirstPull(kStoredRows); }));
  }
}
BENCHMARK(BM_HandMadeFirstPull)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

void BM_HandMadeUnchangedPull(benchmark::State& state) {
  const Folder folder;
  HandMadeStock stock(folder.File());
  stock.FirstPull(kStoredRows);
  for (auto _ : state) {
    Count(state, SecondsOf([&] {
            Require(stock.UnchangedPull(kStoredRows) == 0, "comparing");
          }));
  }
}
BENCHMARK(BM_HandMadeUnchangedPull)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

void BM_HandMadeFeed(benchmark::State& state) {
  const Folder folder;
  HandMadeStock stock(folder.File());
  stock.FirstPull(kStoredRows);
  for (auto _ : state) {
    Count(state, SecondsOf([&] {
            Require(stock.ReadFeed() == kStoredRows, "reading");
          }));
  }
}
BENCHMARK(BM_HandMadeFeed)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace oms_connector::testing_support

BENCHMARK_MAIN();
