#include "storage/postgres/postgres_connection.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "storage/postgres/postgres_params.h"
#include "storage/postgres/postgres_status.h"
#include "storage/postgres/postgres_url.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

constexpr char kBeginWrite[] =
    "BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE";
constexpr char kBeginRead[] =
    "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
constexpr char kSetStatementTimeout[] =
    "SELECT set_config('statement_timeout', $1, true)";
// Who closes a connection has its statement ended by the server within so long.
// A server that does not know the setting ends it by its timeout.
constexpr char kNoticeWhoLeaves[] =
    "SELECT set_config('client_connection_check_interval', '200', false)";
constexpr char kSetUp[] =
    "SELECT set_config('lock_timeout', $1, false), "
    "set_config('idle_in_transaction_session_timeout', $2, false)";

// The client leaves at the deadline; the server's own timeout stands behind it,
// for when nobody tells the server.
constexpr absl::Duration kStatementTimeoutSlack = absl::Seconds(1);
// The server counts timeouts in 31 bits of milliseconds.
constexpr absl::Duration kLongestStatementTimeout = absl::Hours(24);
// How long a server may take to roll back.
constexpr absl::Duration kRollbackPatience = absl::Seconds(5);
// How often a wait looks at the clock, which need not be the machine's.
constexpr absl::Duration kLongestPoll = absl::Seconds(1);

absl::StatusOr<std::map<std::string, std::string>> SettingsOf(
    const std::string& url) {
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(
      PQconninfoParse(url.c_str(), nullptr), PQconninfoFree);
  std::map<std::string, std::string> settings = DefaultPostgresSettings();
  for (const PQconninfoOption* option = parsed.get();
       option != nullptr && option->keyword != nullptr; ++option) {
    if (option->val != nullptr) settings[option->keyword] = option->val;
  }
  if (parsed == nullptr || SplitsPassword(url, settings["port"])) {
    return absl::InvalidArgumentError(
        "--store is not a URL of the form "
        "postgres://user:password@host:port/database; a / or @ within a "
        "password is written as %2F or %40");
  }
  settings["client_encoding"] = "UTF8";
  return settings;
}

// libpq's words on one line.
std::string ErrorText(const pg_conn* connection) {
  std::string text(
      absl::StripTrailingAsciiWhitespace(PQerrorMessage(connection)));
  return absl::StrReplaceAll(text, {{"\n\t", " "}, {"\n", " "}});
}

std::string Milliseconds(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Milliseconds(duration));
}

class PostgresRow final : public SqlRow {
 public:
  PostgresRow(const PGresult* result, int row) : result_(result), row_(row) {}

  bool IsNull(int column) const override {
    return PQgetisnull(result_, row_, column) != 0;
  }
  int64_t Int64(int column) const override {
    int64_t value = 0;
    return absl::SimpleAtoi(Text(column), &value) ? value : 0;
  }
  double Double(int column) const override {
    double value = 0;
    return absl::SimpleAtod(Text(column), &value) ? value : 0;
  }
  absl::string_view Text(int column) const override {
    return {PQgetvalue(result_, row_, column),
            static_cast<size_t>(PQgetlength(result_, row_, column))};
  }
  // Bytes come as "\x" and hexadecimal digits, each in a place of its own, as
  // the view must hold as long as the row.
  absl::string_view Bytes(int column) const override {
    absl::string_view text = Text(column);
    if (!absl::ConsumePrefix(&text, "\\x")) return text;
    return decoded_.emplace_back(absl::HexStringToBytes(text));
  }

 private:
  const PGresult* const result_;
  const int row_;
  mutable std::deque<std::string> decoded_;
};

}  // namespace

void PostgresConnection::ResultClearer::operator()(pg_result* result) const {
  PQclear(result);
}

