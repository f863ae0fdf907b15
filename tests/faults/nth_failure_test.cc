// Each call of what is done with shipments, settings and connections fails
// once (nth_failure.h).
#include "tests/faults/nth_failure.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/secret_box.h"
#include "base/secret_string.h"
#include "base/status_macros.h"
#include "domain/connections/connection_directory.h"
#include "domain/connections/settings_editor.h"
#include "domain/shipments/acknowledgement.h"
#include "gtest/gtest.h"
#include "model/errors.h"
#include "server/ops/scheduler.h"
#include "storage/store_test_suite/fault_sql_connection.h"
#include "tests/endpoints/test_store.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::testing_support {
namespace {

using shipments::ShipmentWorld;
using storage::FaultPlan;

class ShipmentScene : public Scene {
 public:
  ShipmentScene(const std::string& path, FaultPlan* faults)
      : world_(nullptr, TestStoreOptions{nullptr, faults, path}) {
    world_.SetFault([this](const std::string&) { return fault_.Next(); });
    world_.Wait();
    world_.Put(shipments::MakeOrder(1));
    world_.Put(shipments::MakeShipment(101, 1, "1Z-1"));
    // A family of two, of which one is not shipped yet.
    Order two = shipments::MakeOrder(2);
    two.related_order_ids = {3};
    world_.Put(two);
    world_.Put(shipments::MakeOrder(3, "ON_HOLD"));
    world_.Put(shipments::MakeShipment(102, 2, "1Z-2"));
    world_.Put(shipments::MakeShipment(103, 1, ""));  // no number yet
  }

  absl::Status Act() override { return world_.Pull(); }
  std::string Outcome() override {
    const shipments::PollPage page = world_.PollStored(0);
    std::vector<std::string> told;
    for (const model::ShipmentEvent& event : page.events) {
      told.push_back(absl::StrCat(
          event.shipment.shipment_id, " kind ", static_cast<int>(event.kind),
          " ", event.shipment.tracking_number, " ",
          static_cast<int>(event.shipment.delivery.state)));
    }
    std::sort(told.begin(), told.end());
    return absl::StrCat(absl::StrJoin(told, ", "), "; held ", page.held_orders);
  }
  bool FailRequest(int n) override {
    fault_.FailNth(n);
    return true;
  }
  bool RequestFailed() const override { return fault_.failed(); }

 protected:
  RequestFault fault_;
  ShipmentWorld world_;
};

// A family that is complete now, a corrected number, a void.
class ChangedShipmentScene : public ShipmentScene {
 public:
  ChangedShipmentScene(const std::string& path, FaultPlan* faults)
      : ShipmentScene(path, faults) {
    EXPECT_EQ(world_.Pull(), absl::OkStatus());
    world_.manual_clock.Advance(absl::Minutes(10));
    world_.Put(shipments::MakeOrder(3));
    world_.Put(shipments::MakeShipment(101, 1, "1Z-1-corrected"));
    world_.Put(shipments::MakeShipment(103, 1, "1Z-3"));
  }
};

class PollScene final : public ShipmentScene {
 public:
  using ShipmentScene::ShipmentScene;
  absl::Status Act() override {
    shipments::PollRequest request;
    request.consumer = "erp";
    request.cart = shipments::kCart;
    request.max_staleness = absl::ZeroDuration();
    const auto page = world_.Poll(request);
    OMS_RETURN_IF_ERROR(page.status());
    return page->pull.last_error;
  }
};

class AcknowledgeScene final : public ShipmentScene {
 public:
  AcknowledgeScene(const std::string& path, FaultPlan* faults)
      : ShipmentScene(path, faults), acknowledgement_(world_.store.get()) {
    EXPECT_EQ(world_.Pull(), absl::OkStatus());
    shipments::PollRequest request;
    request.consumer = "erp";
    const auto page = world_.Poll(request);
    EXPECT_TRUE(page.ok()) << page.status();
    request_.connection = shipments::kConnection;
    request_.consumer = "erp";
    request_.cursor = page->next_cursor;
    model::ShipmentOutcome outcome;
    outcome.shipment_id = 101;
    outcome.confirmed = true;
    request_.outcomes = {outcome};
  }
  absl::Status Act() override {
    return acknowledgement_.Acknowledge({}, request_).status();
  }

 private:
  shipments::Acknowledgement acknowledgement_;
  shipments::AcknowledgeRequest request_;
};

TEST_F(NthFailureTest, StatementsOfAFirstPullOfShipments) {
  FailEachStatement(Maker<ShipmentScene>());
}
TEST_F(NthFailureTest, StatementsOfAPullThatReleasesAndCorrects) {
  FailEachStatement(Maker<ChangedShipmentScene>());
}
TEST_F(NthFailureTest, StatementsOfAPoll) {
  FailEachStatement(Maker<PollScene>());
}
TEST_F(NthFailureTest, StatementsOfAnAcknowledgement) {
  FailEachStatement(Maker<AcknowledgeScene>());
}
TEST_F(NthFailureTest, RequestsOfPullsOfShipments) {
  FailEachRequest(Maker<ShipmentScene>());
  FailEachRequest(Maker<ChangedShipmentScene>());
  FailEachRequest(Maker<PollScene>());
}

// ---- Connections, settings, pruning

// Calls with request ids, as callers repeat them.
template <typename Result>
storage::ReplayableCall<Result> Once(const std::string& rpc) {
  storage::ReplayableCall<Result> call;
  call.id.key = model::RequestKey{"local", rpc, shipments::kConnection, "1"};
  call.id.fingerprint = rpc;
  call.response = [](const Result& result) { return result.etag; };
  return call;
}

class SettingsScene final : public ShipmentScene {
 public:
  SettingsScene(const std::string& path, FaultPlan* faults)
      : ShipmentScene(path, faults), editor_(world_.store.get(), &world_.ids) {}
  absl::Status Act() override {
    connections::SettingsUpdate update;
    update.connection = shipments::kConnection;
    update.sent.subtract_locked_quantity = true;
    update.call = Once<model::StoredSettings>("UpdateSettings");
    return editor_.Update({}, update).status();
  }
  std::string Outcome() override {
    const auto settings = editor_.Get({}, shipments::kConnection);
    const auto changes = editor_.ListChanges({}, shipments::kConnection, 0, 9);
    return absl::StrCat(settings->values.subtract_locked_quantity, " after ",
                        changes->size(), " changes");
  }

