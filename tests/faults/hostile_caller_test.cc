// Callers who mean harm, over the wire: whatever they send is refused in words
// that repeat little of it, and the next sound call is answered.
#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fake_order_manager/faults.h"
#include "gmock/gmock.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "tests/support/every_rpc.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

constexpr char kInvalid[] = "INVALID_ARGUMENT INVALID_REQUEST +BadRequest";
constexpr size_t kMaxMessage = 1024;
constexpr char kService[] = "/oms_connector.v1.ConnectorService/";

class HostileCallerTest : public ::testing::Test {
 protected:
  HostileCallerTest() : bench_(SmallWireWorld(), Options()) {
    bench_.CreateConnection("acme", "carts { id: 'shop' sales_channel: '7' }");
  }

  static server::Server::Options Options() {
    server::Server::Options options;
    options.max_in_flight = kPlaces;
    return options;
  }

  std::string Settings() {
    return bench_
        .Call(&ConnectorStub::GetSettings, "name: 'connections/acme/settings'")
        .error();
  }

  static constexpr int kPlaces = 16;
  WireBench bench_;
};

// ---- Cursors

TEST_F(HostileCallerTest, NoByteOfACursorMayBeAnother) {
  const auto levels = bench_.SyncNow();
  ASSERT_EQ(levels.error(), "OK");
  const auto events = bench_.Call(&ConnectorStub::PollShipments,
                                  "connection: 'connections/acme'");
  ASSERT_EQ(events.error(), "OK");
  const std::string alphabet = "AQgw_-z09=";
  int refused = 0;
  const auto expect_refused = [&](bool inventory, const std::string& cursor) {
    const std::string request = absl::StrCat(
        "connection: 'connections/acme' max_wait {} cursor: '", cursor, "'");
    const std::string error =
        inventory ? bench_.Call(&ConnectorStub::SyncInventory, request).error()
                  : bench_.Call(&ConnectorStub::PollShipments, request).error();
    EXPECT_EQ(error, kInvalid) << cursor;
    ++refused;
  };
  for (const bool inventory : {true, false}) {
    const std::string cursor =
        inventory ? levels->next_cursor() : events->next_cursor();
    ASSERT_FALSE(cursor.empty());
    for (size_t i = 0; i < cursor.size(); ++i) {
      for (const char other : alphabet) {
        if (cursor[i] == other) continue;
        std::string changed = cursor;
        changed[i] = other;
        expect_refused(inventory, changed);
      }
      std::string shorter = cursor;
      shorter.erase(i, 1);
      expect_refused(inventory, shorter);
      std::string longer = cursor;
      longer.insert(i, 1, 'A');
      expect_refused(inventory, longer);
    }
    expect_refused(inventory, cursor + "=");
    // Of the other feed.
    expect_refused(!inventory, cursor);
  }
  printf("%d cursors refused\n", refused);
}

// ---- Names

TEST_F(HostileCallerTest, NamesOfEveryKindAreRefusedByEveryRpc) {
  const std::vector<std::string> names = {
      "",
      std::string("ac\0me", 5),
      "acme\n",
      "acme\r\nauthorization: x",
      "ACME",
      "acme ",
      "../acme",
      "acme/settings/acme",
      "acme%2f",
      "'; DROP TABLE connections; --",
      "acme' OR '1'='1",
      "%s%n%x",
      // Written from right to left.
      absl::StrCat("\xe2\x80", "\xae", "acme"),
      std::string(64 << 10, 'a'),
  };
  int refused = 0;
  for (const RpcCase& rpc : EveryRpc()) {
    for (const std::string& name : names) {
      const grpc::Status status =
          rpc.call(bench_.client(), absl::CEscape(name));
      EXPECT_TRUE(absl::StartsWith(ErrorText(status), "INVALID_ARGUMENT"))
          << rpc.name << " " << absl::CEscape(name).substr(0, 40) << ": "
          << ErrorText(status);
      EXPECT_LE(status.error_message().size(), kMaxMessage) << rpc.name;
      EXPECT_LE(status.error_details().size(), 8 * kMaxMessage) << rpc.name;
      ++refused;
    }
  }
  printf("%d calls refused\n", refused);
  EXPECT_EQ(Settings(), "OK");
}

// ---- Bytes

