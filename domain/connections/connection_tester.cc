#include "domain/connections/connection_tester.h"

#include <optional>
#include <string>
#include <utility>

#include "base/status_macros.h"
#include "base/text_fold.h"
#include "domain/connections/stored_connection.h"
#include "model/cart_channel.h"
#include "model/errors.h"

namespace oms_connector::connections {
namespace {

// What a person may try again after, when nothing better is known.
constexpr absl::Duration kRetryDelay = absl::Seconds(30);

// A person waits, and a hanging Order Manager holds one of a few threads.
constexpr absl::Duration kLongestTest = absl::Seconds(20);

absl::Status Explain(const absl::Status& status, absl::string_view connection) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return status;
    case absl::StatusCode::kUnauthenticated:
      return model::OrderManagerCredentialsRejected(connection);
    case absl::StatusCode::kResourceExhausted:
      return model::OrderManagerUnavailable(
          "its quota is used up", order_manager::RetryAfterOf(status));
    default:
      return model::OrderManagerUnavailable(status.message(), kRetryDelay);
  }
}

// What is stored of a connection and its account.
struct Stored {
  model::Connection connection;
  model::Settings settings;
  std::vector<model::EarlierConnection> earlier;
};

absl::StatusOr<Stored> ReadStored(storage::ReadTransaction& txn,
                                  absl::string_view connection) {
  Stored stored;
  OMS_ASSIGN_OR_RETURN(stored.connection, FindConnection(txn, connection));
  OMS_ASSIGN_OR_RETURN(const model::StoredSettings settings,
                       txn.connections().GetSettings(connection));
  stored.settings = settings.values;
  OMS_ASSIGN_OR_RETURN(
      const std::vector<model::Connection> earlier,
      txn.connections().ListEarlierOfAccount(stored.connection));
  for (const model::Connection& other : earlier) {
    OMS_ASSIGN_OR_RETURN(const model::StoredSettings of_other,
                         txn.connections().GetSettings(other.id));
    stored.earlier.push_back({other, of_other.values});
  }
  return stored;
}

absl::Status StatusOfCart(
    const Stored& stored, const model::Cart& cart,
    const std::vector<model::ChannelName>& channels,
    const std::function<bool(absl::string_view)>& visible) {
  const bool names_none = base::Trim(cart.sales_channel).empty();
  if (names_none && !model::NeedsChannel(cart, stored.settings)) {
    return absl::OkStatus();
  }
  OMS_ASSIGN_OR_RETURN(const int64_t id, model::MatchChannel(cart, channels));
  if (stored.settings.inventory_sync_mode !=
      model::InventorySyncMode::kPerSalesChannel) {
    return absl::OkStatus();
  }
  const std::optional<std::string> reader =
      model::ReaderOfNumbers(id, channels, stored.earlier);
  if (!reader.has_value()) return absl::OkStatus();
  return model::AccountInUse(cart.cart_id, cart.sales_channel,
                             visible(*reader) ? *reader : std::string());
}

// Finds the channel of each cart, or says why it has none, among those of
// `test`.
void ResolveCarts(const Stored& stored,
                  const std::function<bool(absl::string_view)>& visible,
                  ConnectionTest* test) {
  std::vector<model::ChannelName> channels;
  for (const model::SalesChannel& row : test->sales_channels) {
    channels.push_back({row.id, row.name});
  }
  for (const model::Cart& cart : stored.connection.carts) {
    const absl::Status status = StatusOfCart(stored, cart, channels, visible);
    if (!status.ok()) {
      test->cart_errors.push_back({cart.cart_id, status});
      continue;
    }
    const absl::StatusOr<int64_t> id = model::MatchChannel(cart, channels);
    for (const model::SalesChannel& row : test->sales_channels) {
      if (id.ok() && row.id == *id) {
        test->cart_channels.push_back({cart.cart_id, row});
      }
    }
  }
}

}  // namespace

ConnectionTester::ConnectionTester(storage::Store* store,
                                   order_manager::OrderManager* order_manager,
                                   base::Clock* clock, OpenToken open_token)
    : store_(store),
      order_manager_(order_manager),
      clock_(clock),
      open_token_(std::move(open_token)) {}

absl::StatusOr<ConnectionTest> ConnectionTester::Test(
    const base::CallContext& context, absl::string_view connection,
    const std::function<bool(absl::string_view)>& visible) {
  Stored stored;
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(stored, ReadStored(txn, connection));
        return absl::OkStatus();
      }));
  const model::Connection& found = stored.connection;
  order_manager::Call call;
  call.account.connection = found.id;
  call.account.base_url = found.order_manager.base_url;
  call.account.path_prefix = found.order_manager.path_prefix;
  ConnectionTest test;
  absl::StatusOr<base::SecretString> token = open_token_(found);
  if (!token.ok()) {
    test.error = token.status();
    return test;
  }
  call.account.token = *std::move(token);
  call.context = context.WithDeadline(clock_->SteadyNow() + kLongestTest);
  call.quota_patience = [] { return absl::ZeroDuration(); };
  call.retry = false;

  call.on_answer = [&test](absl::Duration took) { test.latency += took; };
  auto channels = order_manager_->ListSalesChannels(call);
  auto warehouses = order_manager_->ListWarehouses(call);
  OMS_RETURN_IF_ERROR(context.Check(clock_->SteadyNow()));
  test.error = Explain(channels.ok() ? warehouses.status() : channels.status(),
                       found.id);
  if (channels.ok()) {
    test.sales_channels = std::move(channels->rows);
    ResolveCarts(stored, visible, &test);
  }
  if (warehouses.ok()) test.warehouses = std::move(warehouses->rows);
  return test;
}

}  // namespace oms_connector::connections
