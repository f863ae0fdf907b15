// One thing that goes wrong on demand, and which requests it strikes.
//
//   Fault fault = MakeFault(FaultKind::kStatus, "orders", /*count=*/2);
//   fault.status = 503;
//   fault.from_request = 3;      // The 3rd and 4th request for orders fail.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_FAULTS_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_FAULTS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "fake_order_manager/row_filter.h"

namespace oms_connector::testing_support {

// In brackets: the name in control requests, and the fields that shape it.
enum class FaultKind {
  // Before an answer: the request waits. Others may strike it as well.
  kDelay,  // (delay: delay)
  kHold,   // (hold) until FaultPlan::Release.

  // Other rows than asked for.
  kPageIgnored,  // (page_ignored) every page is page 1.
  // (shifting_rows: rows, to_the_end) page p of a list starts rows×(p−1) rows
  // later: positive, rows are missed, or come behind the last one; negative,
  // they come twice. No two pages start at the same row for that.
  kShiftingRows,
  kGarbledRows,    // (garbled_rows: rows) the first rows of a page lose their
                   // ids, their SKUs, or have "abc" for a quantity, in turn.
  kField,          // (field: field, json) in the first rows of a page, the
                   // member at this JSON pointer is this text.
  kWrongTypes,     // (wrong_types) texts for numbers, numbers for texts, …
  kNan,            // (nan) NaN for the first number of each row.
  kDuplicateKeys,  // (duplicate_keys) each row's plain members come twice,
                   // first with another value.
  kBadUtf8,        // (bad_utf8) an overlong byte in each row's first text.

  // Another body than the answer, with its status.
  kBody,           // (body: json) this text.
  kHtmlBody,       // (html_body)
  kEmptyBody,      // (empty_body) no byte at all.
  kByteOrderMark,  // (byte_order_mark) in front of the answer.
  kTruncatedJson,  // (truncated_json) half of the answer, politely ended.
  kNotAnArray,     // (not_an_array) {"message": …}
  kDeepNesting,    // (deep_nesting: size) so many lists in each other.
  kGzipBomb,       // (gzip_bomb: size) inflates to that many bytes.

  // The connection.
  kPartialBody,      // (partial_body) half of the promised bytes, then closed.
  kSlowBody,         // (slow_body: bytes_per_second)
  kEndlessBody,      // (endless_body: bytes_per_second; 0 = at full speed)
  kCloseConnection,  // (close_connection) before the first byte.

  // Another answer.
  kStatus,    // (status: status)
  kQuota,     // (quota: retry_after) 429; no header where it is absent.
  kRedirect,  // (redirect: location) 302.
};

struct Fault {
  FaultKind kind = FaultKind::kStatus;

  // Which requests: those of one endpoint (its EndpointName; empty = any)
  // which have all these parameters. An absent page counts as page 1.
  std::string endpoint;
  std::map<std::string, std::string> parameters;
  // Of those, counted from 1 since the fault was added: the first to strike,
  // how many (absent = all that follow), and how likely each.
  int64_t from_request = 1;
  std::optional<int64_t> count;
  double probability = 1;
  int64_t seed = 1;

  // Whether the Order Manager has done its work when a wait, another answer
  // or a closed connection comes: has moved an acknowledge mark, has read the
  // rows that a held answer tells. Broken bodies always come after the work.
  bool processed = false;

  int64_t status = 500;
  std::optional<absl::Duration> retry_after;
  absl::Duration delay = absl::ZeroDuration();
  std::string location;
  std::string field;  // "/product/masterSku"
  std::string json;
  int64_t rows = 1;
  bool to_the_end = false;
  int64_t bytes_per_second = 100;
  int64_t size = 100'000;
};

Fault MakeFault(FaultKind kind, std::string endpoint = "",
                std::optional<int64_t> count = std::nullopt);

bool StrikesAfterWork(const Fault& fault);

absl::string_view FaultKindName(FaultKind kind);

// {"kind": "status", "endpoint": "orders", "parameters": {"page": "2"},
//  "fromRequest": 1, "count": 2, "probability": 0.5, "seed": 7,
//  "processed": false, "status": 503, "retryAfterMs": 1500, "delayMs": 200,
//  "location": "http://…", "rows": 3, "toTheEnd": false, "bytesPerSecond": 100,
//  "size": 100000};
// all but kind may be left out. INVALID_ARGUMENT for anything else, an
// endpoint that does not exist included.
absl::StatusOr<Fault> FaultFromJson(absl::string_view json);
std::string FaultToJson(const Fault& fault);

// ---- Fault plan
// --------------------------------------------------------------

// The faults that are in force, and the requests they hold.
//
//   FaultPlan& faults = fake.faults();
//   const int64_t hold = faults.Add(MakeFault(FaultKind::kHold, "products",
//   1)); …start a pull… ASSERT_TRUE(faults.WaitUntilHeld(hold,
//   absl::Seconds(10))); …the pull is in the middle of that page…
//   faults.Release(hold);

// What Strike says of a request: the fault, and its name for Wait.
struct StruckFault {
  int64_t id = 0;
  Fault fault;
};

// Thread-safe.
class FaultPlan {
 public:
  // Puts a fault in force, behind those that are. Returns its id.
  int64_t Add(Fault fault) ABSL_LOCKS_EXCLUDED(mutex_);

  // Takes it out of force and lets the requests go that it holds. Its hits
  // stay readable. False where it was not in force.
  bool Release(int64_t id) ABSL_LOCKS_EXCLUDED(mutex_);
  void ReleaseAll() ABSL_LOCKS_EXCLUDED(mutex_);

  // How many requests the fault has struck.
  int64_t hits(int64_t id) const ABSL_LOCKS_EXCLUDED(mutex_);

  // Blocks until the fault holds a request; false when `timeout` comes first.
  bool WaitUntilHeld(int64_t id, absl::Duration timeout) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  // The faults in force with their counts, as a JSON array.
  std::string ToJson() const ABSL_LOCKS_EXCLUDED(mutex_);

  // For the server. The faults that strike this request, oldest first; counts
  // them as hits.
  std::vector<StruckFault> Strike(absl::string_view endpoint,
                                  const QueryParameters& parameters)
      ABSL_LOCKS_EXCLUDED(mutex_);

  // For the server. Sits out a delay or a hold; any other fault does not wait.
  void Wait(const StruckFault& struck) ABSL_LOCKS_EXCLUDED(mutex_);

  // For the server. Ends all waits, now and from now on.
  void Stop() ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  struct Entry {
    Fault fault;
    std::mt19937_64 random;
    int64_t matches = 0;
    int64_t hits = 0;
    int64_t held = 0;  // Requests waiting right now.
    bool in_force = true;
  };

  static bool StrikesNow(Entry& entry);
  bool IsInForce(int64_t id) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::map<int64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_FAULTS_H_
