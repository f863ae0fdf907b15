// The disk under SQLite's files, as a test wants it: full, failing, or watched,
// so that a test can tell what would be on it had the power gone at any moment.
//
//   TestDisk disk;  // before a store is opened
//   disk.SetFull(true);
//   disk.FailNth(3);
//   disk.Record();
//   ...
//   for (size_t at = 0; at <= disk.recorded(); ++at) disk.Image(at, …);
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_TEST_DISK_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_TEST_DISK_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace oms_connector::testing_support {

// What a disk did, in order.
struct DiskStep {
  enum class Kind { kWrite, kTruncate, kSync, kDelete };
  Kind kind = Kind::kWrite;
  std::string path;
  int64_t offset = 0;  // of a write; the new size of a truncated file
  std::string bytes;
};

// What becomes of writes that no sync has followed when the power goes. A disk
// may do any of these.
enum class Unsynced {
  kLost,
  kKept,
  kTorn,  // the first half of them, and half of the next one
  kSome,  // any of them, as if the disk had an order of its own
};

// Thread-safe. There is one disk in a process, under every store that is opened
// after the first object of this class was made; nothing is wrong with it at
// first.
class TestDisk {
 public:
  TestDisk();

  // Writes give SQLITE_FULL.
  void SetFull(bool full) const;

  // The `n`-th write or sync from now on (1 = the next) gives an I/O error and
  // does nothing else; once only. 0 = none.
  void FailNth(int64_t n) const;
  // Whether one has failed since FailNth.
  bool failed() const;

  // Notes from now on what is done, having forgotten what was.
  void Record() const;
  void StopRecording() const;
  // Steps noted so far.
  size_t recorded() const;
  // The places right after each sync.
  std::vector<size_t> Syncs() const;

 private:
  friend class DiskImages;
};

// Files as they would be found, made from what the disk has noted.
class DiskImages {
 public:
  DiskImages();

  // By path: all files at the moment when the first `at` steps were done. Calls
  // with a growing `at` cost what lies between them. `seed` is for kSome.
  std::map<std::string, std::string> At(size_t at, Unsynced unsynced,
                                        uint64_t seed);

 private:
  struct File {
    std::string synced;
    std::vector<size_t> unsynced;  // steps
  };
  const std::vector<DiskStep> steps_;
  size_t done_ = 0;
  std::map<std::string, File> files_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_TEST_DISK_H_
