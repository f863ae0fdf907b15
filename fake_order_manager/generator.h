// A believable world of any size: sellers' names and SKUs, weights, images, a
// few inactive products, stock in several places, orders, split orders and
// parcels. The same seed and time give the same world.
//
//   WorldPlan plan;
//   plan.products = 200'000;
//   FakeWorld world = GenerateWorld(plan, absl::Now());
#ifndef OMS_CONNECTOR_FAKE_ORDER_MANAGER_GENERATOR_H_
#define OMS_CONNECTOR_FAKE_ORDER_MANAGER_GENERATOR_H_

#include <cstdint>
#include <random>

#include "absl/time/time.h"
#include "fake_order_manager/world.h"

namespace oms_connector::testing_support {

struct WorldPlan {
  int64_t seed = 1;
  int64_t products = 100;  // Ids from 1001 on; one in 25 is inactive.
  int64_t warehouses = 2;  // Ids from 1 on, all active.
  int64_t channels = 1;    // Ids from 7 on; the first lists every product.
  int64_t orders = 50;     // Ids from 50001 on, one in six of a split.
};

// Every product but bundles (one in 50) has one stock row a warehouse. All
// times lie within the 30 days before `now`, orders' and parcels' within 6.
FakeWorld GenerateWorld(const WorldPlan& plan, absl::Time now);

// ---- Catalogue generator
// -----------------------------------------------------

// The standing part of a generated world: places, channels, products, stock
// and listings. Each function adds to `world` and draws from `random`, so the
// order of the calls is part of what a seed means.

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

// ---- Order generator
// ---------------------------------------------------------

// The moving part of a generated world: orders, some of them split, and their
// parcels. Draws from `random`, so the order of the calls is part of what a
// seed means.

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

#endif  // OMS_CONNECTOR_FAKE_ORDER_MANAGER_GENERATOR_H_
