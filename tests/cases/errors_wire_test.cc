// What goes wrong comes back with the code and the reason that the contract
// names, exactly one ErrorInfo, and the details that help.
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/impl/codegen/client_unary_call.h"
#include "gtest/gtest.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kMalformed[] = "INVALID_ARGUMENT INVALID_REQUEST +BadRequest";

// One connection with a cart that the Order Manager knows.
class ErrorsWireTest : public ::testing::Test {
 protected:
  ErrorsWireTest() {
    bench_.CreateConnection("acme", "carts { id: 'shop' sales_channel: '7' }");
  }

  std::string Sync(const std::string& text) {
    return bench_.Call(&ConnectorStub::SyncInventory, text).error();
  }
  std::string Poll(const std::string& text) {
    return bench_.Call(&ConnectorStub::PollShipments, text).error();
  }
  std::string Create(const std::string& id, const std::string& text) {
    return bench_
        .Call(&ConnectionStub::CreateConnection,
              NewConnectionRequest(id, bench_.fake().base_url(), text))
        .error();
  }

  WireBench bench_;
};

TEST_F(ErrorsWireTest, MalformedConnectionNames) {
  for (const char* name :
       {"", "acme", "connections/", "connections/Acme", "connections/acme/x",
        "connections/a", "connections/acme ", "/connections/acme"}) {
    const std::string text = absl::StrCat("connection: '", name, "'");
    EXPECT_EQ(Sync(text), kMalformed) << name;
    EXPECT_EQ(Poll(text), kMalformed) << name;
    EXPECT_EQ(bench_
                  .Call(&ConnectionStub::GetConnection,
                        absl::StrCat("name: '", name, "'"))
                  .error(),
              kMalformed)
        << name;
  }
}

TEST_F(ErrorsWireTest, MalformedNamesOfOtherResources) {
  EXPECT_EQ(
      bench_
          .Call(&ConnectorStub::GetSettings, "name: 'connections/acme/setting'")
          .error(),
      kMalformed);
  EXPECT_EQ(bench_
                .Call(&ConnectionStub::GetSyncRun,
                      "name: 'connections/acme/syncRuns/Run_1'")
                .error(),
            kMalformed);
  EXPECT_EQ(bench_
                .Call(&ConnectionStub::ReleaseShipments,
                      "parent: 'connections/acme' "
                      "names: 'connections/acme/shipments/nine'")
                .error(),
            kMalformed);
  EXPECT_EQ(Create("A", ""), kMalformed);
}

TEST_F(ErrorsWireTest, SizesBelowZero) {
  EXPECT_EQ(Sync("connection: 'connections/acme' max_results: -1"), kMalformed);
  EXPECT_EQ(Poll("connection: 'connections/acme' max_results: -1"), kMalformed);
  EXPECT_EQ(
      bench_.Call(&ConnectionStub::ListConnections, "page_size: -1").error(),
      kMalformed);
  EXPECT_EQ(bench_
                .Call(&ConnectionStub::ListShipments,
                      "parent: 'connections/acme' page_size: -1")
                .error(),
            kMalformed);
  EXPECT_EQ(Sync("connection: 'connections/acme' max_wait { seconds: -1 }"),
            kMalformed);
  EXPECT_EQ(
      Sync("connection: 'connections/acme' max_staleness { seconds: -1 }"),
      kMalformed);
}

TEST_F(ErrorsWireTest, CursorsThatAreNone) {
  EXPECT_EQ(Sync("connection: 'connections/acme' cursor: 'abc'"), kMalformed);
  EXPECT_EQ(Poll("connection: 'connections/acme' cursor: 'abc'"), kMalformed);
  EXPECT_EQ(bench_.Call(&ConnectionStub::ListConnections, "page_token: 'abc'")
                .error(),
            kMalformed);
}

