#include "storage/sqlite/sqlite_connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "storage/sql_connection.h"
#include "storage/sqlite/row_group.h"
#include "storage/sqlite/sqlite_status.h"

namespace oms_connector::storage {
namespace {

static_assert(sqlite_code::kBusy == SQLITE_BUSY);
static_assert(sqlite_code::kLocked == SQLITE_LOCKED);
static_assert(sqlite_code::kInterrupt == SQLITE_INTERRUPT);
static_assert(sqlite_code::kIoError == SQLITE_IOERR);
static_assert(sqlite_code::kFull == SQLITE_FULL);
static_assert(sqlite_code::kCantOpen == SQLITE_CANTOPEN);
static_assert(sqlite_code::kCorrupt == SQLITE_CORRUPT);
static_assert(sqlite_code::kNotADatabase == SQLITE_NOTADB);
static_assert(sqlite_code::kConstraintForeignKey ==
              SQLITE_CONSTRAINT_FOREIGNKEY);
static_assert(sqlite_code::kConstraintPrimaryKey ==
              SQLITE_CONSTRAINT_PRIMARYKEY);
static_assert(sqlite_code::kConstraintUnique == SQLITE_CONSTRAINT_UNIQUE);
static_assert(sqlite_code::kConstraintRowId == SQLITE_CONSTRAINT_ROWID);
static_assert(sqlite_code::kIoErrorShmSize == SQLITE_IOERR_SHMSIZE);

// Rows that one statement puts, of pages and of what is left of them. With 25
// alone a first pull of shipments takes 3 % longer.
constexpr std::array<size_t, 2> kRowsOfGroups = {100, 25};
// Steps of SQLite's machine between two looks at the clock: some 100 us.
constexpr int kStepsBetweenChecks = 4000;
// The first wait for a lock; each further one is twice as long, up to the cap.
constexpr absl::Duration kFirstLockWait = absl::Milliseconds(1);
constexpr int kMostLockWaitDoublings = 5;
// Another program's commits are seen so late at most. None has any business in
// the file while a server runs, but an operator may do as he likes.
constexpr absl::Duration kTrustInCommitCount = absl::Milliseconds(100);

// A null pointer would be bound as NULL instead of as the empty value.
const char* NotNull(absl::string_view text) {
  return text.data() == nullptr ? "" : text.data();
}

// Views outlive the statement's run, so SQLite need not copy them.
struct Binder {
  sqlite3_stmt* handle;
  int place;

