#include "domain/inventory/inventory_syncer.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/snapshot_cache.h"
#include "base/status_macros.h"
#include "domain/inventory/inventory_feed.h"
#include "domain/inventory/level_writer.h"
#include "domain/inventory/pull_kind.h"
#include "domain/inventory/view_recompute.h"
#include "model/errors.h"

namespace oms_connector::inventory {
namespace {

feeds::FeedCallsOptions CallsOptions(const InventorySyncerOptions& options) {
  feeds::FeedCallsOptions calls;
  calls.store = options.store;
  calls.runner = options.runner;
  calls.clock = options.clock;
  calls.executor = options.executor;
  return calls;
}

// The connection comes first: what reads it later in the same transaction asks
// the database no more.
absl::StatusOr<std::shared_ptr<const SyncFacts>> ReadFacts(
    storage::ReadTransaction& txn, const std::string& connection) {
  auto facts = std::make_shared<SyncFacts>();
  OMS_ASSIGN_OR_RETURN(facts->context, ReadContext(txn, connection));
  OMS_ASSIGN_OR_RETURN(
      facts->feed, txn.runs().GetFeedStatus(connection, model::Feed::kInventory,
                                            &facts->state));
  return facts;
}

// The run that will compute all levels at its end, if it is running.
std::string DeferringRunOf(const SyncFacts& facts, absl::Time now) {
  const model::PullLease& lease = facts.feed.lease;
  const bool runs =
      !facts.state.deferred_by_run.empty() &&
      lease.run_id == facts.state.deferred_by_run &&
      model::IsToCome(lease.expire_time, now, model::kLongestLease);
  return runs ? lease.run_id : std::string();
}

}  // namespace

struct InventorySyncer::Kept {
  base::SnapshotCache<std::shared_ptr<const SyncFacts>> facts{
      feeds::kKeptFacts};
  base::SnapshotCache<FeedPage> pages{feeds::kPagesAhead};
};

class InventorySyncer::Query final : public feeds::FeedQuery {
 public:
  Query(const InventorySyncerOptions& options, Kept& kept,
        LevelRefresher& refresher, absl::Time deadline, SyncRequest request,
        SyncDone done)
      : options_(options),
        kept_(kept),
        refresher_(refresher),
        deadline_(deadline),
        request_(std::move(request)),
        done_(std::move(done)) {}

  const std::string& connection() const override { return request_.connection; }
  model::Feed feed() const override { return model::Feed::kInventory; }
  absl::Duration WaitFor(absl::Time now, absl::Time deadline) const override {
    return WaitUntil(request_, deadline, now) - now;
  }

  absl::StatusOr<feeds::FeedLook> Look(
      storage::ReadTransaction& txn,
      const feeds::FeedProgress& progress) override {
    page_ = {};
    OMS_ASSIGN_OR_RETURN(const auto held, FindFacts(txn));
    const SyncFacts& facts = *held;
    OMS_RETURN_IF_ERROR(CheckSyncRequest(request_, facts));
    feeds::FeedLook look;
    OMS_RETURN_IF_ERROR(FindRun(txn, facts, progress, &look));
    const std::string& run_id =
        look.run_id.empty() ? progress.run_id : look.run_id;
    OMS_ASSIGN_OR_RETURN(page_.run, ReadRun(txn, facts, run_id));
    if (progress.first && repeated_) {
      const bool running = page_.run.has_value() &&
                           page_.run->state == model::SyncState::kRunning;
      if (running && !run_id.empty() && progress.may_wait) {
        look.next = feeds::FeedLook::Next::kJoin;
      }
    } else if (FullPullIsDue(progress)) {
      kind_ = model::SyncKind::kFull;
      look.next = feeds::FeedLook::Next::kPull;
    }
    if (look.next != feeds::FeedLook::Next::kAnswer) return look;
    OMS_RETURN_IF_ERROR(ErrorOf(facts));
    if (RefreshIsDue(facts, progress)) {
      look.next = feeds::FeedLook::Next::kPrepare;
      return look;
    }
    OMS_RETURN_IF_ERROR(ReadPage(txn, facts, progress.now));
    return look;
  }

  bool MustNotBlock() const override { return request_.must_not_block; }
  bool IsBrief(int64_t head) const override {
    return request_.position == head && !request_.inside.has_value() &&
           !request_.request_key.has_value();
  }
  std::optional<int64_t> End() const override {
    if (!page_.caught_up) return std::nullopt;
    return page_.next_position;
  }