TEST_F(ErrorsWireTest, CursorOfTheOtherFeed) {
  const auto levels = bench_.SyncNow();
  ASSERT_EQ(levels.error(), "OK");
  const auto events = bench_.Call(&ConnectorStub::PollShipments,
                                  "connection: 'connections/acme'");
  ASSERT_EQ(events.error(), "OK");
  EXPECT_EQ(Poll(absl::StrCat("connection: 'connections/acme' cursor: '",
                              levels->next_cursor(), "'")),
            kMalformed);
  EXPECT_EQ(Sync(absl::StrCat("connection: 'connections/acme' cursor: '",
                              events->next_cursor(), "'")),
            kMalformed);
}

TEST_F(ErrorsWireTest, CursorIsAcceptedInItsExactTextOnly) {
  const std::string cursor = bench_.SyncNow()->next_cursor();
  for (const std::string& other :
       {cursor + "=", cursor + " ", " " + cursor, cursor + cursor,
        cursor.substr(0, cursor.size() - 1)}) {
    EXPECT_EQ(Sync(absl::StrCat("connection: 'connections/acme' cursor: '",
                                other, "'")),
              kMalformed)
        << other;
  }
}

TEST_F(ErrorsWireTest, CursorOfAnotherConnection) {
  bench_.CreateConnection("bolt", "carts { id: 'shop' sales_channel: '7' }");
  const std::string cursor = bench_.SyncNow("bolt")->next_cursor();
  EXPECT_EQ(Sync(absl::StrCat("connection: 'connections/acme' cursor: '",
                              cursor, "'")),
            "OUT_OF_RANGE CURSOR_EXPIRED");
}

TEST_F(ErrorsWireTest, CursorFromBeforeADelete) {
  const std::string cursor = bench_.SyncNow()->next_cursor();
  ASSERT_EQ(
      bench_.Call(&ConnectionStub::DeleteConnection, "name: 'connections/acme'")
          .error(),
      "OK");
  bench_.CreateConnection("acme", "carts { id: 'shop' sales_channel: '7' }");
  EXPECT_EQ(Sync(absl::StrCat("connection: 'connections/acme' cursor: '",
                              cursor, "'")),
            "OUT_OF_RANGE CURSOR_EXPIRED");
}

TEST_F(ErrorsWireTest, CursorAndConsumerTogether) {
  const auto events = bench_.Call(&ConnectorStub::PollShipments,
                                  "connection: 'connections/acme'");
  EXPECT_EQ(Poll(absl::StrCat("connection: 'connections/acme' consumer: 'erp' "
                              "cursor: '",
                              events->next_cursor(), "'")),
            kMalformed);
  EXPECT_EQ(Poll("connection: 'connections/acme' consumer: 'No Name'"),
            kMalformed);
}

TEST_F(ErrorsWireTest, ConsumerAndCursorOfAnAcknowledgementBelongTogether) {
  EXPECT_EQ(bench_
                .Call(&ConnectorStub::AcknowledgeShipments,
                      "connection: 'connections/acme' consumer: 'erp'")
                .error(),
            kMalformed);
  EXPECT_EQ(bench_
                .Call(&ConnectorStub::AcknowledgeShipments,
                      "connection: 'connections/acme' consumer: 'erp' "
                      "cursor: 'abc'")
                .error(),
            kMalformed);
}

