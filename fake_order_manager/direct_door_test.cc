#include "fake_order_manager/direct_door.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/manual_clock.h"
#include "base/sequential_id_generator.h"
#include "fake_order_manager/faults.h"
#include "fake_order_manager/generator.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class DirectDoor : public ::testing::Test {
 protected:
  DirectDoor() {
    FakeOrderManager::Options options;
    WorldPlan plan;
    plan.products = 60;
    plan.orders = 30;
    options.world = GenerateWorld(plan, clock_.Now());
    options.token = "secret";
    options.over_http = false;
    options.clock = [this] { return clock_.Now(); };
    fake_ = FakeOrderManager::Start(std::move(options)).value();
    direct_ = std::make_unique<DirectOrderManager>(fake_.get(), &clock_,
                                                   &sleeper_, &ids_);
    call_.account = {"acme", fake_->base_url(), "",
                     base::SecretString("secret")};
  }

  order_manager::OrderManager& om() { return *direct_->get(); }

  base::ManualClock clock_{absl::FromUnixSeconds(1'786'960'800)};
  base::ManualSleeper sleeper_{&clock_};
  base::SequentialIdGenerator ids_;
  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<DirectOrderManager> direct_;
  order_manager::Call call_;
};

TEST_F(DirectDoor, ReadsTheWorld) {
  const auto products = om().ListProducts(call_, std::nullopt, "", {2, 40});
  ASSERT_TRUE(products.ok()) << products.status();
  EXPECT_THAT(products->rows, SizeIs(20));
  EXPECT_THAT(products->notes, IsEmpty());
  EXPECT_THAT(om().ListOrders(call_, std::nullopt, {})->rows, SizeIs(30));
  EXPECT_THAT(om().ListWarehouses(call_)->rows, SizeIs(2));
  EXPECT_GT(om().AcknowledgeInventory(call_, {7})->rows.size(), 10);
  EXPECT_THAT(om().AcknowledgeInventory(call_, {7})->rows, IsEmpty());
  EXPECT_EQ(fake_->log().Count("products"), 1);
}

TEST_F(DirectDoor, TellsTheFakesClock) {
  clock_.Advance(absl::Hours(3));
  EXPECT_EQ(om().ListWarehouses(call_)->server_time, clock_.Now());
  fake_->Mutate([](FakeWorld& world) { world.tells_time = false; });
  EXPECT_EQ(om().ListWarehouses(call_)->server_time, std::nullopt);
}

TEST_F(DirectDoor, FailsAsItIsTold) {
  for (const FaultKind kind :
       {FaultKind::kCloseConnection, FaultKind::kPartialBody,
        FaultKind::kSlowBody, FaultKind::kEndlessBody, FaultKind::kGzipBomb,
        FaultKind::kStatus, FaultKind::kTruncatedJson}) {
    const int64_t id = fake_->faults().Add(MakeFault(kind, "warehouses"));
    EXPECT_EQ(om().ListWarehouses(call_).status().code(),
              absl::StatusCode::kUnavailable)
        << FaultKindName(kind);
    EXPECT_EQ(fake_->faults().hits(id), 5) << FaultKindName(kind);
    fake_->faults().Release(id);
  }
  call_.account.token = base::SecretString("wrong");
  EXPECT_EQ(om().ListWarehouses(call_).status().code(),
            absl::StatusCode::kUnauthenticated);
}

}  // namespace
}  // namespace oms_connector::testing_support
