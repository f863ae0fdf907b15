#include "domain/inventory/inventory_pull.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "domain/feeds/page_loop.h"
#include "domain/inventory/absence.h"
#include "domain/inventory/inventory_view.h"
#include "domain/inventory/level_writer.h"
#include "domain/inventory/pull_kind.h"
#include "domain/inventory/pull_position.h"
#include "domain/inventory/pull_replica.h"
#include "domain/inventory/replica_writer.h"
#include "domain/inventory/run_findings.h"
#include "domain/inventory/view_recompute.h"

namespace oms_connector::inventory {
namespace {

class Pull {
 public:
  Pull(const InventoryPullOptions& options, feeds::PullSession& session)
      : options_(options),
        session_(session),
        replica_(*options.store, session, options.rows_of_a_commit) {}

  absl::Status Run();

 private:
  order_manager::OrderManager& om() { return *options_.order_manager; }
  bool full() const { return session_.kind() == model::SyncKind::kFull; }
  const std::string& id() const { return session_.connection().id; }
  const PullPosition& reached() const { return replica_.reached(); }
  const InventoryContext& context() const { return replica_.context(); }

  absl::Status Begin();
  absl::Status BeginInStore(ReplicaWriter& writer);
  absl::Status ReadPlaces();
  // A list that is not paged.
  template <typename Row, typename Put>
  absl::Status StorePlaces(const std::string& source,
                           absl::string_view endpoint,
                           const order_manager::Page<Row>& list, Put put);
  absl::Status ReadProducts();
  absl::Status AskNumbers(int64_t channel);
  absl::Status NumbersFailed(const absl::Status& status);
  absl::Status ReadListings(int64_t channel);
  absl::Status ReadStock(int64_t warehouse);
  absl::Status ReadStockPages(int64_t warehouse, PullPosition* position);
  absl::Status StartStockAgain(const absl::Status& refusal,
                               PullPosition* position);
  absl::Status Conclude();
  absl::Status FinishInStore(ReplicaWriter& writer);
  absl::Status Recompute();

  std::optional<PullPosition> Start(PullStep step, int64_t id) const {
    return PositionOf(step, id, reached(), session_.Now());
  }
  absl::Status FinishSource(PullPosition position, const std::string& source);
  // Notes what a page of a source has shown.
  template <typename Row, typename IdOf>
  void Saw(const std::string& source, int64_t number,
           const order_manager::Page<Row>& page, IdOf id_of);
  // What to ask a change pull for; unset = everything.
  std::optional<absl::Time> ModifiedSince(const std::string& source) const {
    return full() ? std::nullopt
                  : ChangesSince(replica_.state(), source, session_.Now());
  }

