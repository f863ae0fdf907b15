#ifndef OMS_CONNECTOR_STORAGE_SQLITE_LOG_CHECKPOINTER_H_
#define OMS_CONNECTOR_STORAGE_SQLITE_LOG_CHECKPOINTER_H_

#include <memory>
#include <utility>

#include "base/executor.h"
#include "storage/sqlite/sqlite_connection.h"
#include "storage/sqlite/sqlite_database.h"

namespace oms_connector::storage {

// Writes the log of a database back into its file while the connection that
// writes goes on, which would else do it within a commit and wait for the disk:
// a tenth of a first pull of shipments. Its thread and its connection are made
// when they are first needed.
//
//   LogCheckpointer checkpointer(options);
//   writer->WatchLog(kMostLogPages,
//                    [&](int pages) { checkpointer.NoteLog(pages); });
//
// The writer alone can begin the log anew, and only where all of it is written
// back. One that writes all the time finds a part of it left whenever this has
// ended, so at kMostLogPages it does that part itself.
class LogCheckpointer {
 public:
  // As the connections of the database were opened.
  explicit LogCheckpointer(SqliteDatabaseOptions options)
      : options_(std::move(options)) {}

  // After a commit. Thread-safe; never blocks.
  void NoteLog(int pages);

 private:
  void WriteBack();

  const SqliteDatabaseOptions options_;
  std::unique_ptr<SqliteConnection> connection_;  // the thread's
  base::Executor thread_{"store-log", /*threads=*/1, /*queue_capacity=*/1};
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQLITE_LOG_CHECKPOINTER_H_
