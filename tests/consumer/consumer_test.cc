#include "consumer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "oms_connector/client/mocks.h"

namespace consumer {
namespace {

using oms_connector::client::Answers;
using oms_connector::client::ClientOf;
using oms_connector::client::ErrorWithReason;
using oms_connector::client::Fails;
using oms_connector::client::MockConnectorStub;
using oms_connector::client::ReasonOf;

TEST(Consumer, CountsLevels) {
  oms_connector::v1::SyncInventoryResponse page;
  page.add_levels()->set_available(7);
  page.add_levels();
  page.set_caught_up(true);
  auto stub = std::make_shared<MockConnectorStub>();
  EXPECT_CALL(*stub, SyncInventory).WillOnce(Answers(page));
  EXPECT_EQ(*Describe(ClientOf(stub), "connections/acme", "shop"),
            "shop has 2 levels, 1 of them withheld");
}

TEST(Consumer, PassesErrorsOn) {
  auto stub = std::make_shared<MockConnectorStub>();
  EXPECT_CALL(*stub, SyncInventory)
      .WillOnce(Fails(ErrorWithReason(absl::StatusCode::kNotFound, "no cart",
                                      "CART_NOT_FOUND")));
  EXPECT_EQ(
      ReasonOf(Describe(ClientOf(stub), "connections/acme", "shop").status()),
      "CART_NOT_FOUND");
}

}  // namespace
}  // namespace consumer