  int operator()(std::nullptr_t) const {
    return sqlite3_bind_null(handle, place);
  }
  int operator()(int64_t value) const {
    return sqlite3_bind_int64(handle, place, value);
  }
  int operator()(double value) const {
    return sqlite3_bind_double(handle, place, value);
  }
  int operator()(absl::string_view text) const {
    return sqlite3_bind_text64(handle, place, NotNull(text), text.size(),
                               SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(Blob blob) const {
    return sqlite3_bind_blob64(handle, place, NotNull(blob.bytes),
                               blob.bytes.size(), SQLITE_STATIC);
  }
};

class SqliteRow final : public SqlRow {
 public:
  explicit SqliteRow(sqlite3_stmt* handle) : handle_(handle) {}

  bool IsNull(int column) const override {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
  }
  int64_t Int64(int column) const override {
    return sqlite3_column_int64(handle_, column);
  }
  double Double(int column) const override {
    return sqlite3_column_double(handle_, column);
  }
  absl::string_view Text(int column) const override {
    const void* text = sqlite3_column_text(handle_, column);
    return View(text, column);
  }
  absl::string_view Bytes(int column) const override {
    const void* bytes = sqlite3_column_blob(handle_, column);
    return View(bytes, column);
  }

 private:
  absl::string_view View(const void* data, int column) const {
    if (data == nullptr) return "";
    return {static_cast<const char*>(data),
            static_cast<size_t>(sqlite3_column_bytes(handle_, column))};
  }

  sqlite3_stmt* handle_;
};

// SQLite takes `$3` for a name and numbers parameters as it meets them, so each
// name is mapped to the place that its number says.
absl::StatusOr<std::vector<int>> ParameterPlaces(sqlite3_stmt* handle) {
  std::vector<int> places;
  for (int i = 1; i <= sqlite3_bind_parameter_count(handle); ++i) {
    const char* name = sqlite3_bind_parameter_name(handle, i);
    int number = 0;
    if (name == nullptr || name[0] != '$' ||
        !absl::SimpleAtoi(name + 1, &number) || number < 1) {
      return model::Internal("a statement has a parameter that is not $n");
    }
    places.push_back(number - 1);
  }
  return places;
}

// https://www.sqlite.org/uri.html
std::string ImmutableUri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      absl::StrAppend(
          &uri, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    } else {
      uri += c;
    }
  }
  return absl::StrCat(uri, "?immutable=1");
}

}  // namespace

SqliteConnection::SqliteConnection(Options options)
    : options_(std::move(options)) {}

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(
    const Options& options) {
  // Nobody reads SQLite's statistics of memory, and counting them takes a lock
  // of the whole process at each allocation. Refused, and no matter, where
  // somebody in this process has used SQLite before.
  [[maybe_unused]] static const int configured =
      sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  auto connection = absl::WrapUnique(new SqliteConnection(options));
  const int access = options.without_log
                         ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                         : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const std::string name =
      options.without_log ? ImmutableUri(options.path) : options.path;
  const int code =
      sqlite3_open_v2(name.c_str(), &connection->database_, flags, nullptr);
  if (code != SQLITE_OK) return connection->ErrorOf(code);
  SqliteConnection* self = connection.get();
  sqlite3_progress_handler(
      self->database_, kStepsBetweenChecks,
      [](void* arg) {
        return static_cast<SqliteConnection*>(arg)->CheckContext().ok() ? 0 : 1;
      },
      self);
  sqlite3_busy_handler(
      self->database_,
      [](void* arg, int tries) {
        return static_cast<SqliteConnection*>(arg)->WaitForLock(tries) ? 1 : 0;
      },
      self);
  return connection;
}

SqliteConnection::~SqliteConnection() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement.handle);
  sqlite3_close(database_);
}

absl::Status SqliteConnection::Begin(bool write,
                                     const base::CallContext& context) {
  context_ = context;
  write_ = write;
  const absl::Status begun =
      write ? Execute("BEGIN IMMEDIATE", {}).status() : BeginReading();
  if (!begun.ok()) Rollback();
  return begun;
}

absl::Status SqliteConnection::BeginReading() {
  learnt_ = false;
  snapshot_ =
      options_.commits == nullptr ? std::nullopt : options_.commits->Get();
  const absl::Time now = options_.clock->SteadyNow();
  deferred_ = snapshot_.has_value() && now < ask_again_;
  if (deferred_) return context_.Check(now);
  OMS_RETURN_IF_ERROR(Execute("BEGIN", {}).status());
  return LearnSnapshot();
}

// What was told of the snapshot must be so: where a commit has come in between,
// the transaction is to be run again, and begins at once then.
absl::Status SqliteConnection::BeginDeferred() {
  deferred_ = false;
  OMS_RETURN_IF_ERROR(Execute("BEGIN", {}).status());
  if (!learnt_) return absl::OkStatus();
  const std::optional<int64_t> told = snapshot_;
  OMS_RETURN_IF_ERROR(LearnSnapshot());
  if (snapshot_ == told) return absl::OkStatus();
  ask_again_ = absl::InfinitePast();
  return model::StoreBusy(kStoreBusyRetryDelay);
}

// SQLite counts, for each connection by itself, what others have committed
// between its transactions. Asking it settles what the transaction sees.
absl::Status SqliteConnection::LearnSnapshot() {
  learnt_ = true;
  if (options_.commits == nullptr) return absl::OkStatus();
  int64_t version = 0;
  OMS_RETURN_IF_ERROR(Query("PRAGMA data_version", {}, [&](const SqlRow& row) {
    version = row.Int64(0);
    return absl::OkStatus();
  }));
  ask_again_ = options_.clock->SteadyNow() + kTrustInCommitCount;
  const bool unchanged =
      known_snapshot_.has_value() && version == known_version_;
  if (!snapshot_.has_value() || options_.commits->Get() != snapshot_) {
    // A commit of ours came in between, and may be seen or not.
    snapshot_ = unchanged ? known_snapshot_ : std::nullopt;
    return absl::OkStatus();
  }
  if (!unchanged && snapshot_ == known_snapshot_) {
    options_.commits->NoteForeign();
    snapshot_ = std::nullopt;
  }
  known_snapshot_ = snapshot_;
  known_version_ = version;
  return absl::OkStatus();
}

