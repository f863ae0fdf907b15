// How many threads and places the server gives to each kind of work, and why.
#ifndef OMS_CONNECTOR_SERVER_LIMITS_H_
#define OMS_CONNECTOR_SERVER_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace oms_connector::server {

// Of a drain, for answers to calls whose pulls were ended before their time.
inline constexpr absl::Duration kTimeForAnswers = absl::Seconds(5);
// Reads of SQLite that run at once; each has a connection of its own.
inline constexpr int kStoreReaders = 4;
// Calls that wait for the store do so on a thread; writers queue behind one.
inline constexpr int kStoreThreads = 16;
// Calls that read or write whole feeds: they may keep this many threads, and
// never those of others.
inline constexpr int kCostlyThreads = 4;
// TestConnection, which waits for an Order Manager.
inline constexpr int kOrderManagerThreads = 4;
// CancelSyncRun, which waits for a pull to stop, but not on a thread.
inline constexpr int kControlThreads = 2;
// A caller takes at most half of the threads of a kind, so that its long calls
// leave some to others.
constexpr int ShareOfCaller(int threads) { return threads / 2; }
// Pulls at once; more connections than that take turns.
inline constexpr int kPullThreads = 16;
// A feed that is pulled by itself takes one, so these are both of an account,
// however many connections it has.
inline constexpr int kPullsOfAccount = 2;
// Of feeds whose last pull failed: an Order Manager that hangs is found out
// once on the threads above, and from then on here.
inline constexpr int kFailingPullThreads = 4;
inline constexpr size_t kPullQueue = 10000;
// Servers that share a database begin a pull within so long of its being due,
// each at a moment of its own: much longer than it takes to begin one, so that
// they seldom meet, and little beside the shortest interval.
inline constexpr absl::Duration kPullSpread = absl::Seconds(2);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_LIMITS_H_
