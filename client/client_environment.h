#ifndef OMS_CONNECTOR_CLIENT_CLIENT_ENVIRONMENT_H_
#define OMS_CONNECTOR_CLIENT_CLIENT_ENVIRONMENT_H_

#include <memory>

#include "base/clock.h"
#include "base/id_generator.h"

namespace oms_connector::client {

// The outside world of a client, shared by whoever uses it. None is null.
struct ClientEnvironment {
  std::shared_ptr<base::Clock> clock;
  std::shared_ptr<base::Sleeper> sleeper;
  std::shared_ptr<base::IdGenerator> ids;
};

}  // namespace oms_connector::client

#endif  // OMS_CONNECTOR_CLIENT_CLIENT_ENVIRONMENT_H_