// Sends bytes as they are; the code of what came back.
class RawCaller {
 public:
  explicit RawCaller(const std::string& address)
      : stub_(
            grpc::CreateChannel(address, grpc::InsecureChannelCredentials())) {}

  grpc::Status Send(const std::string& method, const std::string& bytes) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(60));
    const grpc::Slice slice(bytes);
    const grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::Status status;
    absl::Notification done;
    stub_.UnaryCall(&context, method, grpc::StubOptions(), &request, &response,
                    [&](grpc::Status answered) {
                      status = std::move(answered);
                      done.Notify();
                    });
    done.WaitForNotification();
    return status;
  }

 private:
  grpc::GenericStub stub_;
};

TEST_F(HostileCallerTest, OversizeMessagesAreRefused) {
  RawCaller caller(bench_.server().address());
  // A field that we do not know, of 2 MiB and a little.
  std::string bytes = "\xfa\x7f";
  const size_t size = (2 << 20) + 100;
  for (size_t left = size; left > 0; left >>= 7) {
    bytes.push_back(
        static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
  }
  bytes.append(size, 'x');
  EXPECT_EQ(
      caller.Send(absl::StrCat(kService, "GetSettings"), bytes).error_code(),
      grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Settings(), "OK");
}

TEST_F(HostileCallerTest, DeepAndBrokenMessagesAreRefused) {
  RawCaller caller(bench_.server().address());
  std::vector<std::string> messages;
  // Groups in groups, opened and never closed, and closed again.
  messages.emplace_back(500'000, '\x0b');
  messages.push_back(std::string(200'000, '\x0b') +
                     std::string(200'000, '\x0c'));
  messages.emplace_back("\x0a\xff\xff\xff\xff\x0f");  // 4 GiB of a string
  messages.emplace_back("\x0a\x03\xff\xfe\xfd");      // no UTF-8
  messages.emplace_back("\x0a");
  const uint64_t seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 200; ++i) {
    std::string bytes(1 + random() % 300, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    messages.push_back(std::move(bytes));
  }
  int refused = 0;
  for (const char* method : {"GetSettings", "UpdateSettings", "SyncInventory",
                             "PollShipments", "AcknowledgeShipments"}) {
    for (const std::string& message : messages) {
      EXPECT_FALSE(caller.Send(absl::StrCat(kService, method), message).ok());
      ++refused;
    }
    EXPECT_EQ(Settings(), "OK");
  }
  printf("%d messages refused\n", refused);
}

// ---- Places

// Many callers who go away before their answers come. Were one place in a
// hundred lost, nobody would be let in at the end.
TEST_F(HostileCallerTest, WhoGoesAwayGivesItsPlaceBack) {
  const int64_t hold = bench_.fake().faults().Add(MakeFault(FaultKind::kHold));
  const auto crowd = [&](absl::Duration deadline) {
    absl::Mutex mutex;
    std::vector<std::string> errors;
    std::vector<std::thread> callers;
    for (int i = 0; i < kPlaces; ++i) {
      callers.emplace_back([&] {
        const std::string error =
            bench_
                .Call(&ConnectionStub::TestConnection,
                      "name: 'connections/acme'", deadline)
                .error();
        const absl::MutexLock lock(&mutex);
        errors.push_back(error);
      });
    }
    for (std::thread& caller : callers) caller.join();
    return errors;
  };
  int gone = 0;
  for (int round = 0; round < 10; ++round) {
    for (const std::string& error : crowd(absl::Milliseconds(150))) {
      gone += absl::StartsWith(error, "DEADLINE_EXCEEDED") ? 1 : 0;
      EXPECT_NE(error, "OK");
    }
  }
  ASSERT_TRUE(bench_.fake().faults().Release(hold));
  EXPECT_GT(gone, 10 * kPlaces / 2);
  // The server learns of the last of them a moment later.
  int answered = 0;
  const absl::Time give_up = absl::Now() + absl::Seconds(30);
  while (answered < kPlaces && absl::Now() < give_up) {
    answered = 0;
    for (const std::string& error : crowd(absl::Seconds(60))) {
      answered += error == "OK" ? 1 : 0;
    }
  }
  EXPECT_EQ(answered, kPlaces);
  printf("%d callers went away\n", gone);
}

}  // namespace
}  // namespace oms_connector::testing_support
