#include "domain/shipments/shipment_puller.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "domain/feeds/page_loop.h"
#include "domain/shipments/cart_directory.h"
#include "domain/shipments/family_loader.h"
#include "domain/shipments/pull_position.h"
#include "domain/shipments/reference_reader.h"
#include "domain/shipments/replica.h"
#include "domain/shipments/shipment_decider.h"

namespace oms_connector::shipments {
namespace {

// Ids in one request: its address stays well below 8 KiB.
constexpr int kIdsAtOnce = 100;
// Orders read by id between two commits, and in one pull: at 5 requests a
// second the latter take 200 s; the others have their turn in the next pull.
constexpr int kOrdersAtOnce = 20;
constexpr int64_t kMaxOrdersById = 1000;
// Orders read again by id in one pull: those that held parcels wait for, and
// then those of which more is to come, once a day. A list that shifts while it
// is read, or a change that bears no date, must not be missed forever. At 5
// requests a second these take 40 s.
constexpr int64_t kMaxReadAgain = 200;
constexpr absl::Duration kOpenOrdersInterval = absl::Hours(24);
// So many orders in a row that cannot be read are no longer the orders' fault.
constexpr int kMaxFailuresInARow = 3;
// Each round can find further members; a family deeper than this is released by
// a later pull.
constexpr int kMaxRounds = 20;

// One pull.
class Pull {
 public:
  Pull(storage::Store& store, order_manager::OrderManager& order_manager,
       EventSignal& signal, feeds::PullSession& session)
      : store_(store),
        order_manager_(order_manager),
        signal_(signal),
        session_(session),
        id_(session.connection().id) {}

  absl::Status Run() {
    OMS_RETURN_IF_ERROR(ReadReferences(session_, order_manager_));
    OMS_RETURN_IF_ERROR(FindPosition());
    if (position_.phase == PullPhase::kOrders) {
      OMS_RETURN_IF_ERROR(Forgive(ReadOrders(), "orders", "modifiedDateFrom"));
      Enter(PullPhase::kShipments);
    }
    if (position_.phase == PullPhase::kShipments) {
      OMS_RETURN_IF_ERROR(
          ReadWindows({}, position_.shipments_from, position_.shipments_to));
      Enter(PullPhase::kVoided);
    }
    if (position_.phase == PullPhase::kVoided) {
      OMS_RETURN_IF_ERROR(ReadVoided());
      Enter(PullPhase::kHeld);
    }
    if (position_.phase == PullPhase::kHeld) {
      OMS_RETURN_IF_ERROR(ReadHeld());
      Enter(PullPhase::kDecide);
    }
    OMS_RETURN_IF_ERROR(ReadAgain());
    OMS_RETURN_IF_ERROR(Decide());
    return Finish();
  }

 private:
  void Enter(PullPhase phase) {
    position_.phase = phase;
    position_.page = 1;
    position_.after = 0;
    position_.window_from = absl::UnixEpoch();
  }

  absl::Status Read(
      absl::FunctionRef<absl::Status(storage::ReadTransaction&)> function) {
    return store_.Read(session_.context(), function);
  }

  // Commits `function`, which is given the carts as they are now.
  absl::Status Commit(absl::FunctionRef<absl::Status(storage::WriteTransaction&,
                                                     const CartDirectory&)>
                          function) {
    return session_.Commit(EncodePosition(position_),
                           [&](storage::WriteTransaction& txn) {
                             OMS_ASSIGN_OR_RETURN(const CartDirectory directory,
                                                  LoadCartDirectory(txn, id_));
                             return function(txn, directory);
                           });
  }

  // A part that the Order Manager refuses costs that part only: the pull goes
  // on without it and says so.
  absl::Status Forgive(const absl::Status& status, absl::string_view list,
                       absl::string_view filter) {
    if (!absl::IsUnimplemented(status)) return status;
    session_.AddNotes(
        {{std::string(list), position_.page, std::string(filter),
          absl::StrCat("the Order Manager refuses this filter, so what it "
                       "would find is not seen: ",
                       status.message())}});
    base::LogWarning("a filter is refused", {{"connection", id_},
                                             {"list", list},
                                             {"filter", filter},
                                             {"error", status}});
    return absl::OkStatus();
  }

