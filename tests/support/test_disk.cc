#include "tests/support/test_disk.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <utility>

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
  std::map<sqlite3_file*, std::string> paths;
  int64_t until_fault = 0;  // 0 = none
  bool failed = false;
  bool recording = false;
  std::vector<DiskStep> steps;
};

Disk& TheDisk() {
  static auto& disk = *new Disk;
  return disk;
}

const Methods* Original(sqlite3_file* file) {
  Disk& disk = TheDisk();
  const std::lock_guard<std::mutex> lock(disk.mutex);
  return disk.originals.at(file->pMethods);
}

bool Fails() {
  Disk& disk = TheDisk();
  const std::lock_guard<std::mutex> lock(disk.mutex);
  if (disk.until_fault == 0 || --disk.until_fault > 0) return false;
  disk.failed = true;
  return true;
}

// Under the lock of whoever does it, so that steps are noted in their order:
// SQLite writes one file from one thread at a time, and only syncs of one file
// and writes of another may overlap.
void Note(sqlite3_file* file, DiskStep step) {
  Disk& disk = TheDisk();
  const std::lock_guard<std::mutex> lock(disk.mutex);
  if (!disk.recording) return;
  const auto path = disk.paths.find(file);
  if (path == disk.paths.end()) return;  // temporary, without a name
  step.path = path->second;
  disk.steps.push_back(std::move(step));
}

int Write(sqlite3_file* file, const void* bytes, int count,
          sqlite3_int64 offset) {
  if (TheDisk().full) return SQLITE_FULL;
  if (Fails()) return SQLITE_IOERR_WRITE;
  Note(file, {DiskStep::Kind::kWrite, "", offset,
              std::string(static_cast<const char*>(bytes),
                          static_cast<size_t>(count))});
  return Original(file)->xWrite(file, bytes, count, offset);
}

int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  Note(file, {DiskStep::Kind::kTruncate, "", size, ""});
  return Original(file)->xTruncate(file, size);
}

int Sync(sqlite3_file* file, int flags) {
  if (Fails()) return SQLITE_IOERR_FSYNC;
  const int code = Original(file)->xSync(file, flags);
  if (code == SQLITE_OK) Note(file, {DiskStep::Kind::kSync, "", 0, ""});
  return code;
}

int Close(sqlite3_file* file) {
  const Methods* original = Original(file);
  {
    Disk& disk = TheDisk();
    const std::lock_guard<std::mutex> lock(disk.mutex);
    disk.paths.erase(file);
  }
  return original->xClose(file);
}

int Delete(sqlite3_vfs*, const char* path, int sync_directory) {
  Disk& disk = TheDisk();
  {
    const std::lock_guard<std::mutex> lock(disk.mutex);
    if (disk.recording) {
      disk.steps.push_back({DiskStep::Kind::kDelete, path, 0, ""});
    }
  }
  return disk.real->xDelete(disk.real, path, sync_directory);
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
    entry->second.xTruncate = Truncate;
    entry->second.xSync = Sync;
    entry->second.xClose = Close;
    disk.originals[&entry->second] = file->pMethods;
  }
  file->pMethods = &entry->second;
  if (name != nullptr) disk.paths[file] = name;
  return code;
}

void Apply(const DiskStep& step, size_t bytes, std::string& content) {
  const auto offset = static_cast<size_t>(step.offset);
  if (step.kind == DiskStep::Kind::kTruncate) {
    content.resize(offset);
    return;
  }
  if (content.size() < offset + bytes) content.resize(offset + bytes);
  content.replace(offset, bytes, step.bytes, 0, bytes);
}

}  // namespace

TestDisk::TestDisk() {
  Disk& disk = TheDisk();
  disk.full = false;
  FailNth(0);
  StopRecording();
  if (disk.real != nullptr) return;
  disk.real = sqlite3_vfs_find(nullptr);
  disk.ours = *disk.real;
  disk.ours.zName = "test_disk";
  disk.ours.xOpen = Open;
  disk.ours.xDelete = Delete;
  EXPECT_EQ(sqlite3_vfs_register(&disk.ours, /*makeDflt=*/1), SQLITE_OK);
}

void TestDisk::SetFull(bool full) const { TheDisk().full = full; }

void TestDisk::FailNth(int64_t n) const {
  Disk& disk = TheDisk();
  const std::lock_guard<std::mutex> lock(disk.mutex);
  disk.until_fault = n;
  disk.failed = false;
}

bool TestDisk::failed() const {
  Disk& disk = TheDisk();
  const std::lock_guard<std::mutex> lock(disk.mutex);
  return disk.failed;
}

void TestDisk::Record() const {
  Disk& disk = TheDisk();
  const std::lock_guard<std::mutex> lock(disk.mutex);
  disk.steps.clear();
  disk.recording = true;
}

void TestDisk::StopRecording() const {
  Disk& disk = TheDisk();
  const std::lock_guard<std::mutex> lock(disk.mutex);
  disk.recording = false;
}

size_t TestDisk::recorded() const {
  Disk& disk = TheDisk();
  const std::lock_guard<std::mutex> lock(disk.mutex);
  return disk.steps.size();
}

std::vector<size_t> TestDisk::Syncs() const {
  Disk& disk = TheDisk();
  const std::lock_guard<std::mutex> lock(disk.mutex);
  std::vector<size_t> syncs;
  for (size_t i = 0; i < disk.steps.size(); ++i) {
    if (disk.steps[i].kind == DiskStep::Kind::kSync) syncs.push_back(i + 1);
  }
  return syncs;
}

DiskImages::DiskImages()
    : steps_([] {
        Disk& disk = TheDisk();
        const std::lock_guard<std::mutex> lock(disk.mutex);
        return disk.steps;
      }()) {}

std::map<std::string, std::string> DiskImages::At(size_t at, Unsynced unsynced,
                                                  uint64_t seed) {
  for (; done_ < at; ++done_) {
    const DiskStep& step = steps_[done_];
    if (step.kind == DiskStep::Kind::kDelete) {
      files_.erase(step.path);
      continue;
    }
    File& file = files_[step.path];
    if (step.kind != DiskStep::Kind::kSync) {
      file.unsynced.push_back(done_);
      continue;
    }
    for (const size_t i : file.unsynced) {
      Apply(steps_[i], steps_[i].bytes.size(), file.synced);
    }
    file.unsynced.clear();
  }
  std::mt19937_64 random(seed);
  std::map<std::string, std::string> image;
  for (const auto& [path, file] : files_) {
    std::string content = file.synced;
    std::vector<size_t> kept = file.unsynced;
    size_t torn = kept.size();  // the place of one that is cut
    if (unsynced == Unsynced::kLost) kept.clear();
    if (unsynced == Unsynced::kTorn && !kept.empty()) {
      torn = kept.size() / 2;
      kept.resize(torn + 1);
    }
    if (unsynced == Unsynced::kSome) {
      // Of two writes to one place the later one is never undone by the other.
      kept.erase(std::remove_if(kept.begin(), kept.end(),
                                [&](size_t) { return random() % 2 == 0; }),
                 kept.end());
      torn = kept.size();
    }
    for (size_t i = 0; i < kept.size(); ++i) {
      const DiskStep& step = steps_[kept[i]];
      Apply(step, i == torn ? step.bytes.size() / 2 : step.bytes.size(),
            content);
    }
    image[path] = std::move(content);
  }
  return image;
}

}  // namespace oms_connector::testing_support
