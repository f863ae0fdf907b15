#include "omsctl/inventory_commands.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text_fold.h"
#include "client/inventory_reader.h"
#include "omsctl/command.h"
#include "omsctl/level_text.h"
#include "omsctl/page_reader.h"
#include "omsctl/resource_names.h"
#include "omsctl/run_text.h"
#include "omsctl/wording.h"

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

struct RunListFlags {
  std::string connection;
  int32_t limit = 20;
};

struct RunFlags {
  std::string connection;
  std::string run;
};

absl::StatusOr<v1::SyncInventoryRequest> RequestOf(const SyncFlags& flags) {
  v1::SyncInventoryRequest request;
  request.set_connection(ConnectionName(flags.connection));
  request.set_cart(flags.cart);
  request.set_cursor(flags.cursor);
  request.set_max_results(flags.max_results);
  if (flags.full) request.set_kind(v1::SYNC_KIND_FULL);
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
                      const SyncFlags& flags) {
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
      LevelsText(shown),
      hidden == 0 ? "" : absl::StrCat("… and ", hidden, " more\n"));
}

std::string StandText(const client::InventoryRead& read) {
  if (read.caught_up) return "caught up";
  if (read.run.state() == v1::SyncRun::STATE_RUNNING) {
    return "not caught up: a run is under way";
  }
  return "not caught up: go on from the cursor, or with --all";
}

std::string FooterText(const client::InventoryRead& read, absl::Time now) {
  return absl::StrCat(
      Counted(read.levels, "level"),
      read.products == 0
          ? ""
          : absl::StrCat(", ", Counted(read.products, "product")),
      "; ", StandText(read), "; ", FreshnessText(read.pull, now),
      "\nnext cursor: ", read.next_cursor, "\n");
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

  void End(const client::InventoryRead& read) {
    if (session_.json) return;
    if (IsNews(read.run, session_.now)) *session_.out << RunSummary(read.run);
    *session_.out << TableText(levels_, flags_) << ProductsText(products_)
                  << FooterText(read, session_.now);
  }

 private:
  const SyncFlags& flags_;
  Session& session_;
  std::vector<v1::InventoryLevel> levels_;
  std::vector<v1::Product> products_;
};

absl::StatusOr<client::InventoryRead> ReadOnePage(
    const v1::SyncInventoryRequest& request, SyncPrinter& printer,
    Session& session) {
  OMS_ASSIGN_OR_RETURN(const auto page,
                       session.connector.SyncInventory(request));
  OMS_RETURN_IF_ERROR(printer.Add(page));
  return client::ReadOf(page);
}

absl::Status Sync(const SyncFlags& flags, Session& session) {
  OMS_ASSIGN_OR_RETURN(const auto request, RequestOf(flags));
  SyncPrinter printer(flags, session);
  OMS_ASSIGN_OR_RETURN(
      const client::InventoryRead read,
      flags.all ? ForEachPage(session.connector, request,
                              [&](const v1::SyncInventoryResponse& page) {
                                return printer.Add(page);
                              })
                : ReadOnePage(request, printer, session));
  printer.End(read);
  return absl::OkStatus();
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
      absl::StrCat(RunsText({answer.runs().begin(), answer.runs().end()}),
                   MoreText(answer.next_page_token(), flags.limit)));
}

absl::Status GetRun(const RunFlags& flags, Session& session) {
  v1::GetSyncRunRequest request;
  request.set_name(RunName(flags.connection, flags.run));
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.GetSyncRun(request));
  return Show(session, answer.run(), RunText(answer.run()));
}

absl::Status CancelRun(const RunFlags& flags, Session& session) {
  v1::CancelSyncRunRequest request;
  request.set_name(RunName(flags.connection, flags.run));
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connections.CancelSyncRun(request));
  return Show(session, answer.run(), RunText(answer.run()));
}

void AddSync(CLI::App& parent, Action& chosen) {
  auto [app, flags] =
      AddCommand(parent, chosen, "sync",
                 "makes stock fresh enough and shows what changed", &Sync);
  AddConnectionId(app, flags.connection);
  app.add_option("--cart", flags.cart, "this cart's locations and SKUs");
  app.add_option("--cursor", flags.cursor, "only what is newer");
  app.add_flag("--full", flags.full, "read everything anew");
  app.add_option("--max-staleness", flags.max_staleness,
                 "how old the data may be, for example 5m; 0s = pull now");
  app.add_option("--wait", flags.wait,
                 "how long to wait for a run, for example 2m; 0s = not at all");
  app.add_flag("--all", flags.all, "page after page until caught up");
  app.add_option("--max-results", flags.max_results,
                 "levels and products of one page; 0 = 1000");
  app.add_option("--sku", flags.sku,
                 "show only levels with this text in their SKU");
  app.add_flag("--only-withheld", flags.only_withheld,
               "show only levels that are withheld");
  app.add_option("--rows", flags.rows, "show at most so many levels");
}

}  // namespace

void AddInventoryCommands(CLI::App& app, Action& chosen) {
  AddSync(app, chosen);
  CLI::App& group = AddGroup(app, "runs", "pulls of inventory");
  auto [list, list_flags] =
      AddCommand(group, chosen, "list", "lists them, newest first", &ListRuns);
  AddConnectionId(list, list_flags.connection);
  AddLimit(list, list_flags.limit);
  auto [get, get_flags] = AddCommand(group, chosen, "get",
                                     "shows one, with rejected rows", &GetRun);
  AddConnectionId(get, get_flags.connection);
  get.add_option("run", get_flags.run, "the run's id")->required();
  auto [cancel, cancel_flags] = AddCommand(
      group, chosen, "cancel", "ends one that is under way", &CancelRun);
  AddConnectionId(cancel, cancel_flags.connection);
  cancel.add_option("run", cancel_flags.run, "the run's id")->required();
}

}  // namespace oms_connector::omsctl
