#include "server/ops/slow_statements.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/types/span.h"
#include "base/call_context.h"

namespace oms_connector::server {
namespace {

using storage::SqlParam;

// What `run` returns. With the steady clock: it is asked twice a statement, and
// what it tells is no time of day.
template <typename Run>
auto Timed(SlowStatements* slow, absl::string_view sql, Run run) {
  const auto start = std::chrono::steady_clock::now();
  auto result = run();
  const absl::Duration took =
      absl::FromChrono(std::chrono::steady_clock::now() - start);
  if (took >= SlowStatements::kSlow) slow->Note(sql, took);
  return result;
}

// Times each statement of another connection.
class TimedSqlConnection final : public storage::SqlConnection {
 public:
  TimedSqlConnection(std::unique_ptr<storage::SqlConnection> inner,
                     SlowStatements* slow)
      : inner_(std::move(inner)), slow_(slow) {}

  absl::Status Begin(bool write, const base::CallContext& context) override {
    return inner_->Begin(write, context);
  }
  void Bind(const base::CallContext& context) override {
    inner_->Bind(context);
  }
  absl::Status Commit() override {
    return Timed(slow_, "COMMIT", [&] { return inner_->Commit(); });
  }
  void Rollback() override { inner_->Rollback(); }
  bool InTransaction() const override { return inner_->InTransaction(); }
  absl::StatusOr<absl::Time> Now() override { return inner_->Now(); }
  absl::StatusOr<std::string> Snapshot() override { return inner_->Snapshot(); }

  absl::StatusOr<int64_t> Execute(absl::string_view sql,
                                  absl::Span<const SqlParam> params) override {
    return Timed(slow_, sql, [&] { return inner_->Execute(sql, params); });
  }
  absl::StatusOr<int64_t> ExecuteBatch(
      absl::string_view sql, const storage::SqlParamRows& rows) override {
    return Timed(slow_, sql, [&] { return inner_->ExecuteBatch(sql, rows); });
  }
  absl::Status Query(absl::string_view sql, absl::Span<const SqlParam> params,
                     storage::SqlRowFunction row) override {
    return Timed(slow_, sql, [&] { return inner_->Query(sql, params, row); });
  }
  absl::Status QueryBatch(absl::string_view sql,
                          const storage::SqlParamRows& rows,
                          storage::SqlBatchRowFunction row) override {
    return Timed(slow_, sql,
                 [&] { return inner_->QueryBatch(sql, rows, row); });
  }

 private:
  const std::unique_ptr<storage::SqlConnection> inner_;
  SlowStatements* const slow_;
};

std::string InOneLine(absl::string_view sql) {
  std::string text(sql);
  absl::RemoveExtraAsciiWhitespace(&text);
  return text;
}

}  // namespace

SlowStatements::Decorator SlowStatements::decorator(Decorator inner) {
  return [this, inner = std::move(inner)](
             std::unique_ptr<storage::SqlConnection> connection)
             -> std::unique_ptr<storage::SqlConnection> {
    if (inner != nullptr) connection = inner(std::move(connection));
    return std::make_unique<TimedSqlConnection>(std::move(connection), this);
  };
}

void SlowStatements::Note(absl::string_view sql, absl::Duration took) {
  absl::MutexLock lock(&mutex_);
  Tally& tally = tallies_[sql];
  ++tally.times;
  tally.all += took;
  tally.worst = std::max(tally.worst, took);
}

std::vector<SlowStatement> SlowStatements::worst(size_t limit) const {
  std::vector<SlowStatement> all;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [sql, tally] : tallies_) {
      all.push_back({InOneLine(sql), tally.times, tally.all, tally.worst});
    }
  }
  std::sort(all.begin(), all.end(),
            [](const SlowStatement& a, const SlowStatement& b) {
              return a.all > b.all;
            });
  if (all.size() > limit) all.resize(limit);
  return all;
}

}  // namespace oms_connector::server
