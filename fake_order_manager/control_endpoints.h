// The paths under /_control/ by which the demo and black-box tests change the
// fake's world, make it fail and count what it was asked. JSON in and out.
//
//   GET    /_control/world                the whole world (world_json.h)
//   PUT    /_control/world                another world
//   POST   /_control/world/{table}        adds or patches a row, or a list
//   DELETE /_control/world/{table}/{key}  removes a row (stock:
//   WAREHOUSE/PRODUCT) GET    /_control/counters             requests by
//   endpoint, page, filter DELETE /_control/counters             counts from
//   zero GET    /_control/faults               those in force, with hits POST
//   /_control/faults               adds one (fault.h), answers {"id": 1} DELETE
//   /_control/faults[/{id}]        ends it (or all), lets held requests go POST
//   /_control/faults/{id}/await    waits until it holds a request, up to
//                                         timeoutMs (10000): {"held": true}
//   PUT    /_control/quota                {"requestsPerSecond": 5}, 0 = none
//   POST   /_control/acknowledge/forget   the next acknowledge tells everything
//   POST   /_control/reset                the first world again, no faults, no
//                                         counts, no marks
//
// Mistakes are answered 400 or 404 with {"message": …}.
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_CONTROL_ENDPOINTS_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_CONTROL_ENDPOINTS_H_

#include "fake_order_manager/fake_order_manager.h"
#include "fake_order_manager/world.h"

namespace oms_connector::testing_support {

// For FakeOrderManager::Options::control. `first_world` is what a reset goes
// back to.
FakeOrderManager::Control MakeControlEndpoints(FakeWorld first_world);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_CONTROL_ENDPOINTS_H_
