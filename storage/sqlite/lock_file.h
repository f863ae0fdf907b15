#ifndef OMS_CONNECTOR_STORAGE_SQLITE_LOCK_FILE_H_
#define OMS_CONNECTOR_STORAGE_SQLITE_LOCK_FILE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace oms_connector::storage {

// Keeps a second server off the same database. The lock belongs to the open
// file, so the operating system takes it back however the process ends; the
// file itself stays, as removing it would let two servers lock different files
// of one name.
//
//   OMS_ASSIGN_OR_RETURN(auto lock, LockFile::Take("/var/lib/x/oms.db.lock"));
class LockFile {
 public:
  // FAILED_PRECONDITION, with a message for the operator, when another holds
  // it or the file cannot be made.
  static absl::StatusOr<std::unique_ptr<LockFile>> Take(
      const std::string& path);

  // A short text that the file keeps for the next who takes the lock; empty
  // where none was written. Reading and writing fail silently: the text is
  // about what can be told, not about what must be.
  std::string ReadNote() const;
  void WriteNote(const std::string& note) const;

  ~LockFile();
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;

 private:
  explicit LockFile(int file) : file_(file) {}

  const int file_;
};

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQLITE_LOCK_FILE_H_
