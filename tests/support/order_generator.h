// The moving part of a generated world: orders, some of them split, and their
// parcels. Draws from `random`, so the order of the calls is part of what a
// seed means.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_ORDER_GENERATOR_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_ORDER_GENERATOR_H_

#include <cstdint>
#include <random>

#include "absl/time/time.h"
#include "tests/support/fake_world.h"

namespace oms_connector::testing_support {

// The shipping providers with their services, and the carriers' codes.
void AddProviders(FakeWorld& world);

// `count` orders for listings of the world, within the 6 days before `now`.
// One in six belongs to a split: its members name the one before them in
// relatedOrderIds. Most are shipped, in one parcel or two; some of these by
// OTHER_CARRIER, some voided, some returned. A world without listings gets
// none.
void AddOrders(int64_t count, absl::Time now, std::mt19937_64& random,
               FakeWorld& world);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_ORDER_GENERATOR_H_
