#include "domain/inventory/inventory_syncer.h"

#include <memory>
#include <utility>

#include "base/status_macros.h"
#include "domain/inventory/inventory_feed.h"
#include "domain/inventory/pull_kind.h"
#include "domain/inventory/view_recompute.h"
#include "model/errors.h"

namespace oms_connector::inventory {
namespace {

// How soon a caller that found the executor full may ask again.
constexpr absl::Duration kOverloadDelay = absl::Seconds(1);

absl::StatusOr<SyncFacts> ReadFacts(storage::ReadTransaction& txn,
                                    const std::string& connection) {
  SyncFacts facts;
  OMS_ASSIGN_OR_RETURN(facts.context, ReadContext(txn, connection));
  OMS_ASSIGN_OR_RETURN(facts.state, txn.inventory().GetState(connection));
  OMS_ASSIGN_OR_RETURN(facts.pull, txn.runs().GetPullStatus(
                                       connection, model::Feed::kInventory));
  return facts;
}

}  // namespace

// One call on its way: Begin, perhaps a wait for a run, perhaps one for a
// recompute, Answer.
class InventorySyncer::Call : public std::enable_shared_from_this<Call> {
 public:
  Call(const InventorySyncerOptions& options, LevelRefresher& refresher,
       base::CallContext context, SyncRequest request, SyncDone done)
      : options_(options),
        refresher_(refresher),
        context_(std::move(context)),
        request_(std::move(request)),
        done_(std::move(done)) {}

  // Runs `step` on the executor, or ends the call.
  void Hop(void (Call::*step)()) {
    const bool queued = options_.executor->TrySubmit(
        [self = shared_from_this(), step] { (self.get()->*step)(); });
    if (!queued) done_(model::Overloaded(kOverloadDelay));
  }

  void Begin();

 private:
  absl::Status Decide();
  absl::Status FindRepeat();
  absl::Status Remember();
  absl::Status StartRun(model::SyncKind kind);
  void WaitOrAnswer();
  void AfterRun();
  void Answer();
  void Refresh();
  void AfterRefresh();
  absl::StatusOr<SyncPage> ReadPage();
  absl::Status ErrorOf(const SyncFacts& facts, const SyncPage& page) const;

