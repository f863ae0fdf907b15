// The fake Order Manager as a program: for the demo, for benchmarks, and for
// tests that only know the wire.
//
//   fake_order_manager --listen=127.0.0.1:0
//   --data=fake_order_manager/demo_world.json fake_order_manager
//   --listen=127.0.0.1:8090 --products=200000 --token=secret
//
// Says "listening on http://127.0.0.1:PORT" once it does, and ends on SIGTERM
// or SIGINT. /_control/ (control_endpoints.h) changes it while it runs.

#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "fake_order_manager/control_endpoints.h"
#include "fake_order_manager/fake_order_manager.h"
#include "fake_order_manager/generator.h"
#include "fake_order_manager/world_json.h"

namespace oms_connector::testing_support {
namespace {

struct Flags {
  std::string listen = "127.0.0.1:0";
  std::string data;
  std::string token;
  double requests_per_second = 0;
  bool compress = false;
  WorldPlan plan;
};

void DefineFlags(CLI::App& app, Flags& flags) {
  app.add_option("--listen", flags.listen, "HOST:PORT; port 0 picks one")
      ->capture_default_str();
  app.add_option("--data", flags.data,
                 "JSON file with the world; without it one is generated");
  app.add_option("--products", flags.plan.products)->capture_default_str();
  app.add_option("--warehouses", flags.plan.warehouses)->capture_default_str();
  app.add_option("--channels", flags.plan.channels)->capture_default_str();
  app.add_option("--orders", flags.plan.orders)->capture_default_str();
  app.add_option("--seed", flags.plan.seed)->capture_default_str();
  app.add_option("--token", flags.token,
                 "the bearer token callers must send; empty = any");
  app.add_option("--requests_per_second", flags.requests_per_second,
                 "quota of each account; 0 = none")
      ->capture_default_str();
  app.add_flag("--compress", flags.compress,
               "gzip answers for callers that accept it");
}

absl::StatusOr<FakeWorld> MakeWorld(const Flags& flags) {
  const absl::Time now = absl::Now();
  if (flags.data.empty()) return GenerateWorld(flags.plan, now);
  return WorldFromFile(flags.data, now);
}

absl::StatusOr<FakeOrderManager::Options> MakeOptions(const Flags& flags) {
  FakeOrderManager::Options options;
  const std::pair<std::string, std::string> address =
      absl::StrSplit(flags.listen, absl::MaxSplits(':', 1));
  options.http.host = address.first;
  if (!absl::SimpleAtoi(address.second, &options.http.port)) {
    return absl::InvalidArgumentError("--listen must be HOST:PORT");
  }
  absl::StatusOr<FakeWorld> world = MakeWorld(flags);
  if (!world.ok()) return world.status();
  options.control = MakeControlEndpoints(*world);
  options.world = *std::move(world);
  options.token = flags.token;
  options.requests_per_second = flags.requests_per_second;
  options.http.compress = flags.compress;
  return options;
}

// Serves until `ending` are raised. They must be blocked on every thread.
absl::Status Serve(const Flags& flags, const sigset_t& ending) {
  absl::StatusOr<FakeOrderManager::Options> options = MakeOptions(flags);
  if (!options.ok()) return options.status();
  const auto fake = FakeOrderManager::Start(*std::move(options));
  if (!fake.ok()) return fake.status();
  std::printf("listening on %s\n", (*fake)->base_url().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ending, &signal);
  (*fake)->Stop();
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  Flags flags;
  CLI::App app("A fake Order Manager for tests and demos.");
  DefineFlags(app, flags);
  CLI11_PARSE(app, argc, argv);
  // Blocked before any thread starts, so that only sigwait sees them.
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  sigprocmask(SIG_BLOCK, &ending, nullptr);
  const absl::Status status = Serve(flags, ending);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace
}  // namespace oms_connector::testing_support

int main(int argc, char** argv) {
  return oms_connector::testing_support::Main(argc, argv);
}