void SqliteConnection::Bind(const base::CallContext& context) {
  context_ = context;
}

absl::Status SqliteConnection::Commit() {
  context_ = base::CallContext();
  if (deferred_) {
    deferred_ = false;
    return absl::OkStatus();
  }
  if (!write_ || options_.commits == nullptr) {
    return Execute("COMMIT", {}).status();
  }
  options_.commits->BeginCommit();
  const absl::Status committed = Execute("COMMIT", {}).status();
  options_.commits->EndCommit();
  return committed;
}

void SqliteConnection::Rollback() {
  context_ = base::CallContext();
  deferred_ = false;
  // If it fails, SQLite rolls back when the next transaction begins or the
  // connection is closed; there is nothing else to do.
  if (InTransaction()) Execute("ROLLBACK", {}).IgnoreError();
}

bool SqliteConnection::InTransaction() const {
  return deferred_ || sqlite3_get_autocommit(database_) == 0;
}

absl::StatusOr<std::string> SqliteConnection::Snapshot() {
  if (!InTransaction()) return model::Internal("no transaction");
  if (write_) return std::string();
  if (deferred_) learnt_ = true;
  if (!learnt_) OMS_RETURN_IF_ERROR(LearnSnapshot());
  return snapshot_.has_value() ? absl::StrCat(*snapshot_) : std::string();
}

absl::StatusOr<int64_t> SqliteConnection::Execute(
    absl::string_view sql, absl::Span<const SqlParam> params) {
  OMS_ASSIGN_OR_RETURN(const Statement* statement, Start(sql));
  OMS_RETURN_IF_ERROR(BindAll(*statement, params));
  OMS_RETURN_IF_ERROR(RunToEnd(*statement));
  return sqlite3_changes64(database_);
}

absl::StatusOr<int64_t> SqliteConnection::ExecuteBatch(
    absl::string_view sql, const SqlParamRows& rows) {
  int64_t changed = 0;
  size_t done = 0;
  const auto run = [&](absl::string_view text, size_t count) -> absl::Status {
    OMS_ASSIGN_OR_RETURN(const Statement* statement, Start(text));
    for (; done + count <= rows.size(); done += count) {
      OMS_RETURN_IF_ERROR(BindAll(*statement, rows.Rows(done, count)));
      OMS_RETURN_IF_ERROR(RunToEnd(*statement));
      changed += sqlite3_changes64(database_);
    }
    return absl::OkStatus();
  };
  for (size_t i = 0; i < kRowsOfGroups.size(); ++i) {
    const size_t count = kRowsOfGroups[i];
    if (rows.size() - done < count) continue;
    const std::string& group = GroupsOf(sql, rows.width())[i];
    if (!group.empty()) OMS_RETURN_IF_ERROR(run(group, count));
  }
  OMS_RETURN_IF_ERROR(run(sql, 1));
  return changed;
}

const std::vector<std::string>& SqliteConnection::GroupsOf(
    absl::string_view sql, size_t width) {
  const auto found = groups_.find(sql);
  if (found != groups_.end()) return found->second;
  std::vector<std::string> groups;
  for (const size_t count : kRowsOfGroups) {
    groups.push_back(InsertOfRows(sql, width, count));
  }
  return groups_.emplace(sql, std::move(groups)).first->second;
}

absl::Status SqliteConnection::Query(absl::string_view sql,
                                     absl::Span<const SqlParam> params,
                                     SqlRowFunction row) {
  OMS_ASSIGN_OR_RETURN(const Statement* statement, Start(sql));
  OMS_RETURN_IF_ERROR(BindAll(*statement, params));
  const absl::Cleanup reset = [statement] { sqlite3_reset(statement->handle); };
  int code = SQLITE_OK;
  while ((code = sqlite3_step(statement->handle)) == SQLITE_ROW) {
    OMS_RETURN_IF_ERROR(row(SqliteRow(statement->handle)));
  }
  return code == SQLITE_DONE ? absl::OkStatus() : ErrorOf(code);
}