  absl::Status FindPosition() {
    const std::optional<PullPosition> left =
        DecodePosition(session_.checkpoint());
    if (left.has_value()) {
      position_ = *left;
      position_.page = std::max<int64_t>(1, position_.page - 1);
      return absl::OkStatus();
    }
    session_.StartOver();
    model::ShipmentState state;
    OMS_RETURN_IF_ERROR(Read([&](storage::ReadTransaction& txn) {
      OMS_ASSIGN_OR_RETURN(const model::ShipmentSummary summary,
                           txn.shipments().GetShipmentSummary(id_));
      state = summary.state;
      OMS_ASSIGN_OR_RETURN(
          const model::PullStatus status,
          txn.runs().GetPullStatus(id_, model::Feed::kShipments));
      // Another address, or never through: as the first time.
      if (!status.last_success_time.has_value()) {
        state.orders_read_through.reset();
        state.orders_again_from.reset();
        state.shipments_read_through.reset();
      }
      return absl::OkStatus();
    }));
    position_ = FirstPosition(state, EarliestShipmentTime(), session_.Now(),
                              TheirNow());
    return absl::OkStatus();
  }

  // The Order Manager's time, as far as it has told it.
  absl::Time TheirNow() {
    return session_.Now() +
           session_.run().clock_difference.value_or(absl::ZeroDuration());
  }

  absl::Time EarliestShipmentTime() const {
    return session_.connection().earliest_shipment_time;
  }

  // Marks for "modified since" are made of the Order Manager's own times, and
  // are never ahead of its clock: a date far in the future must not end all
  // reading.
  void NoteTimes(const order_manager::Page<model::Order>& page) {
    const absl::Time theirs = page.server_time.value_or(position_.start_time);
    for (const model::Order& order : page.rows) {
      position_.orders_seen = std::max(
          position_.orders_seen,
          std::min(theirs, order.modify_time.value_or(absl::UnixEpoch())));
    }
  }

  absl::Status ReadOrders() {
    const absl::Time from = position_.orders_from;
    return feeds::ReadPages<model::Order>(
        session_, "orders", {position_.page},
        [&](order_manager::PageRequest page) {
          return order_manager_.ListOrders(session_.call(), from, page);
        },
        [&](int64_t number, const order_manager::Page<model::Order>& page) {
          position_.page = number + 1;
          NoteTimes(page);
          return Commit([&](storage::WriteTransaction& txn,
                            const CartDirectory& directory) {
            return StoreOrders(txn, directory, page.rows, session_.Now());
          });
        });
  }

  absl::Status StorePage(std::vector<model::ShipmentRecord>& rows) {
    rows.erase(std::remove_if(rows.begin(), rows.end(),
                              [this](const model::ShipmentRecord& record) {
                                return WasReadBefore(record);
                              }),
               rows.end());
    // How far that has come is stored with what comes behind it.
    if (rows.empty()) return absl::OkStatus();
    return Commit(
        [&](storage::WriteTransaction& txn, const CartDirectory& directory) {
          return StoreShipments(txn, directory, rows, session_.Now());
        });
  }

  // A server that takes no notice of windows tells the same rows in each.
  bool WasReadBefore(const model::ShipmentRecord& record) const {
    return position_.phase == PullPhase::kShipments &&
           record.create_time.has_value() &&
           *record.create_time >= position_.shipments_from &&
           *record.create_time < position_.window_from;
  }

  void WarnOf(const std::vector<DuplicateParcel>& duplicates) {
    for (const DuplicateParcel& duplicate : duplicates) {
      base::LogWarning("two shipments of one order with one tracking number",
                       {{"connection", id_},
                        {"order", duplicate.order_id},
                        {"shipment", duplicate.shipment_id},
                        {"earlier_shipment", duplicate.earlier_shipment_id},
                        {"tracking_number", duplicate.tracking_number}});
    }
  }

  absl::Status ReadShipments(const order_manager::ShipmentFilter& filter) {
    return feeds::ReadPages<model::ShipmentRecord>(
        session_, "shipments", {position_.page},
        [&](order_manager::PageRequest page) {
          return order_manager_.ListShipments(session_.call(), filter, page);
        },
        [&](int64_t number, order_manager::Page<model::ShipmentRecord>& page) {
          position_.page = number + 1;
          return StorePage(page.rows);
        });
  }

