// A disk that a test can fill: SQLite's files are written through it, and where
// it is full they get what a full disk gives, SQLITE_FULL.
//
//   FillableDisk disk;  // before a store is opened
//   disk.SetFull(true);
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_FILLABLE_DISK_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_FILLABLE_DISK_H_

namespace oms_connector::testing_support {

// Thread-safe. There is one disk in a process, under every store that is opened
// after the first object of this class was made; it is not full at first.
class FillableDisk {
 public:
  FillableDisk();

  void SetFull(bool full) const;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_FILLABLE_DISK_H_
