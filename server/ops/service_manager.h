// Tells systemd how the server is, where systemd has started it (Type=notify);
// does nothing anywhere else. The only place that knows libsystemd.
#ifndef OMS_CONNECTOR_SERVER_OPS_SERVICE_MANAGER_H_
#define OMS_CONNECTOR_SERVER_OPS_SERVICE_MANAGER_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oms_connector::server {

enum class ServiceState { kReady, kReloading, kStopping, kAlive };

// `text` is what `systemctl status` shows of it; empty = as before.
void TellServiceManager(ServiceState state, absl::string_view text = "");

// How often kAlive has to be told, with time to spare; infinite where nobody
// watches.
absl::Duration WatchdogInterval();

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_OPS_SERVICE_MANAGER_H_