  // Shipments created between two times, window by window, the oldest first.
  absl::Status ReadWindows(order_manager::ShipmentFilter filter,
                           absl::Time from, absl::Time to) {
    if (position_.window_from > from) from = position_.window_from;
    for (; from < to; from += order_manager::kLongestWindow) {
      position_.window_from = from;
      filter.created = {from,
                        std::min(from + order_manager::kLongestWindow, to)};
      OMS_RETURN_IF_ERROR(ReadShipments(filter));
      position_.page = 1;
    }
    return absl::OkStatus();
  }

  absl::Status ReadVoided() {
    order_manager::ShipmentFilter voided;
    voided.voided_only = true;
    // Those created later were among those just read.
    return Forgive(ReadWindows(voided,
                               std::max(EarliestRead(EarliestShipmentTime(),
                                                     position_.start_time),
                                        position_.start_time - kVoidWindow),
                               position_.shipments_from),
                   "shipments", "deliveryStatus");
  }

  absl::Status ReadHeld() {
    for (;;) {
      std::vector<int64_t> held;
      OMS_RETURN_IF_ERROR(Read([&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(held, txn.shipments().ListHeldShipments(
                                       id_, position_.after, kIdsAtOnce));
        return absl::OkStatus();
      }));
      if (held.empty()) return absl::OkStatus();
      order_manager::ShipmentFilter filter;
      filter.shipment_ids = held;
      // Where it stops in between, the same ids are asked for again.
      position_.page = 1;
      const absl::Status read = ReadShipments(filter);
      OMS_RETURN_IF_ERROR(Forgive(read, "shipments", "shipmentId[]"));
      if (!read.ok()) return absl::OkStatus();
      position_.after = held.back();
    }
  }

  absl::Status Decide() {
    for (int round = 0; round < kMaxRounds; ++round) {
      OMS_RETURN_IF_ERROR(ReadUnreadOrders());
      std::vector<int64_t> stale;
      bool found_members = false;
      OMS_RETURN_IF_ERROR(DecideAll(stale, found_members));
      if (stale.empty() && !found_members) break;
      for (size_t i = 0; i < stale.size(); i += kOrdersAtOnce) {
        const size_t end = std::min(stale.size(), i + kOrdersAtOnce);
        OMS_RETURN_IF_ERROR(
            ReadOrdersById({stale.begin() + static_cast<int64_t>(i),
                            stale.begin() + static_cast<int64_t>(end)}));
      }
    }
    return absl::OkStatus();
  }

  absl::Status DecideAll(std::vector<int64_t>& stale, bool& found_members) {
    DecisionRequest request;
    request.connection = id_;
    request.now = session_.Now();
    request.fresh_since =
        std::min(request.now - session_.connection().shipment_interval,
                 session_.run().start_time);
    DecisionBatch batch;
    do {
      OMS_RETURN_IF_ERROR(session_.Commit(
          EncodePosition(position_), [&](storage::WriteTransaction& txn) {
            OMS_ASSIGN_OR_RETURN(batch, DecidePending(txn, request));
            return absl::OkStatus();
          }));
      if (batch.events > 0) signal_.Notify(id_);
      WarnOf(batch.duplicates);
      stale.insert(stale.end(), batch.stale_orders.begin(),
                   batch.stale_orders.end());
      found_members = found_members || batch.unknown_orders > 0;
      request.after = batch.last_order;
    } while (batch.more);
    return absl::OkStatus();
  }

  // Those that a shipment or a family needs and that were not read in this run.
  // Each is asked for once, whatever the clock says of when that was: a run can
  // begin ahead of it.
  absl::Status ReadUnreadOrders() {
    return ReadByTurns(
        unread_left_, [this](storage::ReadTransaction& txn, int limit) {
          return txn.shipments().ListUnreadableOrders(
              id_, session_.run().start_time, session_.Now(), limit);
        });
  }

  // What lists may have missed.
  absl::Status ReadAgain() {
    int64_t left = kMaxReadAgain;
    OMS_RETURN_IF_ERROR(
        ReadByTurns(left, [this](storage::ReadTransaction& txn, int limit) {
          return txn.shipments().ListBlockingOrders(
              id_, session_.run().start_time, session_.Now(), limit);
        }));
    return ReadByTurns(left, [this](storage::ReadTransaction& txn, int limit) {
      const absl::Time now = session_.Now();
      return txn.shipments().ListOpenOrders(id_, now - kOpenOrdersInterval, now,
                                            limit);
    });
  }

