#include "storage/sql/connection_pool.h"

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/call_context.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {
namespace {

// The pool only lends connections; it never uses them.
class UnusedConnection final : public SqlConnection {
 public:
  absl::Status Begin(bool, const base::CallContext&) override { return Used(); }
  void Bind(const base::CallContext&) override {}
  absl::Status Commit() override { return Used(); }
  void Rollback() override {}
  bool InTransaction() const override { return false; }
  absl::StatusOr<absl::Time> Now() override { return Used(); }
  absl::StatusOr<std::string> Snapshot() override { return Used(); }
  absl::StatusOr<int64_t> Execute(absl::string_view,
                                  absl::Span<const SqlParam>) override {
    return Used();
  }
  absl::StatusOr<int64_t> ExecuteBatch(absl::string_view,
                                       const SqlParamRows&) override {
    return Used();
  }
  absl::Status Query(absl::string_view, absl::Span<const SqlParam>,
                     SqlRowFunction) override {
    return Used();
  }
  absl::Status QueryBatch(absl::string_view, const SqlParamRows&,
                          SqlBatchRowFunction) override {
    return Used();
  }

 private:
  static absl::Status Used() { return absl::InternalError("used"); }
};

class ConnectionPoolTest : public ::testing::Test {
 protected:
  static std::vector<std::unique_ptr<SqlConnection>> Two() {
    std::vector<std::unique_ptr<SqlConnection>> connections;
    connections.push_back(std::make_unique<UnusedConnection>());
    connections.push_back(std::make_unique<UnusedConnection>());
    return connections;
  }

  base::SystemClock clock_;
  ConnectionPool pool_{Two(), &clock_};
};

TEST_F(ConnectionPoolTest, LendsEachConnectionToOneAtATime) {
  auto first = pool_.Borrow({});
  auto second = pool_.Borrow({});
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(first->get(), second->get());
  SqlConnection* const returned = first->get();
  first->reset();
  auto third = pool_.Borrow({});
  ASSERT_TRUE(third.ok());
  EXPECT_EQ(third->get(), returned);
}

TEST_F(ConnectionPoolTest, WaitsUntilOneComesBack) {
  auto first = pool_.Borrow({});
  auto second = pool_.Borrow({});
  absl::StatusOr<ConnectionPool::Loan> third = absl::UnknownError("");
  std::thread waiter([&] { third = pool_.Borrow({}); });
  second->reset();
  waiter.join();
  ASSERT_TRUE(third.ok());
  EXPECT_NE(third->get(), first->get());
}

TEST_F(ConnectionPoolTest, WaitsNoLongerThanTheDeadline) {
  auto first = pool_.Borrow({});
  auto second = pool_.Borrow({});
  const base::CallContext context(clock_.SteadyNow() + absl::Milliseconds(20),
                                  {});
  EXPECT_TRUE(absl::IsDeadlineExceeded(pool_.Borrow(context).status()));
  EXPECT_GE(clock_.SteadyNow(), context.deadline());
}

TEST_F(ConnectionPoolTest, StopsWaitingWhenCancelled) {
  auto first = pool_.Borrow({});
  auto second = pool_.Borrow({});
  base::CancellationSource source;
  const base::CallContext context(absl::InfiniteFuture(), source.token());
  absl::Status status;
  std::thread waiter([&] { status = pool_.Borrow(context).status(); });
  source.Cancel();
  waiter.join();
  EXPECT_TRUE(absl::IsCancelled(status));
}

TEST_F(ConnectionPoolTest, LendsNothingToAnEndedContext) {
  const base::CallContext late(clock_.SteadyNow() - absl::Seconds(1), {});
  EXPECT_TRUE(absl::IsDeadlineExceeded(pool_.Borrow(late).status()));
  EXPECT_TRUE(pool_.Borrow({}).ok());
}

TEST_F(ConnectionPoolTest, ServesManyThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this] {
      for (int i = 0; i < 500; ++i) EXPECT_TRUE(pool_.Borrow({}).ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace oms_connector::storage
