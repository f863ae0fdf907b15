// The tables of connections, settings and request ids, one promise at a time.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/connection.h"
#include "model/settings.h"
#include "storage/connection_tables.h"
#include "storage/store.h"
#include "storage/store_test_suite/noun_text.h"
#include "storage/store_test_suite/random_nouns.h"
#include "storage/store_test_suite/store_test_suite.h"

namespace oms_connector::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'786'960'800);

std::vector<std::string> IdsOf(const std::vector<model::Connection>& list) {
  std::vector<std::string> ids;
  for (const model::Connection& connection : list) ids.push_back(connection.id);
  return ids;
}

std::vector<int64_t> IdsOf(const std::vector<model::SettingsChange>& list) {
  std::vector<int64_t> ids;
  for (const model::SettingsChange& change : list) {
    ids.push_back(change.change_id);
  }
  return ids;
}

}  // namespace

TEST_P(StoreTest, KeepsEveryFieldOfAConnection) {
  RandomNouns random(7);
  for (int i = 0; i < 20; ++i) {
    const model::Connection connection =
        random.Connection(absl::StrCat("shop-", i));
    const model::StoredSettings settings = random.StoredSettings();
    ASSERT_EQ(Write([&](WriteTransaction& txn) {
                return txn.connections().InsertConnection(connection, settings);
              }),
              absl::OkStatus());
    ASSERT_EQ(Read([&](ReadTransaction& txn) {
                EXPECT_EQ(
                    TextOf(txn.connections().GetConnection(connection.id)),
                    TextOf(connection));
                EXPECT_EQ(TextOf(txn.connections().GetSettings(connection.id)),
                          TextOf(settings));
                return absl::OkStatus();
              }),
              absl::OkStatus());
  }
}

