// A network that goes wrong: stands in front of a port of this machine and
// passes bytes on as its weather says.
//
//   FaultProxy proxy(PortOf(server.address()));
//   WireClient client(absl::StrCat("127.0.0.1:", proxy.port()));
//   proxy.Set({FaultProxy::Kind::kCut, /*bytes=*/100});
//
// Thread-safe.
#ifndef OMS_CONNECTOR_TESTS_FAULTS_FAULT_PROXY_H_
#define OMS_CONNECTOR_TESTS_FAULTS_FAULT_PROXY_H_

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace oms_connector::testing_support {

// Of "HOST:PORT".
int PortOf(absl::string_view address);

class FaultProxy {
 public:
  enum class Kind {
    kPass,
    kDelay,     // each piece waits for `delay`
    kThrottle,  // `bytes` a second, in each direction
    kCut,       // ends after `bytes` of what is answered
    kReset,     // the same, with a reset
    kHalfOpen,  // after `bytes` of what is answered nothing comes any more, not
                // even an end
    kRefuse,    // connections are closed when they come
  };
  struct Weather {
    Kind kind = Kind::kPass;
    int64_t bytes = 0;
    absl::Duration delay = absl::ZeroDuration();
  };

  explicit FaultProxy(int target_port);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  int port() const { return port_; }
  // For connections that come from now on; those that are open are closed.
  void Set(Weather weather);
  // The same, but those that are open stay as they are.
  void SetForNew(Weather weather);

 private:
  struct Link;

  void Accept();
  void Pump(Link& link);
  // False when the link is over.
  bool Pass(Link& link, int from, int to, int64_t* answered);

  const int target_port_;
  int listener_ = -1;
  int port_ = 0;
  absl::Mutex mutex_;
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  Weather weather_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<Link>> links_ ABSL_GUARDED_BY(mutex_);
  std::thread acceptor_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_FAULTS_FAULT_PROXY_H_
