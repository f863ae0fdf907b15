#include "storage/sqlite/log_checkpointer.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "storage/schema/schema.h"

namespace oms_connector::storage {
namespace {

// With half as many it is no faster, and each page is written more often.
constexpr int kWorthwhilePages = kMostLogPages / 2;

}  // namespace

void LogCheckpointer::NoteLog(int pages) {
  if (pages < kWorthwhilePages) return;
  // One that waits will see this commit, too.
  (void)thread_.TrySubmit([this] { WriteBack(); });
}

// What fails here is left to the writer.
void LogCheckpointer::WriteBack() {
  if (connection_ == nullptr) {
    absl::StatusOr<std::unique_ptr<SqliteConnection>> connection =
        OpenSqliteReader(options_, SqliteSchema());
    if (!connection.ok()) return;
    connection_ = *std::move(connection);
  }
  connection_->ExecuteScript("PRAGMA wal_checkpoint(PASSIVE)").IgnoreError();
}

}  // namespace oms_connector::storage