  std::string PageKey() const override {
    return KeyOfPage({request_.position, request_.inside});
  }
  std::string NextPageKey() const override {
    return more_ ? KeyOfPage(next_) : "";
  }
  absl::Status ReadAhead(storage::ReadTransaction& txn) override {
    OMS_ASSIGN_OR_RETURN(const auto facts, FindFacts(txn));
    if (LevelsAreOutdated(facts->context, facts->state)) {
      return absl::OkStatus();
    }
    OMS_ASSIGN_OR_RETURN(FeedPage page, PageFrom(txn, *facts, next_));
    kept_.pages.Keep(snapshot_, KeyOfPage(next_), std::move(page));
    return absl::OkStatus();
  }

  feeds::PullRequest PullFor() override {
    pulled_again_ = pulled_;
    pulled_ = true;
    feeds::PullRequest pull;
    pull.connection = request_.connection;
    pull.feed = model::Feed::kInventory;
    pull.kind = kind_;
    pull.trigger = request_.trigger;
    return pull;
  }

  absl::Status Begun(const base::CallContext& context,
                     const std::string& run_id) override {
    if (!request_.request_key.has_value() || repeated_) return absl::OkStatus();
    return options_.store->Write(context, [&](storage::WriteTransaction& txn) {
      OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
      return txn.connections().RememberRequest(
          *request_.request_key, {request_.request_fingerprint, run_id,
                                  now + model::kRequestIdLifetime});
    });
  }

  void Prepare(const base::CallContext& context,
               absl::AnyInvocable<void(absl::Status)> done) override {
    refresher_.Refresh(context, request_.connection,
                       compute_until_ - options_.clock->SteadyNow(),
                       std::move(done));
  }

  void Finish(const absl::Status& status) override {
    SyncDone done = std::move(done_);
    if (status.ok()) {
      done(std::move(page_));
    } else {
      done(status);
    }
  }

 private:
  // Reads them unless what is stored is as a look has found it before.
  absl::StatusOr<std::shared_ptr<const SyncFacts>> FindFacts(
      storage::ReadTransaction& txn) {
    OMS_ASSIGN_OR_RETURN(snapshot_, txn.Snapshot());
    return kept_.facts.FindOrRead(snapshot_, request_.connection, [&] {
      return ReadFacts(txn, request_.connection);
    });
  }

  std::string KeyOfPage(const FeedPosition& position) const {
    std::string key =
        absl::StrCat(request_.connection, "\n", request_.cart, "\n",
                     PageSize(request_), "\n", position.revision);
    if (position.inside.has_value()) {
      absl::StrAppend(&key, "\n", position.inside->beside_stock, "\n",
                      position.inside->after);
    }
    return key;
  }
  // The page that was read ahead, or read now.
  absl::StatusOr<FeedPage> PageFrom(storage::ReadTransaction& txn,
                                    const SyncFacts& facts,
                                    const FeedPosition& position) {
    std::optional<FeedPage> ahead =
        kept_.pages.Take(snapshot_, KeyOfPage(position));
    if (ahead.has_value()) return *std::move(ahead);
    return ReadFeedPage(txn.inventory(), facts.context,
                        {request_.cart, position, facts.state.last_revision,
                         PageSize(request_), options_.max_page_bytes});
  }

  // What the first look decides: a repeat of a request keeps its run, a pull is
  // due, or one that computes all levels at its end is waited for.
  absl::Status FindRun(storage::ReadTransaction& txn, const SyncFacts& facts,
                       const feeds::FeedProgress& progress,
                       feeds::FeedLook* look) {
    if (!progress.first) return absl::OkStatus();
    compute_until_ = absl::InfinitePast();
    OMS_RETURN_IF_ERROR(FindRepeat(txn, progress.now, look));
    if (repeated_) return absl::OkStatus();
    if (PullIsDue(request_, facts, progress.now)) {
      kind_ = KindThatIsDue(request_.kind, facts.feed.pull, facts.state,
                            facts.context.connection, progress.now);
      look->next = feeds::FeedLook::Next::kPull;
      return absl::OkStatus();
    }
    look->run_id = DeferringRunOf(facts, progress.now);
    if (!look->run_id.empty() && progress.may_wait) {
      look->next = feeds::FeedLook::Next::kJoin;
    }
    return absl::OkStatus();
  }

  absl::Status FindRepeat(storage::ReadTransaction& txn, absl::Time now,
                          feeds::FeedLook* look) {
    if (!request_.request_key.has_value()) return absl::OkStatus();
    OMS_ASSIGN_OR_RETURN(
        const std::optional<model::RememberedRequest> remembered,
        txn.connections().FindRequest(*request_.request_key, now));
    repeated_ = remembered.has_value();
    if (!repeated_) return absl::OkStatus();
    if (remembered->fingerprint != request_.request_fingerprint) {
      return model::RequestIdReused(request_.request_key->request_id);
    }
    look->run_id = remembered->answer;
    return absl::OkStatus();
  }

