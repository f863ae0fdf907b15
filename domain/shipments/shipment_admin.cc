#include "domain/shipments/shipment_admin.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/status_macros.h"
#include "domain/carriers/tracking_number.h"
#include "domain/shipments/acknowledgement.h"
#include "domain/shipments/feed_page.h"
#include "domain/shipments/manual_release.h"
#include "domain/shipments/shipment_view.h"
#include "model/errors.h"
#include "model/limits.h"

namespace oms_connector::shipments {
namespace {

model::ShipmentSearch SearchFor(const ShipmentFilter& filter, absl::Time now) {
  model::ShipmentSearch search;
  search.states = filter.states;
  search.order_number = filter.order_number;
  search.tracking_key =
      carriers::NormalizeTrackingNumber(filter.tracking_number);
  search.cart_id = filter.cart;
  if (filter.older_than.has_value()) {
    search.in_state_since = now - *filter.older_than;
  }
  return search;
}

absl::Status CheckNames(const std::vector<int64_t>& names) {
  if (names.size() <= static_cast<size_t>(model::kMaxShipmentNames)) {
    return absl::OkStatus();
  }
  return model::InvalidField(
      "names", absl::StrCat("must be ", model::kMaxShipmentNames, " or fewer"));
}

absl::Status CheckRelease(const ReleaseRequest& request) {
  OMS_RETURN_IF_ERROR(CheckNames(request.shipment_ids));
  if (request.shipment_ids.empty() != request.order_id.has_value()) {
    return model::InvalidField("names",
                               "give either shipments or an order's id");
  }
  if (request.reason.size() > model::kMaxReasonBytes) {
    return model::InvalidField(
        "reason",
        absl::StrCat("must be ", model::kMaxReasonBytes, " bytes or less"));
  }
  return absl::OkStatus();
}

absl::Status CheckReplay(const ReplayRequest& request) {
  OMS_RETURN_IF_ERROR(CheckNames(request.shipment_ids));
  const bool by_range = request.start.has_value() && request.end.has_value();
  const bool half = request.start.has_value() != request.end.has_value();
  if (half || request.shipment_ids.empty() != by_range) {
    return model::InvalidField(
        "names", "give either shipments or both start_cursor and end_cursor");
  }
  if (by_range && *request.end < *request.start) {
    return model::InvalidField("end_cursor", "lies before start_cursor");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int64_t>> ShipmentsToReplay(
    storage::ReadTransaction& txn, const ReplayRequest& request) {
  if (!request.start.has_value()) return request.shipment_ids;
  OMS_RETURN_IF_ERROR(
      CheckPosition(txn, request.connection, "", *request.start));
  OMS_RETURN_IF_ERROR(CheckPosition(txn, request.connection, "", *request.end));
  std::set<int64_t> ids;
  int64_t after = *request.start;
  for (;;) {
    OMS_ASSIGN_OR_RETURN(
        const std::vector<model::IdPair> page,
        txn.shipments().ListEventShipments(request.connection, after,
                                           *request.end, kMaxShipments));
    for (const auto& [sequence, shipment] : page) ids.insert(shipment);
    if (ids.size() > static_cast<size_t>(model::kMaxReplayed)) {
      return model::InvalidField(
          "end_cursor",
          absl::StrCat("the range holds events of more than ",
                       model::kMaxReplayed, " shipments; replay it in parts"));
    }
    if (page.size() < static_cast<size_t>(kMaxShipments)) break;
    after = page.back().first;
  }
  return std::vector<int64_t>(ids.begin(), ids.end());
}

}  // namespace

ShipmentAdmin::ShipmentAdmin(storage::Store* store, EventSignal* signal)
    : store_(store), signal_(signal) {}

absl::StatusOr<ShipmentList> ShipmentAdmin::List(
    const base::CallContext& context, const ShipmentListRequest& request) {
  if (request.page_size < 0) {
    return model::InvalidField("page_size", "must not be negative");
  }
  if (request.filter.older_than.value_or(absl::ZeroDuration()) <
      absl::ZeroDuration()) {
    return model::InvalidField("filter.older_than", "must not be negative");
  }
  const int size = request.page_size == 0
                       ? kDefaultShipments
                       : std::min(request.page_size, kMaxShipments);
  ShipmentList list;
  OMS_RETURN_IF_ERROR(store_->Read(context, [&](storage::ReadTransaction& txn) {
    list = {};
    OMS_RETURN_IF_ERROR(CheckConnection(txn, request.connection));
    OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
    const model::ShipmentSearch search = SearchFor(request.filter, now);
    // Nothing but what does not count is no tracking number, and not "any".
    if (!request.filter.tracking_number.empty() &&
        search.tracking_key.empty()) {
      return absl::OkStatus();
    }
    OMS_ASSIGN_OR_RETURN(
        const std::vector<model::StoredShipment> found,
        txn.shipments().ListShipments(request.connection, search,
                                      request.before, size + 1));
    for (const model::StoredShipment& shipment : found) {
      list.shipments.push_back(ShipmentOf(shipment));
    }
    return absl::OkStatus();
  }));
  if (list.shipments.size() > static_cast<size_t>(size)) {
    list.shipments.pop_back();
    list.next_before = list.shipments.back().shipment_id;
  }
  return list;
}

absl::StatusOr<storage::Answer<std::vector<model::Shipment>>>
ShipmentAdmin::Release(const base::CallContext& context,
                       const ReleaseRequest& request) {
  OMS_RETURN_IF_ERROR(CheckRelease(request));
  storage::Answer<std::vector<model::Shipment>> answer;
  OMS_RETURN_IF_ERROR(
      store_->Write(context, [&](storage::WriteTransaction& txn) {
        OMS_RETURN_IF_ERROR(CheckConnection(txn, request.connection));
        OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
        const auto carry_out =
            [&]() -> absl::StatusOr<std::vector<model::Shipment>> {
          if (request.order_id.has_value()) {
            return ReleaseByOrder(txn, request.connection, *request.order_id,
                                  request.reason, now);
          }
          return ReleaseByShipment(txn, request.connection,
                                   request.shipment_ids, request.reason, now);
        };
        OMS_ASSIGN_OR_RETURN(
            answer, storage::IdempotentReplay<std::vector<model::Shipment>>(
                        txn.connections(), request.call, now, carry_out));
        return absl::OkStatus();
      }));
  if (!answer.result.empty()) signal_->Notify(request.connection);
  return answer;
}

absl::StatusOr<storage::Answer<int64_t>> ShipmentAdmin::Replay(
    const base::CallContext& context, const ReplayRequest& request) {
  OMS_RETURN_IF_ERROR(CheckReplay(request));
  storage::Answer<int64_t> answer;
  OMS_RETURN_IF_ERROR(
      store_->Write(context, [&](storage::WriteTransaction& txn) {
        OMS_RETURN_IF_ERROR(CheckConnection(txn, request.connection));
        OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
        const auto carry_out = [&]() -> absl::StatusOr<int64_t> {
          OMS_ASSIGN_OR_RETURN(const std::vector<int64_t> ids,
                               ShipmentsToReplay(txn, request));
          return ReplayLatest(txn, request.connection, ids, request.end, now);
        };
        OMS_ASSIGN_OR_RETURN(
            answer, storage::IdempotentReplay<int64_t>(
                        txn.connections(), request.call, now, carry_out));
        return absl::OkStatus();
      }));
  if (answer.result > 0) signal_->Notify(request.connection);
  return answer;
}

}  // namespace oms_connector::shipments
