#include "omsctl/connection_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "omsctl/command_line.h"
#include "omsctl/scripted_omsctl.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string FileWith(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

class ConnectionCommandsTest : public ::testing::Test {
 protected:
  v1::CreateConnectionRequest Created() {
    EXPECT_EQ(omsctl_.server.Calls<v1::CreateConnectionRequest>(), 1);
    return omsctl_.server.Sent<v1::CreateConnectionRequest>(
        omsctl_.server.Calls<v1::CreateConnectionRequest>() - 1);
  }

  v1::UpdateConnectionRequest Updated() {
    EXPECT_EQ(omsctl_.server.Calls<v1::UpdateConnectionRequest>(), 1);
    return omsctl_.server.Sent<v1::UpdateConnectionRequest>(
        omsctl_.server.Calls<v1::UpdateConnectionRequest>() - 1);
  }

  ScriptedOmsctl omsctl_;
};

TEST_F(ConnectionCommandsTest, CreateSendsWhatWasTyped) {
  v1::CreateConnectionResponse answer;
  answer.mutable_connection()->set_name("connections/acme");
  omsctl_.server.Answer(answer);
  v1::TestConnectionResponse tested;
  tested.add_cart_sales_channels()->set_cart("shop");
  tested.mutable_cart_sales_channels(0)->mutable_sales_channel()->set_id(7);
  tested.add_cart_errors()->set_cart("amazon");
  omsctl_.server.Answer(tested);
  omsctl_.input = "s3cret\n";
  EXPECT_EQ(
      omsctl_.Run({"connections", "create", "acme", "--base-url",
                   "https://api.skubana.com", "--path-prefix", "/service",
                   "--token-stdin", "--display-name", "Acme Inc.", "--cart",
                   "id=shop,channel=7", "--cart", "id=amazon,channel=8",
                   "--inventory-interval", "10m", "--shipment-interval", "2m"}),
      kDone);
  const v1::CreateConnectionRequest request = Created();
  EXPECT_EQ(request.connection_id(), "acme");
  const v1::Connection& connection = request.connection();
  EXPECT_EQ(connection.order_manager().base_url(), "https://api.skubana.com");
  EXPECT_EQ(connection.order_manager().path_prefix(), "/service");
  EXPECT_EQ(connection.order_manager().access_token(), "s3cret");
  EXPECT_EQ(connection.display_name(), "Acme Inc.");
  ASSERT_THAT(connection.carts(), SizeIs(2));
  EXPECT_EQ(connection.carts(1).id(), "amazon");
  EXPECT_EQ(connection.inventory_interval().seconds(), 600);
  EXPECT_EQ(connection.shipment_interval().seconds(), 120);
  EXPECT_THAT(omsctl_.out, HasSubstr("connection:   acme\n"));
  // How the account resolves each cart is said at once.
  EXPECT_THAT(omsctl_.out, HasSubstr("Cart shop is sales channel  (7).\n"));
  EXPECT_THAT(omsctl_.out, HasSubstr("Cart amazon is left out: "));
  EXPECT_THAT(omsctl_.out + omsctl_.error, Not(HasSubstr("s3cret")));
}

TEST_F(ConnectionCommandsTest, FlagsGoOnTopOfAFile) {
  omsctl_.server.Answer(v1::CreateConnectionResponse());
  omsctl_.server.Fail<v1::TestConnectionResponse>(
      absl::PermissionDeniedError("you are no operator"));
  const std::string file = FileWith("acme.json", R"({
    "displayName": "From the file",
    "orderManager": {"baseUrl": "https://api.skubana.com",
                     "accessToken": "s3cret"},
    "carts": [{"id": "shop", "salesChannel": "7"}]})");
  EXPECT_EQ(omsctl_.Run({"connections", "create", "acme", "--from-file", file,
                         "--display-name", "From the flag"}),
            kDone);
  const v1::Connection connection = Created().connection();
  EXPECT_EQ(connection.display_name(), "From the flag");
  EXPECT_EQ(connection.order_manager().access_token(), "s3cret");
  EXPECT_EQ(connection.carts(0).sales_channel(), "7");
}

TEST_F(ConnectionCommandsTest, AFileThatIsNoConnectionIsNotQuoted) {
  const std::string file =
      FileWith("broken.json", R"({"orderManager": {"accessToken": "s3cret)");
  EXPECT_EQ(omsctl_.Run({"connections", "create", "acme", "--from-file", file}),
            kUsage);
  EXPECT_THAT(omsctl_.error, HasSubstr("is not a connection in JSON"));
  EXPECT_THAT(omsctl_.error, Not(HasSubstr("s3cret")));
}

TEST_F(ConnectionCommandsTest, UpdateNamesWhatWasGivenAndNothingElse) {
  omsctl_.server.Answer(v1::UpdateConnectionResponse());
  EXPECT_EQ(
      omsctl_.Run({"connections", "update", "acme", "--display-name", "",
                   "--token-file", FileWith("token", "n3w\n"), "--etag", "e1"}),
      kDone);
  const v1::UpdateConnectionRequest request = Updated();
  EXPECT_EQ(request.connection().name(), "connections/acme");
  EXPECT_EQ(request.connection().etag(), "e1");
  EXPECT_EQ(request.connection().order_manager().access_token(), "n3w");
  EXPECT_THAT(request.update_mask().paths(),
              ElementsAre("display_name", "order_manager.access_token"));
}

