// Five times as many calls as the server can answer: it goes on answering as
// many as before, tells the rest at once when to come back, holds no more
// memory for them, and is as before when they have gone.
//
// Counts are of one run and compared with those just before and after, never
// with a clock's idea of how quick a machine is. Others' work on the machine
// comes and goes, so several turns are taken and the middle one counts.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "tests/support/server_process.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

constexpr char kMethod[] = "/oms_connector.v1.ConnectorService/SyncInventory";
constexpr int kProducts = 2000;
constexpr int kPage = 1000;
constexpr int kPlaces = 32;  // at the server
// Fewer than there are places, more than there are cores.
constexpr int kBusy = 8;
constexpr absl::Duration kLength = absl::Seconds(3);
constexpr int kTurns = 3;
// Answers that a caller without a core leaves unread take up to 64 MiB; beside
// them there is what is made just then.
constexpr double kMostMib = 80;

struct Tally {
  int answered = 0;
  int refused = 0;
  int hinted = 0;  // of the refused, those with both hints
  std::vector<absl::Duration> answers, refusals;  // how long they took
  // How many answers of others came meanwhile: what a caller that gets no core
  // is late with, it is late with for both.
  std::vector<int> turns_of_answers, turns_of_refusals;
  double mib = 0;  // at most, at the server

  double PerSecond() const { return answered / absl::ToDoubleSeconds(kLength); }
};

template <typename Value>
Value MedianOf(std::vector<Value> all) {
  if (all.empty()) return Value();
  std::nth_element(all.begin(), all.begin() + all.size() / 2, all.end());
  return all[all.size() / 2];
}

// Calls whose answers are counted, not read.
class Caller {
 public:
  Caller(const ServerProcess& server, const std::string& request)
      : server_(server),
        stub_(grpc::CreateChannel(server.address(),
                                  grpc::InsecureChannelCredentials())) {
    const grpc::Slice slice(request);
    request_ = grpc::ByteBuffer(&slice, 1);
  }

  // Keeps so many calls on their way.
  Tally Keep(int count) {
    return Run([&](absl::Duration, int) { return open_ < count; });
  }
  // Begins so many calls a second, whatever comes of them.
  Tally Offer(double per_second) {
    return Run([&](absl::Duration since, int begun) {
      return begun < absl::ToDoubleSeconds(since) * per_second;
    });
  }

 private:
  struct One {
    grpc::ClientContext context;
    grpc::Status status;
    grpc::ByteBuffer answer;
    std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
    absl::Time start = absl::Now();
    int answers_before = 0;
  };

  template <typename Due>
  Tally Run(Due due) {
    Tally tally;
    const absl::Time start = absl::Now();
    int begun = 0;
    absl::Time looked = start;
    while (absl::Now() < start + kLength || open_ > 0) {
      const absl::Duration since = absl::Now() - start;
      while (since < kLength && due(since, begun)) {
        Begin(tally.answered);
        ++begun;
      }
      void* tag = nullptr;
      bool ok = false;
      const auto soon =
          std::chrono::system_clock::now() + std::chrono::milliseconds(1);
      if (queue_.AsyncNext(&tag, &ok, soon) ==
          grpc::CompletionQueue::GOT_EVENT) {
        End(std::unique_ptr<One>(static_cast<One*>(tag)), &tally);
      }
      if (absl::Now() - looked > absl::Milliseconds(100)) {
        looked = absl::Now();
        tally.mib = std::max(tally.mib, server_.Holds().resident_mib);
      }
    }
    return tally;
  }

  void Begin(int answers_before) {
    auto one = std::make_unique<One>();
    one->answers_before = answers_before;
    one->reader =
        stub_.PrepareUnaryCall(&one->context, kMethod, request_, &queue_);
    one->reader->StartCall();
    One* const tag = one.release();  // until End
    tag->reader->Finish(&tag->answer, &tag->status, tag);
    ++open_;
  }

  void End(std::unique_ptr<One> one, Tally* tally) {
    --open_;
    const absl::Duration took = absl::Now() - one->start;
    const int turns = tally->answered - one->answers_before;
    if (one->status.ok()) {
      ++tally->answered;
      tally->answers.push_back(took);
      tally->turns_of_answers.push_back(turns);
    } else if (ErrorText(one->status) == "UNAVAILABLE OVERLOADED +RetryInfo") {
      ++tally->refused;
      tally->refusals.push_back(took);
      tally->turns_of_refusals.push_back(turns);
      const auto& trailers = one->context.GetServerTrailingMetadata();
      // RetryInfo is in that text.
      tally->hinted += trailers.count("grpc-retry-pushback-ms") > 0 ? 1 : 0;
    } else {
      ADD_FAILURE() << ErrorText(one->status);
    }
  }

