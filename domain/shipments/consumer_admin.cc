#include "domain/shipments/consumer_admin.h"

#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "domain/shipments/feed_page.h"
#include "model/errors.h"

namespace oms_connector::shipments {
namespace {

constexpr int kConsumersAtOnce = 1000;

absl::StatusOr<std::vector<model::Consumer>> ListAll(
    storage::ReadTransaction& txn, const std::string& connection) {
  std::vector<model::Consumer> all;
  std::string after;
  for (;;) {
    OMS_ASSIGN_OR_RETURN(
        std::vector<model::Consumer> page,
        txn.shipments().ListConsumers(connection, after, kConsumersAtOnce));
    const bool last = page.size() < kConsumersAtOnce;
    for (model::Consumer& consumer : page) all.push_back(std::move(consumer));
    if (last) return all;
    after = all.back().name;
  }
}

}  // namespace

ConsumerAdmin::ConsumerAdmin(storage::Store* store) : store_(store) {}

absl::StatusOr<std::vector<ConsumerLag>> ConsumerAdmin::List(
    const base::CallContext& context, const std::string& connection) {
  std::vector<ConsumerLag> lags;
  OMS_RETURN_IF_ERROR(store_->Read(context, [&](storage::ReadTransaction& txn) {
    lags.clear();
    OMS_RETURN_IF_ERROR(CheckConnection(txn, connection));
    OMS_ASSIGN_OR_RETURN(std::vector<model::Consumer> consumers,
                         ListAll(txn, connection));
    for (model::Consumer& consumer : consumers) {
      ConsumerLag lag;
      OMS_ASSIGN_OR_RETURN(
          lag.lag, txn.shipments().CountEventsAfter(
                       connection, consumer.cart_id, consumer.position));
      lag.consumer = std::move(consumer);
      lags.push_back(std::move(lag));
    }
    return absl::OkStatus();
  }));
  return lags;
}

absl::Status ConsumerAdmin::Reset(const base::CallContext& context,
                                  const std::string& connection,
                                  const std::string& consumer,
                                  int64_t position) {
  return store_->Write(context, [&](storage::WriteTransaction& txn) {
    OMS_RETURN_IF_ERROR(CheckConnection(txn, connection));
    OMS_ASSIGN_OR_RETURN(std::optional<model::Consumer> found,
                         txn.shipments().FindConsumer(connection, consumer));
    if (!found.has_value()) {
      return model::ConsumerNotFound(connection, consumer);
    }
    OMS_RETURN_IF_ERROR(
        CheckPosition(txn, connection, found->cart_id, position));
    found->position = position;
    OMS_ASSIGN_OR_RETURN(found->position_time,
                         txn.shipments().EventTimeAt(connection, position));
    return txn.shipments().PutConsumer(connection, *found);
  });
}

absl::Status ConsumerAdmin::Delete(const base::CallContext& context,
                                   const std::string& connection,
                                   const std::string& consumer) {
  return store_->Write(context, [&](storage::WriteTransaction& txn) {
    OMS_RETURN_IF_ERROR(CheckConnection(txn, connection));
    OMS_ASSIGN_OR_RETURN(const bool found,
                         txn.shipments().DeleteConsumer(connection, consumer));
    return found ? absl::OkStatus()
                 : model::ConsumerNotFound(connection, consumer);
  });
}

}  // namespace oms_connector::shipments
