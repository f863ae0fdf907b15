#include "omsctl/inventory_commands.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text_fold.h"
#include "oms_connector/client/rpc_status.h"
#include "omsctl/command.h"
#include "omsctl/inventory_text.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {
namespace {

struct SyncFlags {
  std::string connection;
  std::string cart;
  std::string cursor;
  bool full = false;
  std::optional<std::string> max_staleness;
  std::optional<std::string> wait;
  bool all = false;
  int32_t max_results = 0;
  // Which lines of the table are shown; everything is read all the same.
  std::string sku;
  bool only_withheld = false;
  size_t rows = 0;
};

struct LevelsFlags {
  std::string connection;
  std::string cart;
  std::string why;  // a SKU
};

struct RunListFlags {
  std::string connection;
  int32_t limit = 20;
};

struct RunFlags {
  std::string connection;
  std::string run;
};

// So long a pull may take before there is something to say of it.
constexpr absl::Duration kBeforeProgress = absl::Seconds(3);
constexpr absl::Duration kBetweenLooks = absl::Seconds(1);
// In a file, or on the way to another program, seldom enough to be read.
constexpr int kLooksBetweenLines = 10;
// The longest that an interval may be.
constexpr absl::Duration kAnyAge = absl::Hours(24 * 366);

std::string ProgressText(const v1::SyncRun& run, absl::Duration elapsed,
                         int looks_without_rows) {
  const int64_t rows = run.counts().rows();
  const auto seconds = std::max<int64_t>(1, absl::ToInt64Seconds(elapsed));
  return absl::StrCat(
      "run ", IdOf(run.name()), ": ", Counted(run.counts().pages(), "page"),
      ", ", Counted(rows, "row"), ", ", rows / seconds, " rows/s, ",
      Counted(run.counts().requests(), "request"), " in ", Roughly(elapsed),
      looks_without_rows < 5 ? "" : "; waits for the Order Manager");
}

// Looks at a run every second, for at most `patience`, and says how it goes on.
// Returns it as it was seen last.
absl::StatusOr<v1::SyncRun> WatchRun(v1::SyncRun run, absl::Duration patience,
                                     Session& session) {
  session.if_interrupted(absl::StrCat(
      "The run goes on without you: `omsctl runs get ",
      IdOf(std::string(run.name().substr(0, run.name().find("/syncRuns/")))),
      " ", IdOf(run.name()), "` tells how it is.\n"));
  v1::GetSyncRunRequest request;
  request.set_name(run.name());
  const bool overwrites = session.terminal.overwrites;
  absl::Duration elapsed = kBeforeProgress;
  int looks_without_rows = 0;
  for (int look = 0; elapsed < kBeforeProgress + patience; ++look) {
    if (overwrites) {
      *session.error << "\r" << ProgressText(run, elapsed, looks_without_rows)
                     << "\x1b[K" << std::flush;
    } else if (look % kLooksBetweenLines == kLooksBetweenLines - 1) {
      *session.error << ProgressText(run, elapsed, looks_without_rows) << "\n";
    }
    OMS_RETURN_IF_ERROR(session.sleeper->Sleep(kBetweenLooks, {}));
    elapsed += kBetweenLooks;
    const int64_t rows = run.counts().rows();
    OMS_ASSIGN_OR_RETURN(auto answer, session.connections.GetSyncRun(request));
    run = std::move(*answer.mutable_run());
    looks_without_rows =
        run.counts().rows() == rows ? looks_without_rows + 1 : 0;
    if (run.state() != v1::SyncRun::STATE_RUNNING) break;
  }
  if (overwrites) *session.error << "\r\x1b[K" << std::flush;
  session.if_interrupted("");
  return run;
}

absl::StatusOr<v1::SyncInventoryRequest> RequestOf(const SyncFlags& flags) {
  v1::SyncInventoryRequest request;
  request.set_connection(ConnectionName(flags.connection));
  request.set_cart(flags.cart);
  request.set_cursor(flags.cursor);
  request.set_max_results(flags.max_results);
  if (flags.full) {
    request.set_kind(v1::SYNC_KIND_FULL);
    *request.mutable_max_staleness() = ToProto(absl::ZeroDuration());
  }
  if (flags.max_staleness.has_value()) {
    OMS_ASSIGN_OR_RETURN(const absl::Duration age,
                         ParseSpan(*flags.max_staleness));
    *request.mutable_max_staleness() = ToProto(age);
  }
  if (flags.wait.has_value()) {
    OMS_ASSIGN_OR_RETURN(const absl::Duration wait, ParseSpan(*flags.wait));
    *request.mutable_max_wait() = ToProto(wait);
  }
  return request;
}

bool IsShown(const v1::InventoryLevel& level, const SyncFlags& flags) {
  if (flags.only_withheld &&
      level.state() != v1::InventoryLevel::STATE_WITHHELD) {
    return false;
  }
  const std::string wanted = base::FoldCase(flags.sku);
  return absl::StrContains(base::FoldCase(level.sku()), wanted) ||
         absl::StrContains(base::FoldCase(level.master_sku()), wanted);
}

// The table, cut to the lines that were asked for.
std::string TableText(const std::vector<v1::InventoryLevel>& levels,
                      const SyncFlags& flags, size_t width) {
  std::vector<v1::InventoryLevel> shown;
  size_t hidden = 0;
  for (const v1::InventoryLevel& level : levels) {
    if (!IsShown(level, flags)) continue;
    if (flags.rows > 0 && shown.size() == flags.rows) {
      ++hidden;
    } else {
      shown.push_back(level);
    }
  }
  return absl::StrCat(
      LevelsText(shown, width),
      hidden == 0 ? "" : absl::StrCat("… and ", hidden, " more\n"));
}

// How far a reading came: the last page, and what was counted over all of them.
struct Read {
  v1::SyncInventoryResponse page;
  int64_t levels = 0;
  int64_t products = 0;
};

std::string StandText(const v1::SyncInventoryResponse& page) {
  if (page.caught_up()) return "caught up";
  if (page.run().state() == v1::SyncRun::STATE_RUNNING) {
    return "not caught up: a run is under way";
  }
  return "not caught up: go on from the cursor, or with --all";
}

std::string FooterText(const Read& read, absl::Time now) {
  return absl::StrCat(
      Counted(read.levels, "level"),
      read.products == 0
          ? ""
          : absl::StrCat(", ", Counted(read.products, "product")),
      "; ", StandText(read.page), "; ", FreshnessText(read.page.pull(), now),
      "\nnext cursor: ", read.page.next_cursor(), "\n");
}

// A run that ended well before this command asked is history: `runs list` has
// it.
bool IsNews(const v1::SyncRun& run, absl::Time now) {
  return run.state() != v1::SyncRun::STATE_SUCCEEDED || !run.has_end_time() ||
         FromProto(run.end_time()) >= now;
}

// Shows pages as they come, in JSON; as text, all together at the end.
class SyncPrinter {
 public:
  SyncPrinter(const SyncFlags& flags, Session& session)
      : flags_(flags), session_(session) {}