  const ServerProcess& server_;
  grpc::GenericStub stub_;
  grpc::ByteBuffer request_;
  grpc::CompletionQueue queue_;
  int open_ = 0;
};

void Print(const char* what, const Tally& tally) {
  printf(
      "%s: %.0f answered a second, median %s; %d refused, median %s; %.0f "
      "MiB\n",
      what, tally.PerSecond(),
      absl::FormatDuration(MedianOf(tally.answers)).c_str(), tally.refused,
      absl::FormatDuration(MedianOf(tally.refusals)).c_str(), tally.mib);
}

TEST(OverloadTest, FiveTimesTheCapacityCostsNoAnswers) {
  const auto fake = StartFakeOrderManager(LongWireWorld(kProducts));
  TestDirectory directory;
  const auto server = ServerProcess::Start(
      {"--listen=127.0.0.1:0", "--admin_listen=127.0.0.1:0",
       absl::StrCat("--store=sqlite:", directory.File("store.db")),
       absl::StrCat("--max_in_flight=", kPlaces),
       "--allow_loopback_order_manager", "--background_sync=false",
       "--order_manager_requests_per_second=0", "--drain_delay=0s",
       "--log_level=error"},
      directory.File("log"));
  ASSERT_NE(server->address(), "") << server->Log();
  WireClient client(server->address());
  ASSERT_EQ(client
                .Call(&ConnectionStub::CreateConnection,
                      NewConnectionRequest("acme", fake->base_url(), ""))
                .error(),
            "OK");
  ASSERT_EQ(
      client
          .Call(&ConnectorStub::UpdateSettings,
                "settings { name: 'connections/acme/settings' inventory { "
                "inventory_sync_mode: INVENTORY_SYNC_MODE_PER_WAREHOUSE } }")
          .error(),
      "OK");
  v1::SyncInventoryRequest request;
  FillFromText(
      absl::StrCat("connection: 'connections/acme' max_results: ", kPage),
      &request);
  const auto first = client.Call(&ConnectorStub::SyncInventory, request);
  ASSERT_TRUE(first.ok()) << first.error();
  // The second page, so that readers of whole feeds are not the matter.
  request.set_cursor(first->next_cursor());
  const auto second = client.Call(&ConnectorStub::SyncInventory, request);
  ASSERT_EQ(second->levels_size(), kPage);

  // The server comes before its callers where both want a core.
  setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 10);
  Caller caller(*server, request.SerializeAsString());
  caller.Keep(kBusy);  // fills caches and pools
  std::vector<double> shares, recovered, early;
  Tally before = caller.Keep(kBusy);
  Print("busy", before);
  const double at_rest = before.mib;
  for (int turn = 0; turn < kTurns; ++turn) {
    const Tally crowd = caller.Offer(5 * before.PerSecond());
    const Tally after = caller.Keep(kBusy);
    Print("five times that", crowd);
    Print("busy again", after);
    shares.push_back(crowd.PerSecond() /
                     std::min(before.PerSecond(), after.PerSecond()));
    recovered.push_back(after.PerSecond() / before.PerSecond());
    EXPECT_EQ(before.refused + after.refused, 0);
    EXPECT_GT(crowd.refused, 2 * crowd.answered);
    EXPECT_EQ(crowd.hinted, crowd.refused);
    early.push_back(1.0 * MedianOf(crowd.turns_of_refusals) /
                    std::max(1, MedianOf(crowd.turns_of_answers)));
    EXPECT_LT(crowd.mib, at_rest + kMostMib);
    EXPECT_LT(after.mib, at_rest + kMostMib);
    printf("turns of others: %d before an answer, %d before a refusal\n",
           MedianOf(crowd.turns_of_answers), MedianOf(crowd.turns_of_refusals));
    before = after;
  }
  printf("answered under five times the load: %.0f %% of the peak\n",
         100 * MedianOf(shares));
  EXPECT_GE(MedianOf(shares), 0.9);
  EXPECT_GE(MedianOf(recovered), 0.9);
  // Refused early: not after they have waited for those that are answered.
  EXPECT_LT(MedianOf(early), 1);
  server->Signal(SIGTERM);
  EXPECT_EQ(server->Wait(), 0) << server->Log();
}

}  // namespace
}  // namespace oms_connector::testing_support
