#include "server/ops/status_page.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "base/version.h"
#include "model/connection.h"
#include "model/sync_run.h"

namespace oms_connector::server {
namespace {

// Plain, so that a text browser of 80 columns shows it as well.
constexpr char kHead[] = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="refresh" content="15"><title>OMS Connector</title>
<style>
body{font:14px/1.4 system-ui,sans-serif;margin:1em;max-width:78em}
table{border-collapse:collapse;margin:.4em 0 1.2em}
svg{display:block}rect{fill:#5b7fa6}rect.f{fill:#b00020}
th,td{border-bottom:1px solid #ddd;padding:.2em .7em .2em 0;text-align:left;
vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}
.bad{color:#b00020;font-weight:600}.dim{color:#666}
h2{font-size:1.1em;margin:1.2em 0 .2em}
code{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}
</style></head><body>
)";

// A feed is late when it is older than so many of its intervals.
constexpr int kLateIntervals = 3;

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"},
                                    {"<", "&lt;"},
                                    {">", "&gt;"},
                                    {"\"", "&quot;"},
                                    {"'", "&#39;"}});
}

// "3h 5m": the two largest units are enough for people.
std::string Age(absl::Duration age) {
  const int64_t seconds = std::max<int64_t>(0, absl::ToInt64Seconds(age));
  const int64_t days = seconds / 86400, hours = seconds / 3600 % 24;
  const int64_t minutes = seconds / 60 % 60;
  if (days > 0) return absl::StrFormat("%dd %dh", days, hours);
  if (hours > 0) return absl::StrFormat("%dh %dm", hours, minutes);
  if (minutes > 0 && seconds % 60 > 0) {
    return absl::StrFormat("%dm %ds", minutes, seconds % 60);
  }
  if (minutes > 0) return absl::StrFormat("%dm", minutes);
  return absl::StrFormat("%ds", seconds);
}

std::string Size(int64_t bytes) {
  const auto number = static_cast<double>(bytes);
  if (bytes >= 1 << 30) return absl::StrFormat("%.1f GiB", number / (1 << 30));
  if (bytes >= 1 << 20) return absl::StrFormat("%.1f MiB", number / (1 << 20));
  return absl::StrFormat("%.1f KiB", number / (1 << 10));
}

std::string Marked(bool bad, const std::string& text) {
  return bad ? absl::StrCat("<span class=bad>", text, "</span>") : text;
}

std::string Row(absl::string_view name, absl::string_view html) {
  return absl::StrCat("<tr><th>", name, "</th><td>", html, "</td></tr>\n");
}

std::string Number(int64_t number) {
  return absl::StrCat("<td class=n>", number, "</td>");
}

// What the next request of a connection's pulls waits for, where it does.
std::string WaitText(const std::string& connection,
                     const StatusFigures& figures) {
  for (const auto& account : figures.accounts) {
    if (account.label != connection) continue;
    if (account.held > absl::ZeroDuration()) {
      return ", waits for the account's quota " + Age(account.held);
    }
    if (account.line > absl::ZeroDuration()) {
      return ", waits its turn at the account";
    }
  }
  return "";
}

std::string RunText(const std::string& connection,
                    const std::optional<model::SyncRun>& run,
                    const StatusFigures& figures) {
  if (!run.has_value()) return "<span class=dim>no run yet</span>";
  if (run->state == model::SyncState::kRunning) {
    return absl::StrFormat("<b>runs</b> since %s, page %d, %d rows%s",
                           Age(figures.now - run->start_time),
                           run->counts.pages, run->counts.rows,
                           WaitText(connection, figures));
  }
  const absl::Duration took =
      run->end_time.value_or(run->start_time) - run->start_time;
  const double seconds = std::max(0.001, absl::ToDoubleSeconds(took));
  return absl::StrFormat(
      "%s in %s: %d rows (%.0f/s), %d requests, %d changed",
      Marked(run->state == model::SyncState::kFailed,
             model::NameOf(run->state)),
      absl::FormatDuration(absl::Trunc(took, absl::Milliseconds(1))),
      run->counts.rows,
      std::round(static_cast<double>(run->counts.rows) / seconds),
      run->counts.requests,
      run->counts.levels_changed + run->counts.products_changed);
}

std::string FeedCell(const std::string& connection,
                     const model::PullStatus& status, absl::Duration interval,
                     const std::optional<model::SyncRun>& run,
                     const StatusFigures& figures) {
  std::string fresh = "<span class=bad>never</span>";
  if (status.last_success_time.has_value()) {
    const absl::Duration age = figures.now - *status.last_success_time;
    fresh = Marked(age > kLateIntervals * interval, Age(age) + " ago");
  }
  std::string cell =
      absl::StrCat("<td>", fresh, " <span class=dim>every ", Age(interval),
                   "</span><br>", RunText(connection, run, figures));
  if (!status.last_error.ok()) {
    absl::StrAppend(&cell, "<br><span class=bad>",
                    Escaped(status.last_error.message()), "</span>");
  }
  return absl::StrCat(cell, "</td>");
}