 private:
  connections::SettingsEditor editor_;
};

class ConnectionScene : public ShipmentScene {
 public:
  ConnectionScene(const std::string& path, FaultPlan* faults)
      : ShipmentScene(path, faults),
        directory_(Options(), world_.store.get(), world_.clock, &world_.ids,
                   &secrets_) {
    EXPECT_EQ(world_.Pull(), absl::OkStatus());
  }
  std::string Outcome() override {
    std::vector<std::string> told;
    const auto all =
        directory_.List({}, "", 9, [](absl::string_view) { return true; });
    for (const auto& connection : *all) {
      told.push_back(absl::StrCat(connection.id, " ", connection.display_name,
                                  " ", connection.order_manager.base_url));
    }
    return absl::StrJoin(told, ", ");
  }

 protected:
  static connections::ConnectionDirectory::Options Options() {
    connections::ConnectionDirectory::Options options;
    options.base_url_policy.hosts = {"*.skubana.com"};
    options.is_known_carrier = [](absl::string_view) { return true; };
    options.stop_pulls = [](absl::string_view) {};
    return options;
  }

  base::SecretBox secrets_ =
      *base::SecretBox::FromKey(base::SecretString(std::string(32, 'k')));
  connections::ConnectionDirectory directory_;
};

class CreateScene final : public ConnectionScene {
 public:
  using ConnectionScene::ConnectionScene;
  absl::Status Act() override {
    connections::ConnectionDraft draft;
    draft.base_url = "https://api.skubana.com";
    draft.access_token = base::SecretString("token-1");
    auto call = Once<model::Connection>("CreateConnection");
    call.id.key->connection = "bolt";
    return directory_.Create({}, "bolt", draft, call).status();
  }
};

class MoveScene final : public ConnectionScene {
 public:
  using ConnectionScene::ConnectionScene;
  absl::Status Act() override {
    connections::ConnectionUpdate update;
    update.connection = shipments::kConnection;
    update.sent.display_name = "Acme";
    update.sent.base_url = "https://other.skubana.com";
    update.sent.access_token = base::SecretString("token-2");
    update.call = Once<model::Connection>("UpdateConnection");
    return directory_.Update({}, update).status();
  }
};

// The rows go behind it, in the scheduler's batches.
class DeleteScene final : public ConnectionScene {
 public:
  DeleteScene(const std::string& path, FaultPlan* faults)
      : ConnectionScene(path, faults),
        scheduler_(PruneOnly(), world_.store.get(), world_.runner.get(),
                   world_.clock, &world_.sleeper, &world_.ids) {}
  absl::Status Act() override {
    const absl::Status status =
        directory_.Delete({}, shipments::kConnection, "");
    if (!status.ok() && !absl::IsNotFound(status)) return status;
    return scheduler_.Tick({});
  }
  std::string Outcome() override {
    bool rows = true;
    EXPECT_EQ(
        world_.store->Read({},
                           [&](storage::ReadTransaction& txn) -> absl::Status {
                             OMS_ASSIGN_OR_RETURN(
                                 rows, txn.connections().HasDeletedRows());
                             return absl::OkStatus();
                           }),
        absl::OkStatus());
    return absl::StrCat(ConnectionScene::Outcome(), rows ? "; rows left" : "");
  }

 private:
  static server::Scheduler::Options PruneOnly() {
    server::Scheduler::Options options;
    options.pull = false;
    return options;
  }
  server::Scheduler scheduler_;
};

// All of it is long past its time.
class PruneScene final : public ShipmentScene {
 public:
  PruneScene(const std::string& path, FaultPlan* faults)
      : ShipmentScene(path, faults) {
    EXPECT_EQ(world_.Pull(), absl::OkStatus());
    world_.Put(shipments::MakeOrder(3));
    EXPECT_EQ(world_.Pull(), absl::OkStatus());
    world_.manual_clock.Advance(absl::Hours(5000));
  }
  absl::Status Act() override {
    server::Scheduler::Options options;
    options.pull = false;
    // One that has not pruned yet each time.
    return server::Scheduler(options, world_.store.get(), world_.runner.get(),
                             world_.clock, &world_.sleeper, &world_.ids)
        .Tick({});
  }
};

TEST_F(NthFailureTest, StatementsOfChangedSettings) {
  FailEachStatement(Maker<SettingsScene>());
}
TEST_F(NthFailureTest, StatementsOfANewConnection) {
  FailEachStatement(Maker<CreateScene>());
}
TEST_F(NthFailureTest, StatementsOfAConnectionThatMoves) {
  FailEachStatement(Maker<MoveScene>());
}
TEST_F(NthFailureTest, StatementsOfADeletedConnection) {
  FailEachStatement(Maker<DeleteScene>());
}
TEST_F(NthFailureTest, StatementsOfPruning) {
  FailEachStatement(Maker<PruneScene>());
}

}  // namespace
}  // namespace oms_connector::testing_support