TEST_F(ErrorsWireTest, NamesWhatDoesNotExist) {
  EXPECT_THAT(Sync("connection: 'connections/nobody'"),
              ::testing::StartsWith("NOT_FOUND CONNECTION_NOT_FOUND"));
  EXPECT_THAT(Poll("connection: 'connections/nobody'"),
              ::testing::StartsWith("NOT_FOUND CONNECTION_NOT_FOUND"));
  EXPECT_THAT(bench_
                  .Call(&ConnectorStub::GetSettings,
                        "name: 'connections/nobody/settings'")
                  .error(),
              ::testing::StartsWith("NOT_FOUND CONNECTION_NOT_FOUND"));
  EXPECT_THAT(Sync("connection: 'connections/acme' cart: 'kiosk'"),
              ::testing::StartsWith("NOT_FOUND CART_NOT_FOUND"));
  EXPECT_THAT(Poll("connection: 'connections/acme' cart: 'kiosk'"),
              ::testing::StartsWith("NOT_FOUND CART_NOT_FOUND"));
  EXPECT_THAT(bench_
                  .Call(&ConnectionStub::ReleaseShipments,
                        "parent: 'connections/acme' "
                        "names: 'connections/acme/shipments/9'")
                  .error(),
              ::testing::StartsWith("NOT_FOUND SHIPMENT_NOT_FOUND"));
  EXPECT_THAT(bench_
                  .Call(&ConnectionStub::GetSyncRun,
                        "name: 'connections/acme/syncRuns/no-such-run'")
                  .error(),
              ::testing::StartsWith("NOT_FOUND SYNC_RUN_NOT_FOUND"));
}

TEST_F(ErrorsWireTest, OrderThatIsNotKnown) {
  const auto answer = bench_.Call(&ConnectionStub::ReleaseShipments,
                                  "parent: 'connections/acme' order_id: 99");
  EXPECT_EQ(answer.error(), "NOT_FOUND ORDER_NOT_FOUND +ResourceInfo");
  EXPECT_THAT(answer.status.error_message(),
              HasSubstr("order_id is the Order Manager's id of the order"));
}

TEST_F(ErrorsWireTest, MethodsThatThereAreNot) {
  const auto channel = grpc::CreateChannel(bench_.server().address(),
                                           grpc::InsecureChannelCredentials());
  for (const char* path :
       {"/oms_connector.v1.ConnectorService/GetSetings", "/other/Method"}) {
    const grpc::internal::RpcMethod method(
        path, grpc::internal::RpcMethod::NORMAL_RPC, channel);
    grpc::ClientContext context;
    v1::GetSettingsResponse response;
    const grpc::Status status =
        grpc::internal::BlockingUnaryCall<v1::GetSettingsRequest,
                                          v1::GetSettingsResponse>(
            channel.get(), method, &context, v1::GetSettingsRequest(),
            &response);
    EXPECT_EQ(ErrorText(status), "UNIMPLEMENTED UNKNOWN_METHOD") << path;
    EXPECT_THAT(status.error_message(), HasSubstr(path));
    EXPECT_THAT(status.error_message(), HasSubstr("reflection lists"));
  }
}

TEST_F(ErrorsWireTest, ConnectionThatExistsAlready) {
  EXPECT_THAT(Create("acme", ""),
              ::testing::StartsWith("ALREADY_EXISTS CONNECTION_EXISTS"));
}

TEST_F(ErrorsWireTest, ConnectionsThatCannotBe) {
  for (const char* text :
       {"order_manager { access_token: '' }",
        "order_manager { base_url: 'http://example.com' }",
        "order_manager { base_url: 'https://user@api.skubana.com' }",
        "order_manager { base_url: 'https://api.skubana.com/v1' }",
        "carts { id: 'a' sales_channel: '7' } "
        "carts { id: 'b' sales_channel: '7' }",
        "carts { id: 'a' sales_channel: '7' carrier_candidates: 'Pigeon' }"}) {
    EXPECT_EQ(Create("bolt", text), kMalformed) << text;
  }
  EXPECT_EQ(bench_
                .Call(&ConnectionStub::UpdateConnection,
                      "connection { name: 'connections/acme' order_manager { "
                      "access_token: '' } } "
                      "update_mask { paths: 'order_manager.access_token' }")
                .error(),
            kMalformed);
}

TEST_F(ErrorsWireTest, StaleEtagOfAConnection) {
  EXPECT_EQ(bench_
                .Call(&ConnectionStub::DeleteConnection,
                      "name: 'connections/acme' etag: 'old'")
                .error(),
            "ABORTED ETAG_MISMATCH");
}