absl::Status SqliteConnection::QueryBatch(absl::string_view sql,
                                          const SqlParamRows& rows,
                                          SqlBatchRowFunction row) {
  OMS_ASSIGN_OR_RETURN(const Statement* statement, Start(sql));
  const absl::Cleanup reset = [statement] { sqlite3_reset(statement->handle); };
  for (size_t i = 0; i < rows.size(); ++i) {
    OMS_RETURN_IF_ERROR(BindAll(*statement, rows[i]));
    int code = SQLITE_OK;
    while ((code = sqlite3_step(statement->handle)) == SQLITE_ROW) {
      OMS_RETURN_IF_ERROR(row(i, SqliteRow(statement->handle)));
    }
    if (code != SQLITE_DONE) return ErrorOf(code);
    sqlite3_reset(statement->handle);
  }
  return absl::OkStatus();
}

void SqliteConnection::WatchLog(int most,
                                std::function<void(int pages)> watch) {
  log_ = {most, std::move(watch)};
  sqlite3_wal_hook(
      database_,
      +[](void* log, sqlite3* database, const char*, int pages) {
        const auto& [most, watch] = *static_cast<LogWatch*>(log);
        watch(pages);
        if (pages >= most) {
          sqlite3_wal_checkpoint_v2(
              database, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        }
        return SQLITE_OK;
      },
      &log_);
}

absl::Status SqliteConnection::ExecuteScript(const std::string& script) {
  const int code =
      sqlite3_exec(database_, script.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : ErrorOf(code);
}

absl::StatusOr<const SqliteConnection::Statement*> SqliteConnection::Prepare(
    absl::string_view sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return &found->second;
  Statement statement;
  const int code =
      sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement.handle, nullptr);
  if (code != SQLITE_OK) return ErrorOf(code);
  absl::Cleanup finalize = [&] { sqlite3_finalize(statement.handle); };
  OMS_ASSIGN_OR_RETURN(statement.places, ParameterPlaces(statement.handle));
  std::move(finalize).Cancel();
  return &statements_.emplace(sql, std::move(statement)).first->second;
}

absl::StatusOr<const SqliteConnection::Statement*> SqliteConnection::Start(
    absl::string_view sql) {
  if (deferred_) OMS_RETURN_IF_ERROR(BeginDeferred());
  // While it runs, the progress handler looks again: SQLite counts the steps of
  // a statement over all of its runs.
  OMS_RETURN_IF_ERROR(CheckContext());
  OMS_ASSIGN_OR_RETURN(const Statement* statement, Prepare(sql));
  if (sqlite3_stmt_busy(statement->handle)) {
    return model::Internal("a statement is run from within its own rows");
  }
  return statement;
}

absl::Status SqliteConnection::BindAll(const Statement& statement,
                                       absl::Span<const SqlParam> params) {
  for (size_t i = 0; i < statement.places.size(); ++i) {
    const size_t place = static_cast<size_t>(statement.places[i]);
    if (place >= params.size()) {
      return model::Internal("a statement lacks a parameter");
    }
    const int code = std::visit(
        Binder{statement.handle, static_cast<int>(i) + 1}, params[place]);
    if (code != SQLITE_OK) return ErrorOf(code);
  }
  return absl::OkStatus();
}

absl::Status SqliteConnection::RunToEnd(const Statement& statement) {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement.handle);
  const absl::Status status =
      code == SQLITE_DONE ? absl::OkStatus() : ErrorOf(code);
  sqlite3_reset(statement.handle);
  return status;
}

absl::Status SqliteConnection::ErrorOf(int code) const {
  // A lock that is not waited for to the end, and work that is interrupted,
  // end so because of the context.
  if (code == SQLITE_INTERRUPT || (code & 0xff) == SQLITE_BUSY) {
    OMS_RETURN_IF_ERROR(CheckContext());
  }
  return SqliteStatus(code, sqlite3_system_errno(database_),
                      sqlite3_errmsg(database_));
}

absl::Status SqliteConnection::CheckContext() const {
  return context_.Check(options_.clock->SteadyNow());
}

bool SqliteConnection::WaitForLock(int tries) {
  if (tries == 0) waited_ = absl::ZeroDuration();
  if (waited_ >= options_.busy_timeout) return false;
  const absl::Duration wait =
      kFirstLockWait * (1 << std::min(tries, kMostLockWaitDoublings));
  waited_ += wait;
  return options_.sleeper->Sleep(wait, context_).ok();
}

}  // namespace oms_connector::storage
