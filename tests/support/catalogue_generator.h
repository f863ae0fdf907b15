// The standing part of a generated world: places, channels, products, stock
// and listings. Each function adds to `world` and draws from `random`, so the
// order of the calls is part of what a seed means.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_CATALOGUE_GENERATOR_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_CATALOGUE_GENERATOR_H_

#include <cstdint>
#include <random>

#include "absl/time/time.h"
#include "tests/support/fake_world.h"

namespace oms_connector::testing_support {

void AddWarehouses(int64_t count, FakeWorld& world);
void AddSalesChannels(int64_t count, FakeWorld& world);

// Modified at some time in the 30 days before `now`.
void AddProducts(int64_t count, absl::Time now, std::mt19937_64& random,
                 FakeWorld& world);

// One row for each product that is no bundle and each warehouse; one in four
// on two shelves, one in twenty with nothing on hand.
void AddStock(std::mt19937_64& random, FakeWorld& world);

// The first channel lists every product under its master SKU, the others two
// in three under SKUs of their own. A listing's number is what the warehouses
// have free.
void AddListings(absl::Time now, std::mt19937_64& random, FakeWorld& world);

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_CATALOGUE_GENERATOR_H_
