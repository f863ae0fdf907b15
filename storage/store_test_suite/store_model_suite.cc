// Random transactions on a store and on maps must give the same results.
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/connection.h"
#include "model/sync_run.h"
#include "storage/connection_tables.h"
#include "storage/run_tables.h"
#include "storage/store.h"
#include "storage/store_test_suite/map_tables.h"
#include "storage/store_test_suite/noun_text.h"
#include "storage/store_test_suite/random_nouns.h"
#include "storage/store_test_suite/store_test_suite.h"

namespace oms_connector::storage {
namespace {

constexpr int kTransactions = 150;
constexpr int kEverything = 1'000'000;

// An operation on the store or on maps, whose result is told as text.
class Operation {
 public:
  template <typename Function>
  Operation(Function function)  // NOLINT: lambdas are operations
      : on_store_(function), on_maps_(function) {}

  std::string operator()(ConnectionWriter& connections, RunWriter& runs) const {
    return on_store_(connections, runs);
  }
  std::string operator()(MapConnectionTables& connections,
                         MapRunTables& runs) const {
    return on_maps_(connections, runs);
  }

 private:
  std::function<std::string(ConnectionWriter&, RunWriter&)> on_store_;
  std::function<std::string(MapConnectionTables&, MapRunTables&)> on_maps_;
};

Operation RandomConnectionChange(RandomNouns& random) {
  const std::string id = random.ConnectionId();
  switch (random.Below(10)) {
    case 0:
    case 1:
    case 2: {
      const auto connection = random.Connection(id);
      const auto settings = random.StoredSettings();
      return [=](auto& connections, auto&) {
        return TextOf(connections.InsertConnection(connection, settings));
      };
    }
    case 3: {
      const auto connection = random.Connection(id);
      return [=](auto& connections, auto&) {
        return TextOf(connections.UpdateConnection(connection));
      };
    }
    case 4:
      return [=](auto& connections, auto&) {
        std::string told = TextOf(connections.DeleteConnection(id));
        EXPECT_TRUE(connections.PruneDeleted(kEverything).ok());
        return told;
      };
    case 5: {
      const auto settings = random.StoredSettings();
      const bool new_view = random.Chance(0.5);
      return [=](auto& connections, auto&) {
        return TextOf(connections.UpdateSettings(id, settings, new_view));
      };
    }
    case 6: {
      const auto change = random.Change();
      return [=](auto& connections, auto&) {
        return TextOf(connections.AppendSettingsChange(id, change));
      };
    }
    case 7: {
      const auto key = random.Key(id);
      const auto request = random.Request();
      return [=](auto& connections, auto&) {
        return TextOf(connections.RememberRequest(key, request));
      };
    }
    case 8: {
      const auto now = random.Time() - absl::Hours(4);
      const auto before = random.Time() - absl::Hours(4);
      return [=](auto& connections, auto&) {
        return TextOf(connections.PruneConnections(now, before, kEverything));
      };
    }
    default: {
      const int64_t count = 1 + random.Below(5);
      return [=](auto& connections, auto&) {
        return TextOf(connections.TakeRevisions(id, count)) +
               TextOf(connections.TakeSequences(id, count));
      };
    }
  }
}

Operation RandomRunChange(RandomNouns& random) {
  const std::string id = random.ConnectionId();
  const model::Feed feed = random.Feed();
  const model::PullFence fence = {random.RunId(), random.Below(4)};
  const absl::Time time = random.Time();
  switch (random.Below(8)) {
    case 0: {
      const model::PullLease lease = {random.RunId(), "server", 77,
                                      random.Time()};
      return [=](auto&, auto& runs) {
        return TextOf(runs.AcquireLease(id, feed, lease, time));
      };
    }
    case 1:
      return [=](auto&, auto& runs) {
        return TextOf(runs.RenewLease(id, feed, fence, time));
      };
    case 2:
      return [=](auto&, auto& runs) {
        return TextOf(runs.CheckFence(id, feed, fence));
      };
    case 3:
      return [=](auto&, auto& runs) {
        return TextOf(runs.ReleaseLease(id, feed, fence));
      };
    case 4: {
      const auto run = random.Run(random.RunId(), feed);
      return [=](auto&, auto& runs) { return TextOf(runs.PutRun(id, run)); };
    }
    case 5: {
      const std::string checkpoint = random.Text();
      return [=](auto&, auto& runs) {
        return TextOf(runs.PutCheckpoint(id, feed, checkpoint));
      };
    }
    case 6: {
      const auto status = random.PullStatus();
      return [=](auto&, auto& runs) {
        return TextOf(runs.PutPullStatus(id, feed, status));
      };
    }
    default:
      return [=](auto&, auto& runs) {
        return TextOf(runs.PruneRuns(time - absl::Hours(4), kEverything));
      };
  }
}

Operation RandomRead(RandomNouns& random) {
  const std::string id = random.ConnectionId();
  const model::Feed feed = random.Feed();
  const std::string run_id = random.RunId();
  const int limit = 1 + static_cast<int>(random.Below(3));
  const int64_t change = random.Below(5);
  const absl::Time time = random.Time();
  const model::RequestKey key = random.Key(id);
  switch (random.Below(4)) {
    case 0:
      return [=](auto& connections, auto&) {
        return TextOf(connections.ListConnections(id, limit)) +
               TextOf(connections.GetConnection(id)) +
               TextOf(connections.GetSettings(id)) +
               TextOf(connections.GetHeads(id));
      };
    case 1:
      return [=](auto& connections, auto&) {
        return TextOf(connections.ListSettingsChanges(id, change, limit)) +
               TextOf(connections.FindRequest(key, time));
      };
    case 2:
      return [=](auto&, auto& runs) {
        return TextOf(runs.ListRuns(id, feed, time, run_id, limit)) +
               TextOf(runs.ListRuns(id, std::nullopt, time, run_id, limit)) +
               TextOf(runs.GetFeedStatus(id, feed)) +
               TextOf(runs.LatestRun(id, feed));
      };
    default:
      return [=](auto&, auto& runs) {
        return TextOf(runs.GetRun(id, run_id)) +
               TextOf(runs.GetLease(id, feed)) +
               TextOf(runs.GetCheckpoint(id, feed)) +
               TextOf(runs.GetPullStatus(id, feed));
      };
  }
}

std::vector<Operation> RandomTransaction(RandomNouns& random) {
  std::vector<Operation> operations;
  for (int64_t i = 1 + random.Below(5); i > 0; --i) {
    operations.push_back(RandomConnectionChange(random));
    operations.push_back(RandomRunChange(random));
    operations.push_back(RandomRead(random));
  }
  return operations;
}

// A key that is violated, or a row without its connection: after that a
// transaction can only be rolled back (storage/store.h).
bool Spoils(const std::string& result) {
  return result == "ALREADY_EXISTS" || result == "NOT_FOUND";
}

template <typename Connections, typename Runs>
std::vector<std::string> Results(const std::vector<Operation>& operations,
                                 Connections& connections, Runs& runs) {
  std::vector<std::string> results;
  for (const Operation& operation : operations) {
    results.push_back(operation(connections, runs));
    if (Spoils(results.back())) break;
  }
  return results;
}

// Everything there is, for either.
template <typename Connections, typename Runs>
std::string Whole(Connections& connections, Runs& runs) {
  const auto all = connections.ListConnections("", kEverything);
  std::string text = TextOf(all);
  for (const model::Connection& connection : *all) {
    const std::string& id = connection.id;
    absl::StrAppend(
        &text, "\n", id, TextOf(connections.GetSettings(id)),
        TextOf(connections.ListSettingsChanges(id, 0, kEverything)));
    for (const model::Feed feed :
         {model::Feed::kInventory, model::Feed::kShipments}) {
      absl::StrAppend(&text,
                      TextOf(runs.ListRuns(id, feed, absl::InfiniteFuture(), "",
                                           kEverything)),
                      TextOf(runs.GetLease(id, feed)),
                      TextOf(runs.GetCheckpoint(id, feed)),
                      TextOf(runs.GetPullStatus(id, feed)));
    }
  }
  return text;
}

// Some seeds that stay, and one that is new each time.
std::vector<uint64_t> Seeds() { return {1, 2, 3, std::random_device()()}; }

}  // namespace

TEST_P(StoreTest, DoesWhatMapsDo) {
  for (const uint64_t seed : Seeds()) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    RandomNouns random(seed);
    Reopen();
    MapState state;
    ASSERT_EQ(
        Write([&](WriteTransaction& txn) {
          for (int i = 0; i < 4; ++i) {
            (void)txn.connections().DeleteConnection(absl::StrCat("shop-", i));
          }
          while (txn.connections().PruneDeleted(kEverything).value_or(0) > 0) {
          }
          return absl::OkStatus();
        }),
        absl::OkStatus());
    for (int i = 0; i < kTransactions; ++i) {
      const std::vector<Operation> operations = RandomTransaction(random);
      MapState changed = state;
      MapConnectionTables map_connections(changed);
      MapRunTables map_runs(changed);
      const auto expected = Results(operations, map_connections, map_runs);
      const bool aborts = Spoils(expected.back()) || random.Chance(0.1);

      std::vector<std::string> actual;
      const absl::Status status = Write([&](WriteTransaction& txn) {
        actual = Results(operations, txn.connections(), txn.runs());
        return aborts ? absl::AbortedError("on purpose") : absl::OkStatus();
      });
      EXPECT_EQ(status.code(),
                aborts ? absl::StatusCode::kAborted : absl::StatusCode::kOk);
      ASSERT_THAT(actual, ::testing::ElementsAreArray(expected)) << i;
      if (!aborts) state = changed;
      if (i % 50 == 49 && keeps_content()) Reopen();
    }
    MapConnectionTables map_connections(state);
    MapRunTables map_runs(state);
    std::string actual;
    ASSERT_EQ(Read([&](ReadTransaction& txn) {
                actual = Whole(txn.connections(), txn.runs());
                return absl::OkStatus();
              }),
              absl::OkStatus());
    EXPECT_EQ(actual, Whole(map_connections, map_runs));
  }
}

}  // namespace oms_connector::storage
