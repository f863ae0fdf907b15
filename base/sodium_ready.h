#ifndef OMS_CONNECTOR_BASE_SODIUM_READY_H_
#define OMS_CONNECTOR_BASE_SODIUM_READY_H_

namespace oms_connector::base {

// Initialises libsodium; call it before any other function of that library.
// Thread-safe and cheap when done already. Ends the process where the machine
// gives no randomness, since nothing here would be safe then.
void EnsureSodiumReady();

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_SODIUM_READY_H_
