// Counts what goes through the server's outer edges, where it goes through: the
// store, the Order Managers' HTTP, and waits before it. Each stands in front of
// another of its kind and changes nothing.
//
//   MeteredStore store(std::move(opened), &metrics, &clock);
//   MeteredTransport transport(&curl, &metrics, &clock);
//
// Thread-safe as what they stand in front of.
#ifndef OMS_CONNECTOR_SERVER_OPS_METERED_H_
#define OMS_CONNECTOR_SERVER_OPS_METERED_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "order_manager/http_transport.h"
#include "server/ops/metrics.h"
#include "storage/store.h"

namespace oms_connector::server {

// Also remembers whether the store takes writes: not after one failed with
// STORE_FULL, until Probe succeeds. A write of a caller tells nothing, for it
// may have had nothing to write.
class MeteredStore final : public storage::Store {
 public:
  MeteredStore(std::unique_ptr<storage::Store> store, Metrics* metrics,
               base::Clock* clock)
      : store_(std::move(store)), metrics_(metrics), clock_(clock) {}

  absl::Status Read(const base::CallContext& context,
                    absl::FunctionRef<absl::Status(storage::ReadTransaction&)>
                        function) override;
  absl::Status Write(const base::CallContext& context,
                     absl::FunctionRef<absl::Status(storage::WriteTransaction&)>
                         function) override;

  bool writable() const { return writable_; }
  // Transactions that wrote, since the start.
  struct Writes {
    int64_t committed = 0;
    int64_t failed = 0;  // by the store
    // Of the committed ones together, their waits included.
    absl::Duration took;
  };
  Writes writes() const ABSL_LOCKS_EXCLUDED(mutex_);
  // `told` is called at each change, by the thread that met it. To be set
  // before there is another thread.
  void OnWritable(std::function<void(bool)> told) { told_ = std::move(told); }
  // Writes a row that means nothing and that pruning removes.
  absl::Status Probe(const base::CallContext& context);

 private:
  void SetWritable(bool writable);

  const std::unique_ptr<storage::Store> store_;
  Metrics* const metrics_;
  base::Clock* const clock_;
  std::function<void(bool)> told_ = [](bool) {};
  std::atomic<bool> writable_{true};
  mutable absl::Mutex mutex_;
  Writes writes_ ABSL_GUARDED_BY(mutex_);
};

class MeteredTransport final : public order_manager::HttpTransport {
 public:
  // Owns nothing that it is given.
  MeteredTransport(order_manager::HttpTransport* transport, Metrics* metrics,
                   base::Clock* clock)
      : transport_(transport), metrics_(metrics), clock_(clock) {}

  order_manager::HttpResult Send(const order_manager::HttpRequest& request,
                                 const base::CallContext& context) override;

 private:
  order_manager::HttpTransport* const transport_;
  Metrics* const metrics_;
  base::Clock* const clock_;
};

// For whoever sleeps before asking an Order Manager.
class MeteredSleeper final : public base::Sleeper {
 public:
  // Owns nothing that it is given.
  MeteredSleeper(base::Sleeper* sleeper, Metrics* metrics)
      : sleeper_(sleeper), metrics_(metrics) {}

  absl::Status Sleep(absl::Duration duration,
                     const base::CallContext& context) override;

 private:
  base::Sleeper* const sleeper_;
  Metrics* const metrics_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_METERED_H_
