#include "domain/connections/connection_tester.h"

#include <utility>

#include "base/status_macros.h"
#include "domain/connections/stored_connection.h"
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

}  // namespace

ConnectionTester::ConnectionTester(storage::Store* store,
                                   order_manager::OrderManager* order_manager,
                                   base::Clock* clock, OpenToken open_token)
    : store_(store),
      order_manager_(order_manager),
      clock_(clock),
      open_token_(std::move(open_token)) {}

absl::StatusOr<ConnectionTest> ConnectionTester::Test(
    const base::CallContext& context, absl::string_view connection) {
  model::Connection found;
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(found, FindConnection(txn, connection));
        return absl::OkStatus();
      }));
  order_manager::Call call;
  call.account.connection = found.id;
  call.account.base_url = found.order_manager.base_url;
  call.account.path_prefix = found.order_manager.path_prefix;
  OMS_ASSIGN_OR_RETURN(call.account.token, open_token_(found));
  const absl::Time start = clock_->Now();
  call.context = context.WithDeadline(start + kLongestTest);
  call.quota_patience = [] { return absl::ZeroDuration(); };
  call.retry = false;

  ConnectionTest test;
  auto channels = order_manager_->ListSalesChannels(call);
  auto warehouses = order_manager_->ListWarehouses(call);
  const absl::Time end = clock_->Now();
  OMS_RETURN_IF_ERROR(context.Check(end));
  test.latency = end - start;
  test.error = Explain(channels.ok() ? warehouses.status() : channels.status(),
                       found.id);
  if (channels.ok()) test.sales_channels = std::move(channels->rows);
  if (warehouses.ok()) test.warehouses = std::move(warehouses->rows);
  return test;
}

}  // namespace oms_connector::connections