TEST_F(ConnectionCommandsTest, UpdateReplacesAllCarts) {
  omsctl_.server.Answer(v1::UpdateConnectionResponse(), 2);
  EXPECT_EQ(omsctl_.Run({"connections", "update", "acme", "--cart", "id=shop"}),
            kDone);
  EXPECT_THAT(Updated().update_mask().paths(), ElementsAre("carts"));
  EXPECT_THAT(Updated().connection().carts(), SizeIs(1));
  EXPECT_EQ(omsctl_.Run({"connections", "update", "acme", "--no-carts"}),
            kDone);
  const auto& request = omsctl_.server.Sent<v1::UpdateConnectionRequest>(
      omsctl_.server.Calls<v1::UpdateConnectionRequest>() - 1);
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("carts"));
  EXPECT_THAT(request.connection().carts(), IsEmpty());
}

TEST_F(ConnectionCommandsTest, WhatMakesNoSenseIsNotSent) {
  EXPECT_EQ(omsctl_.Run({"connections", "update", "acme"}), kUsage);
  EXPECT_EQ(omsctl_.Run({"connections", "update", "acme", "--no-carts",
                         "--cart", "id=shop"}),
            kUsage);
  EXPECT_EQ(omsctl_.Run({"connections", "create", "acme", "--cart", "shop"}),
            kUsage);
  EXPECT_EQ(omsctl_.Run({"connections", "create", "acme",
                         "--inventory-interval", "often"}),
            kUsage);
  EXPECT_EQ(omsctl_.Run({"connections", "delete", "acme"}), kUsage);
  EXPECT_THAT(omsctl_.error, HasSubstr("say --yes"));
  EXPECT_EQ(omsctl_.server.Calls<v1::CreateConnectionRequest>(), 0);
  EXPECT_EQ(omsctl_.server.Calls<v1::UpdateConnectionRequest>(), 0);
  EXPECT_EQ(omsctl_.server.Calls<v1::DeleteConnectionRequest>(), 0);
}

TEST_F(ConnectionCommandsTest, DeleteWantsAYes) {
  omsctl_.server.Answer(v1::DeleteConnectionResponse());
  EXPECT_EQ(omsctl_.Run({"connections", "delete", "acme", "--yes"}), kDone);
  EXPECT_EQ(omsctl_.server.Sent<v1::DeleteConnectionRequest>(0).name(),
            "connections/acme");
  EXPECT_EQ(omsctl_.out, "acme is deleted.\n");
}

TEST_F(ConnectionCommandsTest, ListAndGetShowConnections) {
  v1::ListConnectionsResponse list;
  list.add_connections()->set_name("connections/acme");
  omsctl_.server.Answer(list);
  EXPECT_EQ(omsctl_.Run({"connections", "list"}), kDone);
  EXPECT_THAT(omsctl_.out, HasSubstr("\nacme "));

  omsctl_.server.Answer(v1::ListConnectionsResponse());
  EXPECT_EQ(omsctl_.Run({"connections", "list"}), kDone);
  EXPECT_THAT(omsctl_.out, HasSubstr("no connections yet"));

  v1::GetConnectionResponse one;
  *one.mutable_connection() = list.connections(0);
  omsctl_.server.Answer(one);
  EXPECT_EQ(omsctl_.Run({"connections", "get", "connections/acme"}), kDone);
  EXPECT_EQ(omsctl_.server.Sent<v1::GetConnectionRequest>(0).name(),
            "connections/acme");
}

// A name says little: two channels may differ by a letter.
TEST_F(ConnectionCommandsTest, GetSaysWhichChannelEachCartIs) {
  v1::GetConnectionResponse got;
  got.mutable_connection()->set_name("connections/acme");
  got.mutable_connection()->add_carts()->set_id("shop");
  v1::TestConnectionResponse tested;
  v1::CartSalesChannel& found = *tested.add_cart_sales_channels();
  found.set_cart("shop");
  found.mutable_sales_channel()->set_name("Web Shop");
  found.mutable_sales_channel()->set_id(7);
  omsctl_.server.Answer(got);
  omsctl_.server.Answer(tested);
  EXPECT_EQ(omsctl_.Run({"connections", "get", "acme"}), kDone);
  EXPECT_THAT(omsctl_.out,
              HasSubstr("Cart shop is sales channel Web Shop (7)."));
  // An account that pulls cannot use is not asked once more.
  got.mutable_connection()
      ->mutable_health()
      ->mutable_inventory()
      ->mutable_last_error()
      ->set_code(14);
  omsctl_.server.Answer(got);
  EXPECT_EQ(omsctl_.Run({"connections", "get", "acme"}), kDone);
}

TEST_F(ConnectionCommandsTest, ATestThatFailsEndsWithOne) {
  v1::TestConnectionResponse answer;
  answer.mutable_error()->set_code(9);
  answer.mutable_error()->set_message("the token is refused");
  omsctl_.server.Answer(answer);
  EXPECT_EQ(omsctl_.Run({"connections", "test", "acme"}), kFailed);
  EXPECT_THAT(omsctl_.out, HasSubstr("could not be used"));
  EXPECT_THAT(omsctl_.error, HasSubstr("the token is refused"));
}

}  // namespace
}  // namespace oms_connector::omsctl