// A bar for each part of the last day: as high as what changed in it, by the
// square root, so that a full pull does not hide the rest; red where a pull
// failed. The text says it where no picture is shown.
std::string DayCell(const DayOfRuns& day) {
  constexpr int kWidth = 3, kHeight = 22;
  RunTally all;
  int64_t most = 1;
  for (const RunTally& tally : day) {
    all.runs += tally.runs;
    all.failed += tally.failed;
    all.changed += tally.changed;
    most = std::max(most, tally.changed);
  }
  if (all.runs == 0) return "<td class=dim>no pull ended</td>";
  std::string bars;
  int x = 0;
  for (const RunTally& tally : day) {
    if (tally.runs > 0) {
      const double share = std::sqrt(static_cast<double>(tally.changed) /
                                     static_cast<double>(most));
      const int height = tally.failed > 0
                             ? kHeight
                             : 2 + static_cast<int>((kHeight - 2) * share);
      absl::StrAppendFormat(
          &bars, "<rect%s x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>",
          tally.failed > 0 ? " class=\"f\"" : "", x, kHeight - height,
          kWidth - 1, height);
    }
    x += kWidth;
  }
  const std::string text = absl::StrCat(all.runs, " pulls, ", all.failed,
                                        " failed, ", all.changed, " changes");
  return absl::StrFormat(
      "<td><svg width=\"%d\" height=\"%d\" role=\"img\"><title>%s</title>%s"
      "</svg><span class=dim>%s</span></td>",
      x, kHeight, text, bars, text);
}

int64_t Rejected(const ConnectionLook& look) {
  int64_t rows = 0;
  for (const auto* run : {&look.inventory_run, &look.shipment_run}) {
    if (run->has_value()) rows += (*run)->counts.rows_rejected;
  }
  return rows;
}

int64_t CartErrors(const ConnectionLook& look) {
  size_t carts = 0;
  for (const auto* run : {&look.inventory_run, &look.shipment_run}) {
    if (run->has_value()) carts += (*run)->cart_errors.size();
  }
  return static_cast<int64_t>(carts);
}

// How far the Order Manager's clock is from ours, where health tells of it.
std::string ClockText(const std::optional<absl::Duration>& difference) {
  if (!difference.has_value()) return "–";
  const bool ahead = *difference > absl::ZeroDuration();
  const absl::Duration size = absl::AbsDuration(*difference);
  return Marked(true, absl::StrCat(Age(size), ahead ? " ahead" : " behind"));
}

std::string Counted(absl::string_view what, int64_t number) {
  return Marked(number > 0, absl::StrCat(what, " ", number));
}

std::string ConnectionRow(const ConnectionLook& look,
                          const StatusFigures& figures) {
  const model::Connection& connection = look.connection;
  const connections::ConnectionHealth& health = look.health;
  return absl::StrCat(
      "<tr><th>", Escaped(connection.id), "<br><span class=dim>",
      connection.carts.size(), " carts</span></th>",
      FeedCell(connection.id, health.inventory, connection.inventory_interval,
               look.inventory_run, figures),
      FeedCell(connection.id, health.shipments, connection.shipment_interval,
               look.shipment_run, figures),
      DayCell(look.day), "<td>held ", health.held_orders, "<br>unconfirmed ",
      health.unconfirmed_shipments, "<br>", Counted("rejected", Rejected(look)),
      "<br>", Counted("cart errors", CartErrors(look)), "<br>",
      Marked(health.delta_gap_suspected,
             health.delta_gap_suspected ? "gap suspected" : "no gap"),
      "<br>clock ", ClockText(health.clock_difference), "</td></tr>\n");
}

std::string StoreText(const StatusFigures& figures) {
  const storage::StoreBytes& bytes = figures.look->bytes;
  const MeteredStore::Writes& writes = figures.writes;
  std::string text =
      bytes.database == 0
          ? "no file of this server's"
          : absl::StrCat(Size(bytes.database), ", log ", Size(bytes.log));
  absl::StrAppend(&text, "; ", writes.committed, " commits");
  if (writes.committed > 0) {
    absl::StrAppendFormat(
        &text, " of %.1f ms on average",
        absl::ToDoubleMilliseconds(writes.took / writes.committed));
  }
  return absl::StrCat(
      text, ", ",
      Marked(writes.failed > 0, absl::StrCat(writes.failed, " failed writes")));
}

std::string ServerTable(const StatusFigures& figures) {
  const ProcessFigures& process = figures.process;
  return absl::StrCat(
      "<table>\n",
      Row("state",
          figures.not_ready.empty()
              ? "ready"
              : Marked(true, "not ready: " + Escaped(figures.not_ready))),
      Row("listening&nbsp;on", Escaped(figures.address)),
      Row("up", Age(figures.now - figures.start_time)),
      Row("calls", absl::StrCat("calls in flight: ", figures.in_flight,
                                "\nof at most ", figures.max_in_flight,
                                "<br>long-polls: ", figures.long_polls, "\n")),
      Row("pulls", absl::StrCat(figures.pulls, " run or wait for a thread")),
      Row("memory",
          absl::StrCat(Size(process.resident_bytes), ", ", process.threads,
                       " threads, ", process.open_files, " of ",
                       process.max_files, " files")),
      Row("store", StoreText(figures)),
      Row("flags",
          absl::StrCat("<code>",
                       absl::StrReplaceAll(Escaped(figures.flags_in_force),
                                           {{" --", "<br>--"}}),
                       "</code>")),
      "</table>\n");
}