PostgresConnection::PostgresConnection(Options options, pg_conn* connection)
    : options_(std::move(options)),
      connection_(connection),
      wake_file_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(
    const Options& options) {
  OMS_ASSIGN_OR_RETURN(const auto settings, SettingsOf(options.url));
  std::vector<const char*> keywords, values;
  for (const auto& [keyword, value] : settings) {
    if (value.empty()) continue;
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  auto connection = absl::WrapUnique(new PostgresConnection(
      options, PQconnectdbParams(keywords.data(), values.data(), 0)));
  OMS_RETURN_IF_ERROR(connection->SetUp());
  return connection;
}

PostgresConnection::~PostgresConnection() {
  PQfinish(connection_);
  if (wake_file_ >= 0) close(wake_file_);
}

absl::Status PostgresConnection::SetUp() {
  if (PQstatus(connection_) != CONNECTION_OK) {
    return absl::UnavailableError(ErrorText(connection_));
  }
  if (wake_file_ < 0 || PQsetnonblocking(connection_, 1) != 0 ||
      PQenterPipelineMode(connection_) != 1) {
    return absl::UnavailableError("the process is out of files or memory");
  }
  // Notices are for people at a terminal; errors come as results.
  PQsetNoticeProcessor(
      connection_, [](void*, const char*) {}, nullptr);
  const std::string lock = Milliseconds(options_.lock_timeout);
  const std::string idle = Milliseconds(options_.idle_in_transaction_timeout);
  OMS_RETURN_IF_ERROR(Execute(kSetUp, {lock, idle}).status());
  Execute(kNoticeWhoLeaves, {}).status().IgnoreError();
  patience_ = absl::InfiniteDuration();
  return broken_ ? Broken() : absl::OkStatus();
}

// ---- Transactions ----------------------------------------------------------

absl::Status PostgresConnection::Begin(bool write,
                                       const base::CallContext& context) {
  if (broken_) return Broken();
  const absl::Time now = options_.clock->SteadyNow();
  OMS_RETURN_IF_ERROR(context.Check(now));
  OMS_RETURN_IF_ERROR(SendOnce(write ? kBeginWrite : kBeginRead));
  begun_ = true;
  failed_ = false;
  context_ = context;
  if (context.deadline() == absl::InfiniteFuture()) return absl::OkStatus();
  const std::string timeout =
      Milliseconds(std::min(context.Remaining(now), kLongestStatementTimeout) +
                   kStatementTimeoutSlack);
  return Defer(kSetStatementTimeout, {timeout});
}

void PostgresConnection::Bind(const base::CallContext& context) {
  context_ = context;
}

absl::Status PostgresConnection::Commit() {
  context_ = base::CallContext();
  if (!InTransaction()) return model::Internal("nothing to commit");
  // A commit that waits for a standby and is cut short there would be told as
  // done although it is not yet safe.
  OMS_RETURN_IF_ERROR(Defer(kSetStatementTimeout, {"0"}));
  OMS_RETURN_IF_ERROR(SendOnce("COMMIT"));
  OMS_RETURN_IF_ERROR(RoundTrip([](Result) {}));
  begun_ = false;
  return absl::OkStatus();
}

void PostgresConnection::Rollback() {
  context_ = base::CallContext();
  if (!begun_) return;
  if (!broken_) {
    patience_ = kRollbackPatience;
    if (SendOnce("ROLLBACK").ok()) RoundTrip([](Result) {}).IgnoreError();
    patience_ = absl::InfiniteDuration();
    broken_ = broken_ || PQtransactionStatus(connection_) != PQTRANS_IDLE;
  }
  // The server rolls back what a closed connection leaves.
  begun_ = false;
  failed_ = false;
}

bool PostgresConnection::InTransaction() const {
  return begun_ && !failed_ && !broken_;
}

// ---- Statements ------------------------------------------------------------

absl::StatusOr<int64_t> PostgresConnection::Execute(
    absl::string_view sql, absl::Span<const SqlParam> params) {
  OMS_RETURN_IF_ERROR(context_.Check(options_.clock->SteadyNow()));
  OMS_RETURN_IF_ERROR(Send(sql, params, /*wanted=*/true));
  return CountChanged();
}

absl::StatusOr<int64_t> PostgresConnection::ExecuteBatch(
    absl::string_view sql, const SqlParamRows& rows) {
  if (rows.empty()) return 0;
  OMS_RETURN_IF_ERROR(context_.Check(options_.clock->SteadyNow()));
  for (size_t i = 0; i < rows.size(); ++i) {
    OMS_RETURN_IF_ERROR(Send(sql, rows[i], /*wanted=*/true));
  }
  return CountChanged();
}

absl::StatusOr<int64_t> PostgresConnection::CountChanged() {
  int64_t changed = 0;
  OMS_RETURN_IF_ERROR(RoundTrip([&](Result result) {
    int64_t count = 0;
    if (absl::SimpleAtoi(PQcmdTuples(result.get()), &count)) changed += count;
  }));
  return changed;
}

absl::Status PostgresConnection::Query(absl::string_view sql,
                                       absl::Span<const SqlParam> params,
                                       SqlRowFunction row) {
  OMS_RETURN_IF_ERROR(context_.Check(options_.clock->SteadyNow()));
  OMS_RETURN_IF_ERROR(Send(sql, params, /*wanted=*/true));
  Result result;
  OMS_RETURN_IF_ERROR(
      RoundTrip([&](Result received) { result = std::move(received); }));
  const int rows = PQntuples(result.get());
  for (int i = 0; i < rows; ++i) {
    OMS_RETURN_IF_ERROR(row(PostgresRow(result.get(), i)));
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::QueryBatch(absl::string_view sql,
                                            const SqlParamRows& rows,
                                            SqlBatchRowFunction row) {
  // So many answers are held in memory at once.
  constexpr size_t kRowsAtOnce = 500;
  for (size_t begin = 0; begin < rows.size(); begin += kRowsAtOnce) {
    const size_t end = std::min(rows.size(), begin + kRowsAtOnce);
    OMS_RETURN_IF_ERROR(context_.Check(options_.clock->SteadyNow()));
    for (size_t i = begin; i < end; ++i) {
      OMS_RETURN_IF_ERROR(Send(sql, rows[i], /*wanted=*/true));
    }
    std::vector<Result> results;
    OMS_RETURN_IF_ERROR(RoundTrip(
        [&](Result received) { results.push_back(std::move(received)); }));
    for (size_t i = 0; i < results.size(); ++i) {
      const int found = PQntuples(results[i].get());
      for (int j = 0; j < found; ++j) {
        OMS_RETURN_IF_ERROR(row(begin + i, PostgresRow(results[i].get(), j)));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status PostgresConnection::Defer(absl::string_view sql,
                                       absl::Span<const SqlParam> params,
                                       FirstRow row) {
  OMS_RETURN_IF_ERROR(Send(sql, params, /*wanted=*/false));
  commands_.back().row = std::move(row);
  return absl::OkStatus();
}

absl::Status PostgresConnection::SendDeferred() {
  OMS_RETURN_IF_ERROR(context_.Check(options_.clock->SteadyNow()));
  return commands_.empty() ? absl::OkStatus() : RoundTrip([](Result) {});
}

absl::Status PostgresConnection::ExecuteScript(const std::string& script) {
  OMS_RETURN_IF_ERROR(SendDeferred());
  if (PQexitPipelineMode(connection_) != 1) return Broken();
  const Result result(PQexec(connection_, script.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  const bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  const absl::Status error = ok ? absl::OkStatus() : ErrorOf(result.get());
  if (PQenterPipelineMode(connection_) != 1) return Broken();
  return error;
}

// ---- Commands --------------------------------------------------------------

absl::Status PostgresConnection::Send(absl::string_view sql,
                                      absl::Span<const SqlParam> params,
                                      bool wanted) {
  if (broken_) return Broken();
  const PostgresParams sent(params);
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    const std::string text(sql);
    const std::string name = absl::StrCat("s", statements_.size() + 1);
    if (PQsendPrepare(connection_, name.c_str(), text.c_str(), sent.size(),
                      sent.types()) != 1) {
      return Broken();
    }
    commands_.push_back({text, false});
    found = statements_.emplace(text, name).first;
  }
  if (PQsendQueryPrepared(connection_, found->second.c_str(), sent.size(),
                          sent.values(), sent.lengths(), sent.formats(),
                          /*resultFormat=*/0) != 1) {
    return Broken();
  }
  commands_.push_back({"", wanted});
  return absl::OkStatus();
}

// Without a plan that is kept: for the words around transactions.
absl::Status PostgresConnection::SendOnce(const char* sql) {
  if (broken_ || PQsendQueryParams(connection_, sql, 0, nullptr, nullptr,
                                   nullptr, nullptr, 0) != 1) {
    return Broken();
  }
  commands_.push_back({});
  return absl::OkStatus();
}

// Sends what is queued and reads all results of it; the first error, after
// which the server passes over the rest.
absl::Status PostgresConnection::RoundTrip(ResultFunction receive) {
  if (broken_ || PQpipelineSync(connection_) != 1) return Broken();
  absl::Status status = Flush();
  if (broken_) return status;
  std::deque<Command> commands = std::move(commands_);
  commands_.clear();
  for (const Command& command : commands) {
    const absl::Status result = ReadCommand(command, receive);
    status.Update(result);
    if (broken_) return status;
  }
  const absl::StatusOr<Result> sync = NextResult();
  if (!sync.ok()) return status.ok() ? sync.status() : status;
  if (PQresultStatus(sync->get()) != PGRES_PIPELINE_SYNC) return Broken();
  failed_ = begun_ && PQtransactionStatus(connection_) != PQTRANS_INTRANS;
  return status;
}

absl::Status PostgresConnection::ReadCommand(const Command& command,
                                             ResultFunction receive) {
  absl::Status status;
  for (;;) {
    OMS_ASSIGN_OR_RETURN(Result result, NextResult());
    if (result == nullptr) return status;
    switch (PQresultStatus(result.get())) {
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
        if (command.row && PQntuples(result.get()) > 0) {
          command.row(PostgresRow(result.get(), 0));
        }
        if (command.wanted) receive(std::move(result));
        break;
      case PGRES_PIPELINE_ABORTED:  // the error came before
        statements_.erase(command.prepares);
        break;
      default:
        statements_.erase(command.prepares);
        status.Update(ErrorOf(result.get()));
    }
  }
}

absl::StatusOr<PostgresConnection::Result> PostgresConnection::NextResult() {
  while (PQisBusy(connection_) != 0) {
    OMS_RETURN_IF_ERROR(Wait(/*to_write=*/false));
  }
  Result result(PQgetResult(connection_));
  if (result == nullptr && PQstatus(connection_) != CONNECTION_OK) {
    return Broken();
  }
  return result;
}

absl::Status PostgresConnection::Flush() {
  for (;;) {
    const int left = PQflush(connection_);
    if (left == 0) return absl::OkStatus();
    if (left < 0) return Broken();
    OMS_RETURN_IF_ERROR(Wait(/*to_write=*/true));
  }
}

// ---- Waiting ---------------------------------------------------------------

// Until something can be read (or written), which it then takes in.
absl::Status PostgresConnection::Wait(bool to_write) {
  const absl::Time now = options_.clock->SteadyNow();
  expiry_ = context_.Check(now);
  if (!expiry_.ok()) return Broken();
  const absl::Duration longest =
      std::min({kLongestPoll, patience_, context_.Remaining(now)});
  const int ready = Poll(to_write, longest);
  if (ready < 0) return Broken();
  if (ready == 0) patience_ -= longest;
  if (patience_ <= absl::ZeroDuration()) return Broken();
  return PQconsumeInput(connection_) == 1 ? absl::OkStatus() : Broken();
}

// 0 when nothing happened for `longest`, negative on failure.
int PostgresConnection::Poll(bool to_write, absl::Duration longest) {
  const base::CancellationRegistration registration =
      context_.cancellation().OnCancel(
          [this] { eventfd_write(wake_file_, 1); });
  const int events = POLLIN | (to_write ? POLLOUT : 0);
  std::array<pollfd, 2> files = {
      pollfd{PQsocket(connection_), static_cast<short>(events), 0},
      pollfd{wake_file_, POLLIN, 0}};
  const int ready = poll(files.data(), files.size(),
                         static_cast<int>(absl::ToInt64Milliseconds(
                             absl::Ceil(longest, absl::Milliseconds(1)))));
  if (ready < 0) return errno == EINTR ? 1 : -1;
  eventfd_t wakes = 0;
  if (files[1].revents != 0) eventfd_read(wake_file_, &wakes);
  return ready;
}

// ---- Errors ----------------------------------------------------------------

absl::Status PostgresConnection::ErrorOf(const pg_result* result) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (sqlstate == nullptr) return Broken();
  if (EndsConnection(sqlstate)) broken_ = true;
  const absl::Status status =
      PostgresStatus(sqlstate, PQresultErrorMessage(result));
  if (!absl::IsDeadlineExceeded(status)) return status;
  const absl::Status expiry = context_.Check(options_.clock->SteadyNow());
  return expiry.ok() ? status : expiry;
}

absl::Status PostgresConnection::Broken() {
  broken_ = true;
  commands_.clear();
  return expiry_.ok() ? PostgresStatus(kConnectionFailure, "") : expiry_;
}

}  // namespace oms_connector::storage