  const InventoryPullOptions& options_;
  feeds::PullSession& session_;
  PullReplica replica_;
  PulledSources sources_;
  bool deferred_ = false;
};

absl::Status Pull::FinishSource(PullPosition position,
                                const std::string& source) {
  position.finished = true;
  return replica_.Commit(position, [&](ReplicaWriter& writer) {
    model::InventoryState& state = writer.state();
    const std::optional<absl::Time> before =
        full() ? std::nullopt : state.ModifiedThrough(source);
    state.SetMark(
        source, position.begin_time,
        ModifiedThrough(before, sources_.changes[source], position.begin_time));
    return absl::OkStatus();
  });
}

// ---- The beginning ---------------------------------------------------------

absl::Status Pull::BeginInStore(ReplicaWriter& writer) {
  model::InventoryState& state = writer.state();
  const model::Connection& connection = writer.context().connection;
  BeginReading(connection, session_.connection().order_manager, session_.Now(),
               &state);
  if (state.computed_generation == 0) {  // nothing is computed, nothing is old
    state.computed_generation = connection.view_generation;
    writer.RecomputeAtTheEnd();  // but the carts' views are to be made
  }
  // Where the settings have changed since the levels were computed, they are
  // computed once, from what this pull brings.
  deferred_ = LevelsAreOutdated(writer.context(), state);
  state.deferred_by_run = deferred_ ? session_.run().run_id : "";
  // A recompute that is half done would not look at what this pull stores.
  if (deferred_) writer.RecomputeAtTheEnd();
  return absl::OkStatus();
}

absl::Status Pull::Begin() {
  InventoryContext context;
  model::InventoryState state;
  model::PullStatus status;
  OMS_RETURN_IF_ERROR(options_.store->Read(
      session_.context(), [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(context, ReadContext(txn, id()));
        OMS_ASSIGN_OR_RETURN(state, txn.inventory().GetState(id()));
        OMS_ASSIGN_OR_RETURN(
            status, txn.runs().GetPullStatus(id(), model::Feed::kInventory));
        return absl::OkStatus();
      }));
  const model::SyncKind due = KindThatIsDue(session_.kind(), status, state,
                                            context.connection, session_.Now());
  const std::optional<PullPosition> reached =
      DecodePosition(session_.checkpoint());
  PullPosition position;
  position.mode = context.settings.inventory_sync_mode;
  if (reached.has_value() && reached->mode == position.mode &&
      due == session_.kind() && !HasMoved(state, context.connection)) {
    position = *reached;
  } else {
    session_.StartOver();
  }
  session_.run().kind = due;
  replica_.Begin(position, std::move(context));
  return replica_.Commit(
      position, [&](ReplicaWriter& writer) { return BeginInStore(writer); });
}

template <typename Row, typename Put>
absl::Status Pull::StorePlaces(const std::string& source,
                               absl::string_view endpoint,
                               const order_manager::Page<Row>& list, Put put) {
  session_.run().counts.rows += list.row_count;
  session_.AddFindings(list);
  return replica_.Commit(reached(), [&](ReplicaWriter& writer) {
    writer.state().SetMark(source, session_.Now());
    OMS_ASSIGN_OR_RETURN(const bool believed, put(writer));
    if (!believed) session_.NoteDoubtedList(endpoint);
    return absl::OkStatus();
  });
}

absl::Status Pull::ReadPlaces() {
  if (IsPerWarehouse(context())) {
    OMS_ASSIGN_OR_RETURN(const auto list, om().ListWarehouses(session_.call()));
    OMS_RETURN_IF_ERROR(StorePlaces(
        WarehousesSource(), "warehouses", list, [&](ReplicaWriter& writer) {
          return writer.PutWarehouses(list.rows, list.rejected.empty());
        }));
  }
  session_.run().cart_errors.clear();
  if (!IsPerWarehouse(context()) ||
      absl::c_any_of(context().connection.carts, [&](const model::Cart& cart) {
        return model::NeedsChannel(cart, context().settings);
      })) {
    OMS_ASSIGN_OR_RETURN(const auto list,
                         om().ListSalesChannels(session_.call()));
    OMS_RETURN_IF_ERROR(StorePlaces(
        ChannelsSource(), "saleschannels", list, [&](ReplicaWriter& writer) {
          auto believed =
              writer.PutSalesChannels(list.rows, list.rejected.empty());
          session_.run().cart_errors = CartErrors(writer.context());
          return believed;
        }));
  }
  // Levels at a location that is gone are withheld before anything is read.
  return deferred_ ? absl::OkStatus() : Recompute();
}

// ---- Lists -----------------------------------------------------------------

template <typename Row, typename IdOf>
void Pull::Saw(const std::string& source, int64_t number,
               const order_manager::Page<Row>& page, IdOf id_of) {
  if (!page.rejected.empty()) sources_.unreadable.insert(source);
  NoteChanges(number == 1, page.newest_modified, page.server_time,
              &sources_.changes[source]);
  if (!full() || session_.resumed()) return;  // it will conclude nothing
  sources_.NoteTold(page);
  SeenRows& seen = sources_.seen[source];
  for (const Row& row : page.rows) seen.Add(id_of(row));
}

absl::Status Pull::ReadProducts() {
  const std::optional<PullPosition> start = Start(PullStep::kProducts, 0);
  sources_.products = true;
  if (!start.has_value()) return absl::OkStatus();
  PullPosition position = *start;
  const std::optional<absl::Time> since = ModifiedSince(ProductsSource());
  const absl::Status read = feeds::ReadPages<model::Product>(
      session_, "products", {position.page, options_.page_limit},
      [this, since](order_manager::PageRequest page) {
        return om().ListProducts(session_.call(), since, "", page);
      },
      [&](int64_t number, const order_manager::Page<model::Product>& page) {
        Saw(ProductsSource(), number, page,
            [](const model::Product& row) { return row.product_id; });
        position.page = number + 1;
        return replica_.StoreProducts(position, page.rows);
      },
      [this] { return replica_.BeginWaiting(); });
  // What was read before a failure need not be read again.
  if (!read.ok()) replica_.StoreWaiting().IgnoreError();
  OMS_RETURN_IF_ERROR(read);
  return FinishSource(position, ProductsSource());
}

absl::Status Pull::ReadListings(int64_t channel) {
  const std::optional<PullPosition> start = Start(PullStep::kListings, channel);
  const std::string source = ListingsSource(channel);
  sources_.channels.insert(channel);
  if (!start.has_value()) return absl::OkStatus();
  PullPosition position = *start;
  const std::optional<absl::Time> since = ModifiedSince(source);
  OMS_RETURN_IF_ERROR(feeds::ReadPages<model::Listing>(
      session_, "listings", {position.page, options_.page_limit},
      [this, channel, since](order_manager::PageRequest page) {
        return om().ListListings(session_.call(), channel, since, "", page);
      },
      [&](int64_t number, const order_manager::Page<model::Listing>& page) {
        Saw(source, number, page,
            [](const model::Listing& row) { return row.listing_id; });
        position.page = number + 1;
        return replica_.StoreListings(position, channel, page.rows);
      }));
  return FinishSource(position, source);
}

absl::Status Pull::ReadStockPages(int64_t warehouse, PullPosition* position) {
  if (position->by_location) sources_.stock_by_location = true;
  const absl::Status read = feeds::ReadPages<model::StockRow>(
      session_, "stock", {position->page, options_.page_limit},
      [this, warehouse,
       totals = !position->by_location](order_manager::PageRequest page) {
        const order_manager::Call& call = session_.call();
        return totals ? om().ListStock(call, warehouse, "", page)
                      : om().ListStockByLocation(call, warehouse, page);
      },
      [&](int64_t number, const order_manager::Page<model::StockRow>& page) {
        Saw(StockSource(warehouse), number, page,
            [](const model::StockRow& row) { return row.product_id; });
        position->page = number + 1;
        return replica_.StoreStock(*position, page.rows);
      },
      [this] { return replica_.BeginWaiting(); });
  if (!read.ok()) replica_.StoreWaiting().IgnoreError();
  return read;
}

// Pages of one list are not those of the other, so the warehouse is read from
// its start; from the other list, where the start was refused.
absl::Status Pull::StartStockAgain(const absl::Status& refusal,
                                   PullPosition* position) {
  const bool switches = position->page == 1;
  base::LogWarning("a list of stock is refused; the warehouse is read again",
                   {{"connection", id()},
                    {"warehouse", position->id},
                    {"page", position->page},
                    {"by_location", position->by_location},
                    {"error", refusal}});
  position->page = 1;
  position->begin_time = session_.Now();
  if (switches) position->by_location = !position->by_location;
  return replica_.Commit(*position, [&](ReplicaWriter& writer) {
    if (switches) {
      writer.state().SetMark(kFallbackMark, position->by_location
                                                ? session_.Now()
                                                : absl::UnixEpoch());
    }
    return absl::OkStatus();
  });
}

absl::Status Pull::ReadStock(int64_t warehouse) {
  const std::optional<PullPosition> start = Start(PullStep::kStock, warehouse);
  sources_.warehouses.insert(warehouse);
  if (!start.has_value()) return absl::OkStatus();
  PullPosition position = *start;
  if (position.page == 1) {
    position.by_location = ReadsByLocation(replica_.state(), session_.Now());
  }
  absl::Status status = ReadStockPages(warehouse, &position);
  for (int i = 0; i < kStockRestarts && IsRefusedList(status); ++i) {
    OMS_RETURN_IF_ERROR(StartStockAgain(status, &position));
    status = ReadStockPages(warehouse, &position);
  }
  OMS_RETURN_IF_ERROR(status);
  return FinishSource(position, StockSource(warehouse));
}

// ---- Numbers per channel ---------------------------------------------------

absl::Status Pull::NumbersFailed(const absl::Status& status) {
  // Where even this cannot be stored, the note itself tells the next run.
  const absl::Status stored =
      replica_.Commit(reached(), [&](ReplicaWriter& writer) {
        EndAsking(/*lost=*/!WasRefused(status), &writer.state());
        return absl::OkStatus();
      });
  if (!stored.ok()) {
    base::LogWarning("a failed acknowledge could not be noted",
                     {{"connection", id()}, {"error", stored}});
  }
  return status;
}

// One channel at a time, so that one enormous first answer cannot keep the
// others from being told.
absl::Status Pull::AskNumbers(int64_t channel) {
  const std::optional<PullPosition> start = Start(PullStep::kNumbers, channel);
  if (!start.has_value()) return absl::OkStatus();
  OMS_RETURN_IF_ERROR(session_.CheckGoesOn());
  PullPosition position = *start;
  OMS_RETURN_IF_ERROR(replica_.Commit(reached(), [&](ReplicaWriter& writer) {
    writer.state().acknowledge_in_flight = session_.Now();
    return absl::OkStatus();
  }));
  const auto answer =
      om().AcknowledgeInventory(session_.told_once_call(), {channel});
  if (!answer.ok()) return NumbersFailed(answer.status());
  session_.run().counts.rows += answer->row_count;
  ++session_.run().counts.pages;
  session_.AddRejected(answer->rejected);
  session_.AddNotes(answer->notes);
  position.finished = true;
  const auto store = [&](ReplicaWriter& writer) -> absl::Status {
    OMS_ASSIGN_OR_RETURN(const std::vector<model::RejectedRow> rejected,
                         writer.PutNumbers({channel}, answer->rows));
    session_.AddRejected(rejected);
    OMS_RETURN_IF_ERROR(writer.ForgetNumbers({channel}, answer->unread));
    OMS_RETURN_IF_ERROR(writer.BelieveNumbers(channel));
    writer.state().acknowledge_in_flight.reset();
    writer.state().SetMark(NumbersSource(channel), position.begin_time);
    return absl::OkStatus();
  };
  return replica_.Commit(position, store, /*told_once=*/true);
}

// ---- The end ---------------------------------------------------------------

absl::Status Pull::FinishInStore(ReplicaWriter& writer) {
  storage::InventoryReader& stored = writer.txn().inventory();
  OMS_RETURN_IF_ERROR(FindAmbiguousSkus(stored, id(), &session_.run()));
  OMS_ASSIGN_OR_RETURN(session_.run().counts.levels_withheld,
                       writer.CountWithheld(&session_.run().counts));
  return CloseGap(stored, writer.context(), &writer.state());
}

absl::Status Pull::Conclude() {
  const bool complete = full() && !session_.resumed();
  AbsenceCheck absence(session_, om(), *options_.store, sources_);
  if (complete) OMS_RETURN_IF_ERROR(absence.Ask());
  PullPosition position = reached();
  position.step = PullStep::kConclusion;
  position.id = 0;
  const auto conclude = [&](ReplicaWriter& writer) -> absl::Status {
    if (!complete) return absl::OkStatus();
    writer.state().last_complete_full_time = session_.Now();
    return absence.Conclude(writer);
  };
  if (deferred_) {
    // What is concluded must be known when the levels are computed.
    OMS_RETURN_IF_ERROR(replica_.Commit(position, [&](ReplicaWriter& writer) {
      writer.RecomputeAtTheEnd();
      return conclude(writer);
    }));
  }
  // Settings may also have changed while this pull was reading.
  OMS_RETURN_IF_ERROR(Recompute());
  position.finished = true;
  OMS_RETURN_IF_ERROR(replica_.Commit(position, [&](ReplicaWriter& writer) {
    if (!deferred_) OMS_RETURN_IF_ERROR(conclude(writer));
    return FinishInStore(writer);
  }));
  LogFindings(id(), session_.run());
  return absl::OkStatus();
}

absl::Status Pull::Recompute() {
  for (bool done = false; !done;) {
    OMS_RETURN_IF_ERROR(session_.CheckGoesOn());
    OMS_RETURN_IF_ERROR(session_.Commit(
        EncodePosition(reached()), [&](storage::WriteTransaction& txn) {
          OMS_ASSIGN_OR_RETURN(done, RecomputeStep(txn, id(), session_.Now(),
                                                   &session_.run().counts));
          return absl::OkStatus();
        }));
  }
  return absl::OkStatus();
}

absl::Status Pull::Run() {
  OMS_RETURN_IF_ERROR(Begin());
  OMS_RETURN_IF_ERROR(ReadPlaces());
  if (NeedsProducts(context().settings)) OMS_RETURN_IF_ERROR(ReadProducts());
  const bool per_warehouse =
      reached().mode == model::InventorySyncMode::kPerWarehouse;
  const std::set<int64_t> channels = ChannelsToPull(context());
  // Where the numbers of one channel do not come, the others are read first.
  const PullPosition before_numbers = reached();
  absl::Status told;
  for (const int64_t channel : channels) {
    const absl::Status status =
        per_warehouse ? absl::OkStatus() : AskNumbers(channel);
    if (!absl::IsUnavailable(status)) OMS_RETURN_IF_ERROR(status);
    told.Update(status);
  }
  for (const int64_t channel : channels) {
    OMS_RETURN_IF_ERROR(ReadListings(channel));
  }
  if (!told.ok()) {  // the next run asks again
    OMS_RETURN_IF_ERROR(replica_.Commit(
        before_numbers, [](ReplicaWriter&) { return absl::OkStatus(); }));
    return told;
  }
  for (const int64_t warehouse : WarehousesToPull(context())) {
    OMS_RETURN_IF_ERROR(ReadStock(warehouse));
  }
  return Conclude();
}

}  // namespace

absl::Status PullInventory(const InventoryPullOptions& options,
                           feeds::PullSession& session) {
  return Pull(options, session).Run();
}

}  // namespace oms_connector::inventory