std::string ConnectionTable(const StatusFigures& figures) {
  const FleetLook& look = *figures.look;
  if (look.time == absl::InfinitePast()) return "<p>not looked at yet</p>\n";
  const std::string age = Age(figures.now - look.time);
  if (look.connections.empty()) {
    return absl::StrCat("<p>there were none ", age, " ago</p>\n");
  }
  std::string html = absl::StrCat(
      "<p class=dim>as they were ", age,
      " ago</p>\n<table><tr><th>connection<th>inventory<th>shipments<th>"
      "last day<th>at hand</tr>\n");
  for (const ConnectionLook& one : look.connections) {
    absl::StrAppend(&html, ConnectionRow(one, figures));
  }
  absl::StrAppend(&html, "</table>\n");
  const auto shown = static_cast<int64_t>(look.connections.size());
  if (shown < look.figures.connections) {
    absl::StrAppend(&html, "<p>and ", look.figures.connections - shown,
                    " more: omsctl connections list</p>\n");
  }
  return html;
}

std::string ErrorTable(const StatusFigures& figures) {
  if (figures.last_errors.empty()) {
    return "<p>none since this server began</p>\n";
  }
  std::string html = "<table>";
  for (const FailedRun& run : figures.last_errors) {
    absl::StrAppend(&html, "<tr><td>", Age(figures.now - run.time),
                    " ago</td><th>", Escaped(run.connection), "</th><td>",
                    model::NameOf(run.feed), "</td><td>", Escaped(run.error),
                    "</td><td class=dim>", Escaped(run.run_id), "</td></tr>\n");
  }
  return absl::StrCat(html, "</table>\n");
}

std::string CallerTable(const StatusFigures& figures) {
  if (figures.callers.empty()) return "<p>nobody calls</p>\n";
  std::string html =
      "<table><tr><th>principal<th>calls<th>of them waiting<th>long-polls<th>"
      "requests and unread answers</tr>\n";
  for (const auto& [name, one] : figures.callers) {
    absl::StrAppend(
        &html, "<tr><th>", name.empty() ? "(unknown)" : Escaped(name), "</th>",
        Number(one.calls), Number(one.waiting), Number(one.long_polls),
        "<td class=n>", Size(one.held_bytes), "</td></tr>\n");
  }
  return absl::StrCat(html, "</table>\n");
}

std::string AccountTable(const StatusFigures& figures) {
  if (figures.accounts.empty()) return "<p>none was asked yet</p>\n";
  std::string html =
      "<table><tr><th>account of<th>requests wait for their turn<th>held by a "
      "429 for</tr>\n";
  for (const auto& one : figures.accounts) {
    const bool held = one.held > absl::ZeroDuration();
    absl::StrAppend(
        &html, "<tr><th>", Escaped(one.label), "</th><td>",
        absl::FormatDuration(absl::Trunc(one.line, absl::Milliseconds(1))),
        "</td><td>", held ? Marked(true, Age(one.held)) : "–", "</td></tr>\n");
  }
  return absl::StrCat(html, "</table>\n");
}

std::string StatementTable(const StatusFigures& figures) {
  if (figures.slow_statements.empty()) {
    return absl::StrCat("<p>none took ",
                        absl::FormatDuration(SlowStatements::kSlow),
                        " or longer since this server began</p>\n");
  }
  std::string html =
      "<table><tr><th>times<th>together<th>longest<th>statement</tr>\n";
  for (const SlowStatement& one : figures.slow_statements) {
    const auto milliseconds = [](absl::Duration duration) {
      return absl::FormatDuration(absl::Trunc(duration, absl::Milliseconds(1)));
    };
    absl::StrAppend(&html, "<tr>", Number(one.times), "<td class=n>",
                    milliseconds(one.all), "</td><td class=n>",
                    milliseconds(one.worst), "</td><td><code>",
                    Escaped(one.text), "</code></td></tr>\n");
  }
  return absl::StrCat(html, "</table>\n");
}

}  // namespace

std::string StatusPage(const StatusFigures& figures) {
  return absl::StrCat(
      kHead, "<h1>OMS Connector ", base::kVersion, "</h1>\n",
      ServerTable(figures), "<h2>Connections</h2>\n", ConnectionTable(figures),
      "<h2>Last errors</h2>\n", ErrorTable(figures), "<h2>Who calls</h2>\n",
      CallerTable(figures), "<h2>Order Managers</h2>\n", AccountTable(figures),
      "<h2>Slowest statements</h2>\n", StatementTable(figures),
      "<p class=dim>Connections are looked at every 15 seconds; figures of "
      "the store are since this server began. <a "
      "href=\"/metrics\">metrics</a></p>\n"
      "</body></html>\n");
}

}  // namespace oms_connector::server