TEST_F(ErrorsWireTest, TokenThatIsRefusedBeforeTheFirstSuccess) {
  ASSERT_EQ(Create("bolt", "order_manager { access_token: 'wrong-token' }"),
            "OK");
  const auto answer =
      bench_.Call(&ConnectorStub::SyncInventory,
                  "connection: 'connections/bolt' max_staleness {}");
  EXPECT_EQ(answer.error(),
            "FAILED_PRECONDITION ORDER_MANAGER_CREDENTIALS_REJECTED");
  EXPECT_THAT(answer.status.error_message(), Not(HasSubstr("wrong-token")));
  EXPECT_EQ(Poll("connection: 'connections/bolt'"),
            "FAILED_PRECONDITION ORDER_MANAGER_CREDENTIALS_REJECTED");
}

TEST_F(ErrorsWireTest, TokenThatIsRefusedLaterLeavesStoredLevelsServed) {
  ASSERT_EQ(bench_.SyncNow().error(), "OK");
  ASSERT_EQ(bench_
                .Call(&ConnectionStub::UpdateConnection,
                      "connection { name: 'connections/acme' order_manager { "
                      "access_token: 'wrong-token' } } "
                      "update_mask { paths: 'order_manager.access_token' }")
                .error(),
            "OK");
  const auto answer = bench_.SyncNow();
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_EQ(answer->run().state(), v1::SyncRun::STATE_FAILED);
  EXPECT_NE(answer->run().error().code(), 0);
  EXPECT_NE(answer->pull().last_error().code(), 0);
  EXPECT_EQ(answer->levels_size(), 2);
}

TEST_F(ErrorsWireTest, OrderManagerThatIsDownBeforeTheFirstSuccess) {
  Fault fault = MakeFault(FaultKind::kStatus, "saleschannels");
  fault.status = 503;
  bench_.fake().faults().Add(fault);
  EXPECT_EQ(Sync("connection: 'connections/acme'"),
            "UNAVAILABLE ORDER_MANAGER_UNAVAILABLE +RetryInfo");
}

TEST_F(ErrorsWireTest, SalesChannelOfWhichAnotherConnectionIsTold) {
  bench_.CreateConnection("bolt", "carts { id: 'shop' sales_channel: 'shop' }");
  EXPECT_EQ(Sync("connection: 'connections/bolt' cart: 'shop'"),
            "FAILED_PRECONDITION ACCOUNT_IN_USE");
  const auto test =
      bench_.Call(&ConnectionStub::TestConnection, "name: 'connections/bolt'");
  ASSERT_EQ(test.error(), "OK");
  ASSERT_EQ(test->cart_errors_size(), 1);
  EXPECT_THAT(test->cart_errors(0).status().message(),
              HasSubstr("connection acme"));
  const auto bolt =
      bench_.Call(&ConnectionStub::GetConnection, "name: 'connections/bolt'");
  EXPECT_EQ(bolt->connection().health().cart_errors_size(), 1);
}

TEST_F(ErrorsWireTest, SalesChannelThatIsNotThere) {
  // It would be told the numbers of the account.
  ASSERT_EQ(
      bench_.Call(&ConnectionStub::DeleteConnection, "name: 'connections/acme'")
          .error(),
      "OK");
  bench_.CreateConnection("bolt",
                          "carts { id: 'kiosk' sales_channel: 'Kiosk' } "
                          "carts { id: 'shop' sales_channel: 'shop' }");
  const auto answer =
      bench_.Call(&ConnectorStub::SyncInventory,
                  "connection: 'connections/bolt' cart: 'kiosk'");
  EXPECT_EQ(answer.error(), "FAILED_PRECONDITION SALES_CHANNEL_NOT_FOUND");
  EXPECT_THAT(answer.status.error_message(), HasSubstr("Shop"));
  // The other cart goes on, and the call without a cart says whose is wrong.
  const auto all = bench_.SyncNow("bolt");
  ASSERT_EQ(all.error(), "OK");
  EXPECT_EQ(all->levels_size(), 2);
  ASSERT_EQ(all->run().cart_errors_size(), 1);
  EXPECT_EQ(all->run().cart_errors(0).cart(), "kiosk");
}