  // The run of that id, or the latest one where it is empty or was pruned.
  absl::StatusOr<std::optional<model::SyncRun>> ReadRun(
      storage::ReadTransaction& txn, const SyncFacts& facts,
      const std::string& run_id) {
    const std::optional<model::SyncRun>& latest = facts.feed.latest_run;
    if (run_id.empty() || (latest.has_value() && latest->run_id == run_id)) {
      return latest;
    }
    absl::StatusOr<model::SyncRun> run =
        txn.runs().GetRun(request_.connection, run_id);
    if (absl::IsNotFound(run.status())) return latest;
    OMS_RETURN_IF_ERROR(run.status());
    return std::optional<model::SyncRun>(*std::move(run));
  }

  // Who asked for a full pull may have joined one that was not.
  bool FullPullIsDue(const feeds::FeedProgress& progress) const {
    return request_.kind == model::SyncKind::kFull && !repeated_ &&
           !progress.first && pulled_ && !pulled_again_ &&
           page_.run.has_value() &&
           page_.run->state == model::SyncState::kSucceeded &&
           page_.run->kind != model::SyncKind::kFull;
  }

  bool RefreshIsDue(const SyncFacts& facts,
                    const feeds::FeedProgress& progress) {
    const absl::Time steady_now = options_.clock->SteadyNow();
    if (compute_until_ == absl::InfinitePast()) {
      compute_until_ = ComputeUntil(deadline_, steady_now);
    }
    return DeferringRunOf(facts, progress.now).empty() &&
           facts.state.computed_generation != 0 &&
           RecomputeIsPending(facts.context, facts.state) &&
           steady_now < compute_until_;
  }

  absl::Status ReadPage(storage::ReadTransaction& txn, const SyncFacts& facts,
                        absl::Time now) {
    page_.epoch = facts.context.connection.epoch;
    page_.pull = model::BelievedAt(facts.feed.pull, now);
    page_.next_position = request_.position;
    page_.next_inside = request_.inside;
    // Levels of older settings are never shown.
    if (LevelsAreOutdated(facts.context, facts.state)) return absl::OkStatus();
    OMS_ASSIGN_OR_RETURN(
        FeedPage feed,
        PageFrom(txn, facts, {request_.position, request_.inside}));
    more_ = !feed.exhausted;
    next_ = feed.next;
    page_.levels = std::move(feed.levels);
    page_.products = std::move(feed.products);
    page_.next_position = feed.next.revision;
    page_.next_inside = feed.next.inside;
    // Nobody may take a half-read catalogue for the truth.
    page_.caught_up = feed.exhausted &&
                      facts.feed.pull.last_success_time.has_value() &&
                      !NeedsUnreadSource(facts.context, facts.state);
    return absl::OkStatus();
  }

  absl::Status ErrorOf(const SyncFacts& facts) const {
    OMS_RETURN_IF_ERROR(CartStatus(request_, facts));
    if (facts.feed.pull.last_success_time.has_value() ||
        !page_.run.has_value() ||
        page_.run->state != model::SyncState::kFailed) {
      return absl::OkStatus();
    }
    return page_.run->error;
  }

  const InventorySyncerOptions options_;
  Kept& kept_;
  LevelRefresher& refresher_;
  const absl::Time deadline_;  // on the steady clock, as all waits
  const SyncRequest request_;
  SyncDone done_;
  // What looks have found.
  std::string snapshot_;
  SyncPage page_;
  // Where the page that follows begins, and whether there is one.
  FeedPosition next_;
  bool more_ = false;
  bool repeated_ = false;
  model::SyncKind kind_ = model::SyncKind::kIncremental;
  absl::Time compute_until_ = absl::InfinitePast();  // not known yet
  bool pulled_ = false;
  bool pulled_again_ = false;
};

InventorySyncer::InventorySyncer(const InventorySyncerOptions& options)
    : options_(options),
      kept_(std::make_unique<Kept>()),
      refresher_(options.store, options.clock, options.executor),
      calls_(CallsOptions(options)) {}

InventorySyncer::~InventorySyncer() = default;

void InventorySyncer::Sync(const base::CallContext& context,
                           const SyncRequest& request, SyncDone done) {
  calls_.Start(context, std::make_unique<Query>(options_, *kept_, refresher_,
                                                context.deadline(), request,
                                                std::move(done)));
}

}  // namespace oms_connector::inventory