  absl::Status Add(const v1::SyncInventoryResponse& page) {
    if (session_.json) return Show(session_, page, "");
    levels_.insert(levels_.end(), page.levels().begin(), page.levels().end());
    products_.insert(products_.end(), page.products().begin(),
                     page.products().end());
    return absl::OkStatus();
  }

  void End(const Read& read) {
    if (session_.json) return;
    if (IsNews(read.page.run(), session_.now)) {
      *session_.out << RunSummary(read.page.run());
    }
    *session_.out << TableText(levels_, flags_, session_.width())
                  << ProductsText(products_, session_.width())
                  << FooterText(read, session_.now);
  }

 private:
  const SyncFlags& flags_;
  Session& session_;
  std::vector<v1::InventoryLevel> levels_;
  std::vector<v1::Product> products_;
};

// The answer to `request`, watching a run that takes longer than a moment.
absl::StatusOr<v1::SyncInventoryResponse> FirstPage(
    const v1::SyncInventoryRequest& request, Session& session) {
  const absl::Duration wait = request.has_max_wait()
                                  ? FromProto(request.max_wait())
                                  : session.timeout - absl::Seconds(1);
  v1::SyncInventoryRequest first = request;
  *first.mutable_max_wait() =
      ToProto(std::max(absl::ZeroDuration(), std::min(wait, kBeforeProgress)));
  OMS_ASSIGN_OR_RETURN(v1::SyncInventoryResponse page,
                       session.connector.SyncInventory(first));
  if (page.run().state() != v1::SyncRun::STATE_RUNNING ||
      wait <= kBeforeProgress) {
    return page;
  }
  OMS_ASSIGN_OR_RETURN(const v1::SyncRun run,
                       WatchRun(page.run(), wait - kBeforeProgress, session));
  if (run.state() == v1::SyncRun::STATE_FAILED &&
      !page.pull().has_last_success_time()) {
    return client::ToAbslStatus(run.error());  // there is nothing to show
  }
  // What is stored now, however old: asking for more would pull again.
  first.clear_kind();
  *first.mutable_max_staleness() = ToProto(kAnyAge);
  *first.mutable_max_wait() = ToProto(absl::ZeroDuration());
  OMS_ASSIGN_OR_RETURN(page, session.connector.SyncInventory(first));
  *page.mutable_run() = run;
  return page;
}

absl::Status Sync(const SyncFlags& flags, Session& session) {
  OMS_ASSIGN_OR_RETURN(const auto request, RequestOf(flags));
  SyncPrinter printer(flags, session);
  Read read;
  OMS_ASSIGN_OR_RETURN(read.page, FirstPage(request, session));
  OMS_RETURN_IF_ERROR(printer.Add(read.page));
  read.levels = read.page.levels_size();
  read.products = read.page.products_size();
  // A text is looked for in the whole feed, not on its first page.
  const bool whole = flags.all || !flags.sku.empty() || flags.only_withheld;
  if (whole && !read.page.caught_up()) {
    v1::SyncInventoryRequest rest = request;
    rest.clear_kind();
    rest.clear_max_staleness();
    *rest.mutable_max_wait() = ToProto(absl::ZeroDuration());
    rest.set_cursor(read.page.next_cursor());
    const v1::SyncRun run = read.page.run();
    for (const auto& page : session.connector.LevelPages(rest)) {
      OMS_RETURN_IF_ERROR(page.status());
      OMS_RETURN_IF_ERROR(printer.Add(*page));
      read.page = *page;
      read.levels += page->levels_size();
      read.products += page->products_size();
    }
    *read.page.mutable_run() = run;
  }
  printer.End(read);
  return absl::OkStatus();
}

absl::Status Explain(const LevelsFlags& flags, Session& session) {
  v1::ExplainLevelRequest request;
  request.set_parent(ConnectionName(flags.connection));
  request.set_cart(flags.cart);
  request.set_sku(flags.why);
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.ExplainLevel(request));
  return Show(session, answer,
              ExplanationText(flags.why, answer, session.now, session.width()));
}

