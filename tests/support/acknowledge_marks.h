// The server-side mark of inventory/acknowledge: what each account has been
// told of each sales channel's listings.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_ACKNOWLEDGE_MARKS_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_ACKNOWLEDGE_MARKS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "tests/support/fake_world.h"

namespace oms_connector::testing_support {

// Not thread-safe.
class AcknowledgeMarks {
 public:
  // The listings of `channels` whose number, or the time of it, is another
  // than when `account` last asked; at first every listing with a number. The
  // answer is a JSON array. Asking moves the mark, whether or not the answer
  // arrives: what it told is told.
  std::string Tell(const FakeWorld& world, const std::string& account,
                   const std::set<int64_t>& channels);

  // Everybody's next call is a first one.
  void Forget() { told_.clear(); }

 private:
  using Told = std::pair<int64_t, absl::Time>;  // Quantity, and its time.

  // By account and listing: a listing belongs to one channel.
  std::map<std::pair<std::string, int64_t>, Told> told_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_ACKNOWLEDGE_MARKS_H_