TEST_P(StoreTest, InsertsAConnectionOnce) {
  Insert("acme");
  model::Connection again;
  again.id = "acme";
  again.display_name = "another";
  EXPECT_TRUE(absl::IsAlreadyExists(Write([&](WriteTransaction& txn) {
    return txn.connections().InsertConnection(again, {});
  })));
  ASSERT_EQ(Read([&](ReadTransaction& txn) {
              EXPECT_EQ(txn.connections().GetConnection("acme")->display_name,
                        "");
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, ListsConnectionsWithTheirCartsInPages) {
  RandomNouns random(8);
  std::vector<model::Connection> all;
  for (const char* id : {"a-1", "a-10", "a-2", "b"}) {
    all.push_back(random.Connection(id));
    ASSERT_EQ(Write([&](WriteTransaction& txn) {
                return txn.connections().InsertConnection(all.back(), {});
              }),
              absl::OkStatus());
  }
  ASSERT_EQ(
      Read([&](ReadTransaction& txn) {
        ConnectionReader& connections = txn.connections();
        EXPECT_EQ(TextOf(connections.ListConnections("", 10)), TextOf(all));
        EXPECT_THAT(IdsOf(*connections.ListConnections("", 2)),
                    ElementsAre("a-1", "a-10"));
        EXPECT_THAT(IdsOf(*connections.ListConnections("a-10", 2)),
                    ElementsAre("a-2", "b"));
        EXPECT_THAT(IdsOf(*connections.ListConnections("b", 2)), IsEmpty());
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, UpdatesAllOfAConnectionButIdEpochAndCreation) {
  RandomNouns random(9);
  const model::Connection before = random.Connection("acme");
  model::Connection update = random.Connection("acme");
  update.epoch = "other";
  update.create_time = before.create_time + absl::Hours(1);
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        OMS_RETURN_IF_ERROR(txn.connections().InsertConnection(before, {}));
        return txn.connections().UpdateConnection(update);
      }),
      absl::OkStatus());
  model::Connection expected = update;
  expected.epoch = before.epoch;
  expected.create_time = before.create_time;
  ASSERT_EQ(Read([&](ReadTransaction& txn) {
              EXPECT_EQ(TextOf(txn.connections().GetConnection("acme")),
                        TextOf(expected));
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, ListsTheEarlierOnesOfAnAccountInTheOrderOfTheirCreation) {
  const auto insert = [&](const char* id, const char* url, const char* token) {
    return Write([&](WriteTransaction& txn) {
      model::Connection connection;
      connection.id = id;
      connection.order_manager.base_url = url;
      connection.order_manager.token_fingerprint = token;
      return txn.connections().InsertConnection(connection, {});
    });
  };
  ASSERT_EQ(insert("b", "https://one", "t"), absl::OkStatus());
  ASSERT_EQ(insert("a", "https://one", "t"), absl::OkStatus());
  ASSERT_EQ(insert("c", "https://one", "u"), absl::OkStatus());
  ASSERT_EQ(insert("d", "https://two", "t"), absl::OkStatus());
  ASSERT_EQ(insert("e", "https://one", "t"), absl::OkStatus());
  ASSERT_EQ(Read([](ReadTransaction& txn) {
              ConnectionReader& connections = txn.connections();
              const auto same = [&](const char* id) {
                return IdsOf(*connections.ListEarlierOfAccount(
                    *connections.GetConnection(id)));
              };
              EXPECT_THAT(same("e"), ElementsAre("b", "a"));
              EXPECT_THAT(same("a"), ElementsAre("b"));
              EXPECT_THAT(same("b"), IsEmpty());
              EXPECT_THAT(same("d"), IsEmpty());
              return absl::OkStatus();
            }),
            absl::OkStatus());
}

TEST_P(StoreTest, TellsThatAConnectionIsMissing) {
  model::Connection nobody;
  nobody.id = "nobody";
  EXPECT_EQ(Read([&](ReadTransaction& txn) {
              ConnectionReader& connections = txn.connections();
              EXPECT_EQ(TextOf(connections.GetConnection("nobody")),
                        "NOT_FOUND");
              EXPECT_EQ(TextOf(connections.GetSettings("nobody")), "NOT_FOUND");
              EXPECT_THAT(*connections.ListSettingsChanges("nobody", 0, 9),
                          IsEmpty());
              return absl::OkStatus();
            }),
            absl::OkStatus());
  const auto status_of = [&](auto change) {
    return TextOf(Write(
        [&](WriteTransaction& txn) { return change(txn.connections()); }));
  };
  EXPECT_EQ(status_of([&](ConnectionWriter& connections) {
              return connections.UpdateConnection(nobody);
            }),
            "NOT_FOUND");
  EXPECT_EQ(status_of([](ConnectionWriter& connections) {
              return connections.DeleteConnection("nobody");
            }),
            "NOT_FOUND");
  EXPECT_EQ(status_of([](ConnectionWriter& connections) {
              return connections.UpdateSettings("nobody", {}, true);
            }),
            "NOT_FOUND");
  EXPECT_EQ(status_of([](ConnectionWriter& connections) {
              return connections.AppendSettingsChange("nobody", {});
            }),
            "NOT_FOUND");
  EXPECT_EQ(
      status_of([](ConnectionWriter& connections) {
        return connections.RememberRequest({"me", "Rpc", "nobody", "1"}, {});
      }),
      "NOT_FOUND");
  EXPECT_EQ(status_of([](ConnectionWriter& connections) {
              return connections.TakeRevisions("nobody", 1).status();
            }),
            "NOT_FOUND");
}

TEST_P(StoreTest, DeletesEverythingOfAConnectionAndNothingOfAnother) {
  const model::RequestKey key = {"me", "Rpc", "acme", "1"};
  RandomNouns random(10);
  for (const char* id : {"acme", "bolt"}) {
    ASSERT_EQ(Write([&](WriteTransaction& txn) -> absl::Status {
                ConnectionWriter& connections = txn.connections();
                OMS_RETURN_IF_ERROR(
                    connections.InsertConnection(random.Connection(id), {}));
                OMS_RETURN_IF_ERROR(connections.AppendSettingsChange(id, {}));
                OMS_RETURN_IF_ERROR(connections.TakeRevisions(id, 5).status());
                OMS_RETURN_IF_ERROR(connections.RememberRequest(
                    {"me", "Rpc", id, "1"}, {"f", "a", kNow}));
                OMS_RETURN_IF_ERROR(txn.runs().PutRun(
                    id, random.Run("run-1", model::Feed::kInventory)));
                return txn.runs().PutCheckpoint(id, model::Feed::kShipments,
                                                "here");
              }),
              absl::OkStatus());
  }
  ASSERT_EQ(Write([](WriteTransaction& txn) {
              EXPECT_FALSE(*txn.connections().HasDeletedRows());
              return txn.connections().DeleteConnection("acme");
            }),
            absl::OkStatus());
  Insert("acme");  // anew, and it has nothing of the old one
  ASSERT_EQ(
      Write([&](WriteTransaction& txn) {
        ConnectionWriter& connections = txn.connections();
        EXPECT_THAT(*connections.ListSettingsChanges("acme", 0, 9), IsEmpty());
        EXPECT_EQ(*connections.TakeRevisions("acme", 1), 1);
        EXPECT_EQ(*connections.TakeRevisions("bolt", 1), 6);
        EXPECT_EQ(TextOf(connections.FindRequest(key, kNow - absl::Hours(1))),
                  "none");
        EXPECT_EQ(TextOf(txn.runs().LatestRun("acme", model::Feed::kInventory)),
                  "none");
        EXPECT_EQ(*txn.runs().GetCheckpoint("acme", model::Feed::kShipments),
                  "");
        EXPECT_EQ(*txn.runs().GetCheckpoint("bolt", model::Feed::kShipments),
                  "here");
        return absl::OkStatus();
      }),
      absl::OkStatus());
}

TEST_P(StoreTest, RemovesRowsOfADeletedConnectionSomeAtATime) {
  RandomNouns random(11);
  const auto fill = [&](const std::string& id) {
    ASSERT_EQ(
        Write([&](WriteTransaction& txn) -> absl::Status {
          OMS_RETURN_IF_ERROR(
              txn.connections().InsertConnection(random.Connection(id), {}));
          for (int i = 0; i < 5; ++i) {
            OMS_RETURN_IF_ERROR(txn.connections().AppendSettingsChange(id, {}));
          }
          return absl::OkStatus();
        }),
        absl::OkStatus());
  };
  fill("acme");
  ASSERT_EQ(Write([](WriteTransaction& txn) {
              return txn.connections().DeleteConnection("acme");
            }),
            absl::OkStatus());
  fill("acme");
  const auto left = [&] {
    bool rows = false;
    EXPECT_EQ(Read([&](ReadTransaction& txn) -> absl::Status {
                EXPECT_EQ(
                    txn.connections().ListSettingsChanges("acme", 0, 9)->size(),
                    5u);
                OMS_ASSIGN_OR_RETURN(rows, txn.connections().HasDeletedRows());
                return absl::OkStatus();
              }),
              absl::OkStatus());
    return rows;
  };
  std::vector<int64_t> removed;
  while (left()) {
    ASSERT_EQ(Write([&](WriteTransaction& txn) -> absl::Status {
                OMS_ASSIGN_OR_RETURN(const int64_t some,
                                     txn.connections().PruneDeleted(2));
                removed.push_back(some);
                return absl::OkStatus();
              }),
              absl::OkStatus());
  }
  // Five changes, and then what there is one of.
  EXPECT_THAT(removed, ElementsAre(2, 2, 2));
}

TEST_P(StoreTest, NumbersChangesOfSettingsAlsoAfterOldOnesWent) {
  Insert("acme");
  const auto append = [&](absl::Time time) {
    return Write([&](WriteTransaction& txn) {
      model::SettingsChange change;
      change.change_time = time;
      return txn.connections().AppendSettingsChange("acme", change);
    });
  };
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(append(kNow + absl::Hours(i)), absl::OkStatus());
  }
  const auto list = [&](int64_t before, int limit) {
    std::vector<int64_t> ids;
    EXPECT_EQ(Read([&](ReadTransaction& txn) {
                ids = IdsOf(*txn.connections().ListSettingsChanges(
                    "acme", before, limit));
                return absl::OkStatus();
              }),
              absl::OkStatus());
    return ids;
  };
  EXPECT_THAT(list(0, 2), ElementsAre(4, 3));
  EXPECT_THAT(list(3, 9), ElementsAre(2, 1));

  const auto prune = [&](absl::Time before, int limit) {
    int64_t gone = 0;
    EXPECT_EQ(Write([&](WriteTransaction& txn) -> absl::Status {
                OMS_ASSIGN_OR_RETURN(gone, txn.connections().PruneConnections(
                                               kNow, before, limit));
                return absl::OkStatus();
              }),
              absl::OkStatus());
    return gone;
  };
  EXPECT_EQ(prune(kNow, 9), 0);
  EXPECT_EQ(prune(kNow + absl::Hours(9), 3), 3);
  EXPECT_THAT(list(0, 9), ElementsAre(4));
  EXPECT_EQ(prune(kNow + absl::Hours(9), 3), 1);
  ASSERT_EQ(append(kNow), absl::OkStatus());
  EXPECT_THAT(list(0, 9), ElementsAre(5));
}

TEST_P(StoreTest, RemembersARequestUntilItExpires) {
  Insert("acme");
  const model::RequestKey key = {"me", "Rpc", "acme", "1"};
  const auto remember = [&](const model::RememberedRequest& request) {
    return Write([&](WriteTransaction& txn) {
      return txn.connections().RememberRequest(key, request);
    });
  };
  const auto find = [&](const model::RequestKey& wanted, absl::Time now) {
    std::string found;
    EXPECT_EQ(Read([&](ReadTransaction& txn) {
                found = TextOf(txn.connections().FindRequest(wanted, now));
                return absl::OkStatus();
              }),
              absl::OkStatus());
    return found;
  };
  const model::RememberedRequest first = {"print", std::string("\0\xff", 2),
                                          kNow};
  ASSERT_EQ(remember(first), absl::OkStatus());
  const absl::Time before = kNow - absl::Microseconds(1);
  EXPECT_EQ(find(key, before), TextOf(first));
  EXPECT_EQ(find(key, kNow), "none");
  EXPECT_EQ(find({"you", "Rpc", "acme", "1"}, before), "none");
  EXPECT_EQ(find({"me", "Other", "acme", "1"}, before), "none");
  EXPECT_EQ(find({"me", "Rpc", "other", "1"}, before), "none");
  EXPECT_EQ(find({"me", "Rpc", "acme", "2"}, before), "none");

  const model::RememberedRequest second = {"other", "", kNow + absl::Hours(1)};
  ASSERT_EQ(remember(second), absl::OkStatus());
  EXPECT_EQ(find(key, kNow), TextOf(second));
}

TEST_P(StoreTest, TakesNumbersInARow) {
  Insert("acme");
  Insert("bolt");
  const auto take = [&](auto method, const char* id, int64_t count) {
    int64_t first = 0;
    EXPECT_EQ(Write([&](WriteTransaction& txn) -> absl::Status {
                OMS_ASSIGN_OR_RETURN(first,
                                     (txn.connections().*method)(id, count));
                return absl::OkStatus();
              }),
              absl::OkStatus());
    return first;
  };
  EXPECT_EQ(take(&ConnectionWriter::TakeRevisions, "acme", 3), 1);
  EXPECT_EQ(take(&ConnectionWriter::TakeRevisions, "acme", 1), 4);
  EXPECT_EQ(take(&ConnectionWriter::TakeSequences, "acme", 2), 1);
  EXPECT_EQ(take(&ConnectionWriter::TakeRevisions, "bolt", 1), 1);
  EXPECT_EQ(take(&ConnectionWriter::TakeRevisions, "acme", 1), 5);
}

}  // namespace oms_connector::storage