absl::Status ListRuns(const RunListFlags& flags, Session& session) {
  v1::ListSyncRunsRequest request;
  request.set_parent(ConnectionName(flags.connection));
  OMS_ASSIGN_OR_RETURN(
      const auto answer,
      (ReadPages<v1::ListSyncRunsRequest, v1::ListSyncRunsResponse>(
          request, flags.limit,
          [&](const auto& page) {
            return session.connections.ListSyncRuns(page);
          },
          &v1::ListSyncRunsResponse::runs)));
  if (answer.runs().empty()) return Show(session, answer, "No runs yet.\n");
  return Show(
      session, answer,
      absl::StrCat(RunsText({answer.runs().begin(), answer.runs().end()},
                            session.width()),
                   MoreText(answer.next_page_token(), flags.limit)));
}

absl::Status GetRun(const RunFlags& flags, Session& session) {
  v1::GetSyncRunRequest request;
  request.set_name(RunName(flags.connection, flags.run));
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.GetSyncRun(request));
  return Show(session, answer.run(), RunText(answer.run(), session.width()));
}

absl::Status CancelRun(const RunFlags& flags, Session& session) {
  v1::CancelSyncRunRequest request;
  request.set_name(RunName(flags.connection, flags.run));
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.CancelSyncRun(request));
  return Show(session, answer.run(), RunText(answer.run(), session.width()));
}

