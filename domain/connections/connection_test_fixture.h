// A store with real SQLite in memory, and connections in it, for the tests of
// this room.
#ifndef OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_TEST_FIXTURE_H_
#define OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_TEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "base/manual_clock.h"
#include "base/secret_box.h"
#include "base/sequential_id_generator.h"
#include "domain/connections/connection_directory.h"
#include "storage/databases/open_store.h"

namespace oms_connector::connections {

class ConnectionTestFixture : public ::testing::Test {
 protected:
  ConnectionTestFixture()
      : store_(OpenInMemory()),
        directory_(Options(), store(), &clock_, &ids_, &secrets_) {}

  storage::Store* store() { return store_.get(); }

  ConnectionDraft AcmeDraft() {
    ConnectionDraft draft;
    draft.base_url = "https://api.skubana.com";
    draft.access_token = base::SecretString("token-1");
    model::Cart cart;
    cart.cart_id = "shop";
    cart.sales_channel = "Shopify";
    draft.carts = {cart};
    return draft;
  }

  absl::StatusOr<model::Connection> CreateAcme() {
    return ResultOf(directory_.Create({}, "acme", AcmeDraft(), {}));
  }

  // A call with a request id.
  template <typename Result>
  storage::ReplayableCall<Result> Repeatable(const std::string& request_id,
                                             const std::string& fingerprint) {
    storage::ReplayableCall<Result> call;
    call.id.key = model::RequestKey{"local", "Rpc", "acme", request_id};
    call.id.fingerprint = fingerprint;
    call.response = [](const Result& result) {
      return "response with " + result.etag;
    };
    return call;
  }

  // The result of a call that was carried out.
  template <typename Result>
  static absl::StatusOr<Result> ResultOf(
      const absl::StatusOr<storage::Answer<Result>>& answer) {
    if (!answer.ok()) return answer.status();
    return answer->result;
  }

  base::ManualClock clock_;
  base::ManualSleeper sleeper_{&clock_};
  base::SequentialIdGenerator ids_;
  base::SecretBox secrets_ =
      *base::SecretBox::FromKey(base::SecretString(std::string(32, 'k')));
  std::vector<std::string> stopped_;  // connections whose pulls were stopped
  std::unique_ptr<storage::Store> store_;
  ConnectionDirectory directory_;

 private:
  std::unique_ptr<storage::Store> OpenInMemory() {
    storage::StoreOptions options;
    options.url = "sqlite::memory:";
    options.clock = &clock_;
    options.sleeper = &sleeper_;
    options.ids = &ids_;
    return *storage::OpenStore(options);
  }

  ConnectionDirectory::Options Options() {
    ConnectionDirectory::Options options;
    options.base_url_policy.hosts = {"*.skubana.com"};
    options.is_known_carrier = [](absl::string_view name) {
      return name == "UPS";
    };
    options.stop_pulls = [this](absl::string_view connection) {
      stopped_.emplace_back(connection);
    };
    return options;
  }
};

}  // namespace oms_connector::connections

#endif  // OMS_CONNECTOR_DOMAIN_CONNECTIONS_CONNECTION_TEST_FIXTURE_H_