  // Reads by id what `list` gives, at most `left` in all, each once.
  absl::Status ReadByTurns(
      int64_t& left, absl::FunctionRef<absl::StatusOr<std::vector<int64_t>>(
                         storage::ReadTransaction&, int)>
                         list) {
    while (left > 0) {
      const int limit =
          static_cast<int>(std::min<int64_t>(left, kOrdersAtOnce));
      std::vector<int64_t> ids;
      OMS_RETURN_IF_ERROR(Read([&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(ids, list(txn, limit));
        return absl::OkStatus();
      }));
      ids.erase(std::remove_if(ids.begin(), ids.end(),
                               [this](int64_t id) {
                                 return !asked_for_.insert(id).second;
                               }),
                ids.end());
      if (ids.empty()) break;
      OMS_RETURN_IF_ERROR(ReadOrdersById(ids));
      left -= static_cast<int64_t>(ids.size());
    }
    return absl::OkStatus();
  }

  absl::Status ReadOrdersById(const std::vector<int64_t>& ids) {
    order_manager::Page<model::Order> read;  // all of them together
    std::vector<UnreadOrder> unread;
    for (const int64_t id : ids) {
      absl::StatusOr<order_manager::Page<model::Order>> answer =
          order_manager_.GetOrder(session_.call(), id);
      if (answer.ok()) {
        failures_in_a_row_ = 0;
        absl::c_move(answer->rejected, std::back_inserter(read.rejected));
        absl::c_move(answer->notes, std::back_inserter(read.notes));
        if (!answer->rows.empty()) {
          read.rows.push_back(std::move(answer->rows.front()));
          continue;
        }
      }
      OMS_RETURN_IF_ERROR(CheckFailure(id, answer.status()));
      unread.push_back({id, absl::IsNotFound(answer.status())});
    }
    return Commit(
        [&](storage::WriteTransaction& txn, const CartDirectory& directory) {
          session_.run().counts.rows +=
              static_cast<int64_t>(read.rows.size() + read.rejected.size());
          session_.AddRejected(read.rejected);
          session_.AddNotes(read.notes);
          OMS_RETURN_IF_ERROR(
              StoreOrders(txn, directory, read.rows, session_.Now()));
          return StoreUnreadOrders(txn, directory, unread, session_.Now());
        });
  }

  // OK where only this order is concerned.
  absl::Status CheckFailure(int64_t order_id, const absl::Status& status) {
    if (absl::IsUnavailable(status)) {
      if (++failures_in_a_row_ >= kMaxFailuresInARow) return status;
    } else if (!status.ok() && !absl::IsNotFound(status) &&
               !absl::IsPermissionDenied(status) &&
               !absl::IsUnimplemented(status)) {
      return status;
    }
    base::LogWarning(
        "an order cannot be read; its shipments are held",
        {{"connection", id_}, {"order", order_id}, {"error", status}});
    return absl::OkStatus();
  }

  absl::Status Finish() {
    return session_.Commit("", [&](storage::WriteTransaction& txn) {
      OMS_ASSIGN_OR_RETURN(const model::ShipmentSummary summary,
                           txn.shipments().GetShipmentSummary(id_));
      model::ShipmentState state = summary.state;
      state.orders_read_through = std::max(
          position_.orders_seen, position_.orders_from + kOrderOverlap);
      state.orders_again_from = position_.orders_again_from;
      state.shipments_read_through = position_.start_time;
      return txn.shipments().PutShipmentState(id_, state);
    });
  }

  storage::Store& store_;
  order_manager::OrderManager& order_manager_;
  EventSignal& signal_;
  feeds::PullSession& session_;
  const std::string id_;
  PullPosition position_;
  std::set<int64_t> asked_for_;  // orders, by ReadByTurns
  int64_t unread_left_ = kMaxOrdersById;
  int failures_in_a_row_ = 0;
};

}  // namespace

ShipmentPuller::ShipmentPuller(storage::Store* store,
                               order_manager::OrderManager* order_manager,
                               EventSignal* signal)
    : store_(store), order_manager_(order_manager), signal_(signal) {}

absl::Status ShipmentPuller::Pull(feeds::PullSession& session) {
  return shipments::Pull(*store_, *order_manager_, *signal_, session).Run();
}

}  // namespace oms_connector::shipments