void AddSync(CLI::App& parent, Action& chosen) {
  auto [app, flags] =
      AddCommand(parent, chosen, "sync",
                 "makes stock fresh enough and shows what changed", &Sync);
  AddConnectionId(app, flags.connection);
  app.add_option("--cart", flags.cart, "this cart's locations and SKUs");
  app.add_option("--cursor", flags.cursor, "only what is newer");
  app.add_flag("--full", flags.full, "read everything anew, now");
  app.add_option("--max-staleness", flags.max_staleness,
                 "how old the data may be, for example 5m; 0s = pull now");
  app.add_option("--wait", flags.wait,
                 "how long to wait for a run, for example 2m; 0s = not at all");
  app.add_flag("--all", flags.all, "page after page until caught up");
  app.add_option("--max-results", flags.max_results,
                 "levels and products of one page; 0 = 1000");
  app.add_option("--sku", flags.sku,
                 "show only levels with this text in their SKU, of the "
                 "whole feed");
  app.add_flag("--only-withheld", flags.only_withheld,
               "show only levels that are withheld");
  app.add_option("--rows", flags.rows, "show at most so many levels");
  AddExamples(app, {"omsctl sync acme --cart shop",
                    "omsctl sync acme --cart shop --cursor CURSOR --all",
                    "omsctl sync acme --sku NWD-TEE   # the whole feed",
                    "omsctl sync acme --full --wait 10m"});
}

void AddLevels(CLI::App& parent, Action& chosen) {
  auto [app, flags] =
      AddCommand(parent, chosen, "levels",
                 "tells why the levels of a SKU stand as they do", &Explain);
  AddConnectionId(app, flags.connection);
  app.add_option("--why", flags.why,
                 "the SKU, of the Order Manager or of a listing; its case does "
                 "not count")
      ->required();
  app.add_option("--cart", flags.cart, "this cart's locations and SKUs");
  AddExamples(app, {"omsctl levels acme --why NWD-TEE-NVY-S",
                    "omsctl levels acme --why NWD-TEE-NVY-S --cart shop"});
}

}  // namespace

void AddInventoryCommands(CLI::App& app, Action& chosen) {
  AddSync(app, chosen);
  AddLevels(app, chosen);
  CLI::App& group = AddGroup(app, "runs", "pulls of either feed");
  auto [list, list_flags] =
      AddCommand(group, chosen, "list", "lists them, newest first", &ListRuns);
  AddConnectionId(list, list_flags.connection);
  AddLimit(list, list_flags.limit);
  AddExamples(list, {"omsctl runs list acme --limit 50"});
  auto [get, get_flags] = AddCommand(group, chosen, "get",
                                     "shows one, with rejected rows", &GetRun);
  AddConnectionId(get, get_flags.connection);
  get.add_option("run", get_flags.run, "the run's id")->required();
  AddExamples(get, {"omsctl runs get acme RUN"});
  auto [cancel, cancel_flags] = AddCommand(
      group, chosen, "cancel", "ends one that is under way", &CancelRun);
  AddConnectionId(cancel, cancel_flags.connection);
  cancel.add_option("run", cancel_flags.run, "the run's id")->required();
  AddExamples(cancel, {"omsctl runs cancel acme RUN"});
}

}  // namespace oms_connector::omsctl