  const InventorySyncerOptions options_;
  LevelRefresher& refresher_;
  const base::CallContext context_;
  const SyncRequest request_;
  SyncDone done_;
  absl::Time wait_until_;
  absl::Time compute_until_ = absl::InfinitePast();  // not known yet
  absl::Status refreshed_;
  bool repeated_ = false;
  bool started_again_ = false;
  std::string run_id_;  // joined or started; empty = none
  bool running_ = false;
};

void InventorySyncer::Call::Begin() {
  const absl::Status status = Decide();
  if (!status.ok()) {
    done_(status);
    return;
  }
  WaitOrAnswer();
}

absl::Status InventorySyncer::Call::Decide() {
  const absl::Time now = options_.clock->Now();
  wait_until_ = WaitUntil(request_, context_.deadline(), now);
  SyncFacts facts;
  std::string deferring;
  OMS_RETURN_IF_ERROR(
      options_.store->Read(context_, [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(facts, ReadFacts(txn, request_.connection));
        OMS_ASSIGN_OR_RETURN(deferring, DeferringRun(txn, request_.connection,
                                                     facts.state, now));
        return CheckSyncRequest(request_, facts);
      }));
  OMS_RETURN_IF_ERROR(FindRepeat());
  if (repeated_) return absl::OkStatus();
  if (PullIsDue(request_, facts, now)) {
    OMS_RETURN_IF_ERROR(
        StartRun(KindThatIsDue(request_.kind, facts.pull, facts.state,
                               facts.context.connection, now)));
  } else if (!deferring.empty()) {
    run_id_ = deferring;
    running_ = true;
  }
  return Remember();
}

absl::Status InventorySyncer::Call::FindRepeat() {
  if (!request_.request_key.has_value()) return absl::OkStatus();
  std::optional<model::RememberedRequest> remembered;
  return options_.store->Read(context_, [&](storage::ReadTransaction& txn) {
    OMS_ASSIGN_OR_RETURN(remembered,
                         txn.connections().FindRequest(*request_.request_key,
                                                       options_.clock->Now()));
    repeated_ = remembered.has_value();
    if (!repeated_) return absl::OkStatus();
    if (remembered->fingerprint != request_.request_fingerprint) {
      return model::RequestIdReused(request_.request_key->request_id);
    }
    run_id_ = remembered->answer;
    if (run_id_.empty()) return absl::OkStatus();
    const absl::StatusOr<model::SyncRun> run =
        txn.runs().GetRun(request_.connection, run_id_);
    running_ = run.ok() && run->state == model::SyncState::kRunning;
    if (absl::IsNotFound(run.status())) {  // pruned
      run_id_.clear();
      return absl::OkStatus();
    }
    return run.status();
  });
}

absl::Status InventorySyncer::Call::Remember() {
  if (!request_.request_key.has_value()) return absl::OkStatus();
  return options_.store->Write(context_, [&](storage::WriteTransaction& txn) {
    return txn.connections().RememberRequest(
        *request_.request_key,
        {request_.request_fingerprint, run_id_,
         options_.clock->Now() + model::kRequestIdLifetime});
  });
}

absl::Status InventorySyncer::Call::StartRun(model::SyncKind kind) {
  feeds::PullRequest pull;
  pull.connection = request_.connection;
  pull.feed = model::Feed::kInventory;
  pull.kind = kind;
  pull.trigger = request_.trigger;
  pull.patient_until = wait_until_;
  OMS_ASSIGN_OR_RETURN(const model::SyncRun run,
                       options_.runner->JoinOrStart(context_, pull));
  run_id_ = run.run_id;
  running_ = run.state == model::SyncState::kRunning;
  return absl::OkStatus();
}

void InventorySyncer::Call::WaitOrAnswer() {
  if (!running_ || wait_until_ <= options_.clock->Now()) {
    Answer();
    return;
  }
  options_.runner->WhenEnded(
      request_.connection, model::Feed::kInventory, run_id_, wait_until_,
      context_, [self = shared_from_this()] { self->Hop(&Call::AfterRun); });
}

void InventorySyncer::Call::AfterRun() {
  running_ = false;
  if (request_.kind != model::SyncKind::kFull || started_again_ || repeated_) {
    Answer();
    return;
  }
  // Who asked for a full pull may have joined one that was not.
  started_again_ = true;
  model::SyncRun run;
  const absl::Status read =
      options_.store->Read(context_, [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(run,
                             txn.runs().GetRun(request_.connection, run_id_));
        return absl::OkStatus();
      });
  const bool again = read.ok() && run.state == model::SyncState::kSucceeded &&
                     run.kind != model::SyncKind::kFull;
  const absl::Status status = again ? StartRun(model::SyncKind::kFull) : read;
  if (!status.ok()) {
    done_(status);
    return;
  }
  WaitOrAnswer();
}

void InventorySyncer::Call::Answer() {
  const absl::Time now = options_.clock->Now();
  if (compute_until_ == absl::InfinitePast()) {
    compute_until_ = ComputeUntil(context_.deadline(), now);
  }
  bool due = false;
  const absl::Status status =
      options_.store->Read(context_, [&](storage::ReadTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(
            due, LevelRefresher::IsDue(txn, request_.connection, now));
        return absl::OkStatus();
      });
  if (!status.ok()) {
    done_(status);
  } else if (due && now < compute_until_) {
    Refresh();
  } else {
    done_(ReadPage());
  }
}

void InventorySyncer::Call::Refresh() {
  refresher_.Refresh(context_, request_.connection, compute_until_,
                     [self = shared_from_this()](const absl::Status& status) {
                       self->refreshed_ = status;
                       self->Hop(&Call::AfterRefresh);
                     });
}

void InventorySyncer::Call::AfterRefresh() {
  if (!refreshed_.ok()) {
    done_(refreshed_);
  } else {
    Answer();  // settings may have changed once more
  }
}

absl::StatusOr<SyncPage> InventorySyncer::Call::ReadPage() {
  SyncPage page;
  OMS_RETURN_IF_ERROR(
      options_.store->Read(context_, [&](storage::ReadTransaction& txn) {
        page = {};
        OMS_ASSIGN_OR_RETURN(const SyncFacts facts,
                             ReadFacts(txn, request_.connection));
        OMS_RETURN_IF_ERROR(CheckSyncRequest(request_, facts));
        page.epoch = facts.context.connection.epoch;
        page.pull = facts.pull;
        page.next_position = request_.position;
        page.next_inside = request_.inside;
        if (run_id_.empty()) {
          OMS_ASSIGN_OR_RETURN(page.run,
                               txn.runs().LatestRun(request_.connection,
                                                    model::Feed::kInventory));
        } else {
          OMS_ASSIGN_OR_RETURN(page.run,
                               txn.runs().GetRun(request_.connection, run_id_));
        }
        OMS_RETURN_IF_ERROR(ErrorOf(facts, page));
        // Levels of older settings are never shown.
        if (LevelsAreOutdated(facts.context, facts.state)) {
          return absl::OkStatus();
        }
        OMS_ASSIGN_OR_RETURN(FeedPage feed,
                             ReadFeedPage(txn.inventory(), facts.context,
                                          {request_.cart,
                                           {request_.position, request_.inside},
                                           facts.state.last_revision,
                                           PageSize(request_),
                                           options_.max_page_bytes}));
        page.levels = std::move(feed.levels);
        page.products = std::move(feed.products);
        page.next_position = feed.next.revision;
        page.next_inside = feed.next.inside;
        // Nobody may take a half-read catalogue for the truth.
        page.caught_up = feed.exhausted &&
                         facts.pull.last_success_time.has_value() &&
                         !NeedsUnreadSource(facts.context, facts.state);
        return absl::OkStatus();
      }));
  return page;
}

absl::Status InventorySyncer::Call::ErrorOf(const SyncFacts& facts,
                                            const SyncPage& page) const {
  OMS_RETURN_IF_ERROR(CartStatus(request_, facts));
  if (facts.pull.last_success_time.has_value() || !page.run.has_value() ||
      page.run->state != model::SyncState::kFailed) {
    return absl::OkStatus();
  }
  return page.run->error;
}

void InventorySyncer::Sync(const base::CallContext& context,
                           const SyncRequest& request, SyncDone done) {
  const auto call = std::make_shared<Call>(options_, refresher_, context,
                                           request, std::move(done));
  call->Hop(&Call::Begin);
}

}  // namespace oms_connector::inventory
