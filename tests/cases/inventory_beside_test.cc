// What a pull stores while it reads on: rows that come again meanwhile, and
// writes that fail.
#include <atomic>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/inventory_bench.h"

namespace oms_connector::testing_support {
namespace {

using inventory::SyncPage;
using model::SyncState;

class InventoryBeside : public ::testing::Test {
 protected:
  using Request = WatchedOrderManager::Request;

  InventoryBeside() {
    bench_.AddTwoWarehouses();
    bench_.SetRowsOfACommit(1);
  }

  std::string Seen() { return Brief(bench_.Levels()); }
  SyncPage Pull() { return *bench_.Sync(); }
  void SetHook(std::function<absl::Status(const Request&)> answer) {
    bench_.order_manager().SetHook(std::move(answer));
  }

  InventoryBench bench_;
};

// Products are stored while further pages are read, and lists shift.
TEST_F(InventoryBeside, OfAProductThatComesTwiceTheLastCounts) {
  bench_.SetPageLimit(3);
  bench_.AddProduct(9, "C", /*active=*/true, bench_.now());
  bench_.AddProduct(10, "A", /*active=*/true, bench_.now());
  bench_.AddProduct(11, "B", /*active=*/true, bench_.now());
  Pull();
  bench_.Advance(absl::Hours(1));
  bench_.AddProduct(9, "C", /*active=*/true, bench_.now());
  bench_.AddProduct(10, "A", /*active=*/true, bench_.now());
  bench_.AddProduct(11, "B", /*active=*/false, bench_.now());
  bool shifts = true;
  SetHook([&](const Request& request) {
    if (request.endpoint == "products" && request.page == 2 &&
        std::exchange(shifts, false)) {
      bench_.AddProduct(1, "N", /*active=*/true, bench_.now());
      bench_.AddProduct(11, "B", /*active=*/true, bench_.now());
    }
    return absl::OkStatus();
  });
  EXPECT_EQ(Pull().run->state, SyncState::kSucceeded);
  EXPECT_FALSE(shifts);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5");
}

// Stock is stored while further pages are read. What is lost so is read again:
// nothing that was read behind it is stored.
TEST_F(InventoryBeside, WhatAFailedWriteHasLostIsNotPassedOver) {
  bench_.SetPageLimit(1);
  for (const int64_t product : {20, 21, 22, 23}) {
    bench_.AddStock(1, product, absl::StrCat("P", product), 1, 0);
  }
  Pull();
  for (const int64_t product : {20, 21, 22, 23}) {
    bench_.AddStock(1, product, absl::StrCat("P", product), 9, 0);
  }
  std::atomic<bool> changed = false;  // pages are fetched beside writes
  SetHook([&](const Request& request) {
    if (request.endpoint == "stock" && request.page > 3) changed = true;
    return absl::OkStatus();
  });
  // One write fails once, of a row that has changed.
  bench_.SetRunWriteHook([&] {
    return changed.exchange(false) ? absl::UnavailableError("disk")
                                   : absl::OkStatus();
  });
  EXPECT_EQ(Pull().run->state, SyncState::kFailed);
  bench_.SetRunWriteHook(nullptr);
  SetHook([](const Request&) { return absl::OkStatus(); });
  EXPECT_EQ(Pull().run->state, SyncState::kSucceeded);
  EXPECT_EQ(Seen(), "A@1=7 A@2=3 B@1=5 P20@1=9 P21@1=9 P22@1=9 P23@1=9");
}

}  // namespace
}  // namespace oms_connector::testing_support
