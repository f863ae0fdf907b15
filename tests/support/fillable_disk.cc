#include "tests/support/fillable_disk.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <map>
#include <mutex>

namespace oms_connector::testing_support {
namespace {

using Methods = sqlite3_io_methods;

// What SQLite calls has no place for an object of ours.
struct Disk {
  std::atomic<bool> full{false};
  sqlite3_vfs* real = nullptr;
  sqlite3_vfs ours{};
  std::mutex mutex;
  // Those of the real disk, and ours in place of them; in both directions.
  std::map<const Methods*, Methods> replaced;
  std::map<const Methods*, const Methods*> originals;
};

Disk& TheDisk() {
  static auto& disk = *new Disk;
  return disk;
}

int Write(sqlite3_file* file, const void* bytes, int count,
          sqlite3_int64 offset) {
  Disk& disk = TheDisk();
  if (disk.full) return SQLITE_FULL;
  const Methods* original = nullptr;
  {
    const std::lock_guard<std::mutex> lock(disk.mutex);
    original = disk.originals.at(file->pMethods);
  }
  return original->xWrite(file, bytes, count, offset);
}

int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags,
         int* out_flags) {
  Disk& disk = TheDisk();
  const int code = disk.real->xOpen(disk.real, name, file, flags, out_flags);
  if (file->pMethods == nullptr) return code;
  const std::lock_guard<std::mutex> lock(disk.mutex);
  const auto [entry, added] =
      disk.replaced.emplace(file->pMethods, *file->pMethods);
  if (added) {
    entry->second.xWrite = Write;
    disk.originals[&entry->second] = file->pMethods;
  }
  file->pMethods = &entry->second;
  return code;
}

}  // namespace

FillableDisk::FillableDisk() {
  Disk& disk = TheDisk();
  disk.full = false;
  if (disk.real != nullptr) return;
  disk.real = sqlite3_vfs_find(nullptr);
  disk.ours = *disk.real;
  disk.ours.zName = "fillable";
  disk.ours.xOpen = Open;
  EXPECT_EQ(sqlite3_vfs_register(&disk.ours, /*makeDflt=*/1), SQLITE_OK);
}

void FillableDisk::SetFull(bool full) const { TheDisk().full = full; }

}  // namespace oms_connector::testing_support