TEST_F(ErrorsWireTest, SalesChannelThatIsThereTwice) {
  bench_.Merge("salesChannels", R"([{"salesChannelId": 8, "name": "SHOP"}])");
  bench_.CreateConnection("bolt", "carts { id: 'shop' sales_channel: 'Shop' }");
  EXPECT_EQ(Sync("connection: 'connections/bolt' cart: 'shop'"),
            "FAILED_PRECONDITION SALES_CHANNEL_AMBIGUOUS");
}

TEST_F(ErrorsWireTest, TestOfAConnectionReportsInsteadOfFailing) {
  const auto good =
      bench_.Call(&ConnectionStub::TestConnection, "name: 'connections/acme'");
  ASSERT_EQ(good.error(), "OK");
  EXPECT_EQ(good->error().code(), 0);
  EXPECT_EQ(good->sales_channels_size(), 1);
  EXPECT_EQ(good->warehouses_size(), 2);
  ASSERT_EQ(good->cart_sales_channels_size(), 1);
  EXPECT_EQ(good->cart_sales_channels(0).cart(), "shop");
  EXPECT_EQ(good->cart_sales_channels(0).sales_channel().id(), 7);
  EXPECT_EQ(good->cart_errors_size(), 0);
  ASSERT_EQ(Create("bolt", "order_manager { access_token: 'wrong-token' }"),
            "OK");
  const auto refused =
      bench_.Call(&ConnectionStub::TestConnection, "name: 'connections/bolt'");
  ASSERT_EQ(refused.error(), "OK");
  EXPECT_EQ(refused->error().code(), 9);
}

TEST_F(ErrorsWireTest, TestOfAConnectionNamesCartsWithoutAChannel) {
  // On an account of its own: of two connections of one account, the later is
  // refused the channel.
  WireBench bench;
  bench.CreateConnection("bolt",
                         "carts { id: 'shop' sales_channel: 'Shopp' }"
                         "carts { id: 'kiosk' sales_channel: '7' }");
  const auto answer =
      bench.Call(&ConnectionStub::TestConnection, "name: 'connections/bolt'");
  ASSERT_EQ(answer.error(), "OK");
  ASSERT_EQ(answer->cart_errors_size(), 1);
  EXPECT_EQ(answer->cart_errors(0).cart(), "shop");
  EXPECT_THAT(answer->cart_errors(0).status().message(),
              HasSubstr("no sales channel \"Shopp\". It has: "));
  ASSERT_EQ(answer->cart_sales_channels_size(), 1);
  EXPECT_EQ(answer->cart_sales_channels(0).cart(), "kiosk");
}

TEST_F(ErrorsWireTest, CallsOverTheLimitAreToldWhenToComeBack) {
  server::Server::Options options;
  options.max_in_flight = 1;
  WireBench small(SmallWireWorld(), options);
  small.CreateConnection("acme", "carts { id: 'shop' sales_channel: '7' }");
  const int64_t hold =
      small.fake().faults().Add(MakeFault(FaultKind::kHold, "saleschannels"));
  std::thread waiting([&] { small.SyncNow(); });
  ASSERT_TRUE(small.fake().faults().WaitUntilHeld(hold, absl::Seconds(20)));
  EXPECT_EQ(
      small.Call(&ConnectionStub::GetConnection, "name: 'connections/acme'")
          .error(),
      "UNAVAILABLE OVERLOADED +RetryInfo");
  small.fake().faults().ReleaseAll();
  waiting.join();
}

}  // namespace
}  // namespace oms_connector::testing_support
