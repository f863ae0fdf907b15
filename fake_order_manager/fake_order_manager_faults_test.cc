// Each kind of fault as a caller meets it on the wire.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "fake_order_manager/fake_order_manager.h"
#include "fake_order_manager/http_client.h"

namespace oms_connector::testing_support {
namespace {

using nlohmann::json;
using ::testing::StartsWith;

constexpr char kProducts[] = "/v1.1/products?limit=10";

class FakeOrderManagerFaults : public ::testing::Test {
 protected:
  FakeOrderManagerFaults() {
    FakeOrderManager::Options options;
    for (int64_t id = 1; id <= 40; ++id) {
      Product product;
      product.product_id = id;
      product.master_sku = absl::StrCat("SKU-", id);
      options.world.Put(product);
    }
    fake_ = FakeOrderManager::Start(std::move(options)).value();
  }

  int64_t Add(Fault fault) { return fake_->faults().Add(std::move(fault)); }

  HttpReply Ask(const std::string& target = kProducts) {
    return Get(fake_->port(), target);
  }

  json Page(int page) {
    return json::parse(Ask(absl::StrCat(kProducts, "&page=", page)).body);
  }

  std::unique_ptr<FakeOrderManager> fake_;
};

TEST_F(FakeOrderManagerFaults, AnswersAStatus) {
  Fault fault = MakeFault(FaultKind::kStatus, "products", 2);
  for (const int status : {401, 403, 404, 500, 503}) {
    fault.status = status;
    const int64_t id = Add(fault);
    EXPECT_EQ(Ask().status, status);
    fake_->faults().Release(id);
  }
  EXPECT_EQ(Ask().status, 200);
}

TEST_F(FakeOrderManagerFaults, RefusesOnePageOnly) {
  Fault fault = MakeFault(FaultKind::kStatus, "products");
  fault.parameters = {{"page", "2"}};
  Add(fault);
  EXPECT_EQ(Ask().status, 200);
  EXPECT_EQ(Ask(absl::StrCat(kProducts, "&page=2")).status, 500);
  EXPECT_EQ(Ask(absl::StrCat(kProducts, "&page=3")).status, 200);
}

TEST_F(FakeOrderManagerFaults, RefusesForQuotaWithAndWithoutATime) {
  Fault fault = MakeFault(FaultKind::kQuota, "", 1);
  fault.retry_after = absl::Milliseconds(1500);
  Add(fault);
  HttpReply reply = Ask();
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.headers.at("x-skubana-quota-retryafter"), "1500");
  Add(MakeFault(FaultKind::kQuota, "", 1));
  reply = Ask();
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.headers.count("x-skubana-quota-retryafter"), 0u);
}

TEST_F(FakeOrderManagerFaults, RedirectsElsewhere) {
  Fault fault = MakeFault(FaultKind::kRedirect);
  fault.location = "http://127.0.0.2:1/v1.1/products";
  Add(fault);
  const HttpReply reply = Ask();
  EXPECT_EQ(reply.status, 302);
  EXPECT_EQ(reply.headers.at("location"), fault.location);
}

TEST_F(FakeOrderManagerFaults, ClosesWithoutAnAnswer) {
  Add(MakeFault(FaultKind::kCloseConnection, "", 1));
  const HttpReply closed = Ask();
  EXPECT_EQ(closed.status, 0);
  EXPECT_FALSE(closed.complete);
  EXPECT_EQ(fake_->log().requests().back().status, 0);
  EXPECT_TRUE(Ask().complete);
}

TEST_F(FakeOrderManagerFaults, ClosesInTheMiddleOfABody) {
  const std::string whole = Ask().body;
  Add(MakeFault(FaultKind::kPartialBody));
  const HttpReply reply = Ask();
  EXPECT_EQ(reply.status, 200);
  EXPECT_FALSE(reply.complete);
  EXPECT_EQ(reply.headers.at("content-length"), absl::StrCat(whole.size()));
  EXPECT_EQ(reply.body, whole.substr(0, whole.size() / 2));
}

TEST_F(FakeOrderManagerFaults, BreaksBodies) {
  const std::string whole = Ask().body;
  const std::pair<FaultKind, std::string> kCases[] = {
      {FaultKind::kTruncatedJson, whole.substr(0, whole.size() / 2)},
      {FaultKind::kEmptyBody, ""},
      {FaultKind::kByteOrderMark, "\xEF\xBB\xBF" + whole},
  };
  for (const auto& [kind, body] : kCases) {
    const int64_t id = Add(MakeFault(kind));
    const HttpReply reply = Ask();
    EXPECT_EQ(reply.status, 200);
    EXPECT_TRUE(reply.complete);
    EXPECT_EQ(reply.body, body) << FaultKindName(kind);
    fake_->faults().Release(id);
  }
}

TEST_F(FakeOrderManagerFaults, AnswersAPageOfHtml) {
  Add(MakeFault(FaultKind::kHtmlBody));
  const HttpReply reply = Ask();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "text/html");
  EXPECT_THAT(reply.body, StartsWith("<!DOCTYPE"));
}

TEST_F(FakeOrderManagerFaults, BreaksRowsOfEveryKind) {
  const std::string whole = Ask().body;
  for (const FaultKind kind :
       {FaultKind::kGarbledRows, FaultKind::kWrongTypes, FaultKind::kNan,
        FaultKind::kDuplicateKeys, FaultKind::kBadUtf8, FaultKind::kNotAnArray,
        FaultKind::kDeepNesting}) {
    const int64_t id = Add(MakeFault(kind));
    EXPECT_NE(Ask().body, whole) << FaultKindName(kind);
    fake_->faults().Release(id);
  }
}

TEST_F(FakeOrderManagerFaults, SendsAGzipBomb) {
  Fault fault = MakeFault(FaultKind::kGzipBomb);
  fault.size = 100 << 20;
  Add(fault);
  const HttpReply reply = Ask();
  EXPECT_EQ(reply.headers.at("content-encoding"), "gzip");
  EXPECT_LT(reply.body.size(), 1u << 20);
}

TEST_F(FakeOrderManagerFaults, DripsABodyAtItsRate) {
  const size_t size = Ask().body.size();
  Fault fault = MakeFault(FaultKind::kSlowBody);
  fault.bytes_per_second = static_cast<int64_t>(size) * 2;
  Add(fault);
  const absl::Time start = absl::Now();
  const HttpReply reply = Ask();
  EXPECT_EQ(reply.body.size(), size);
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(450));
}

TEST_F(FakeOrderManagerFaults, NeverEndsABody) {
  Fault fault = MakeFault(FaultKind::kEndlessBody);
  fault.bytes_per_second = 0;
  Add(fault);
  HttpCall call;
  call.target = kProducts;
  call.max_body_bytes = 20 << 20;
  const HttpReply reply = Send(fake_->port(), call);
  EXPECT_FALSE(reply.complete);
  EXPECT_GE(reply.body.size(), 20u << 20);
}

TEST_F(FakeOrderManagerFaults, IgnoresThePage) {
  const json first = Page(1);
  Add(MakeFault(FaultKind::kPageIgnored));
  EXPECT_EQ(Page(2), first);
  EXPECT_EQ(Page(90), first);
}

std::multiset<int64_t> Ids(const json& rows) {
  std::multiset<int64_t> ids;
  for (const json& row : rows) ids.insert(row["productId"].get<int64_t>());
  return ids;
}

TEST_F(FakeOrderManagerFaults, ShiftsRowsBetweenPages) {
  Fault fault = MakeFault(FaultKind::kShiftingRows);
  fault.rows = 2;
  const int64_t forward = Add(fault);
  EXPECT_EQ(*Ids(Page(2)).begin(), 13) << "11 and 12 are missed";
  fake_->faults().Release(forward);
  fault.rows = -2;
  const int64_t back = Add(fault);
  EXPECT_EQ(*Ids(Page(2)).begin(), 9) << "9 and 10 come twice";
  fake_->faults().Release(back);
  fault.rows = 2;
  fault.to_the_end = true;
  Add(fault);
  const std::multiset<int64_t> last = Ids(Page(4));
  EXPECT_EQ(*last.begin(), 1) << "1 to 6 stand behind the last one";
  EXPECT_EQ(*last.rbegin(), 40);
  EXPECT_THAT(Page(5), ::testing::IsEmpty());
}

TEST_F(FakeOrderManagerFaults, DelaysAnAnswer) {
  Fault fault = MakeFault(FaultKind::kDelay);
  fault.delay = absl::Milliseconds(200);
  Add(fault);
  const absl::Time start = absl::Now();
  EXPECT_EQ(Ask().status, 200);
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(195));
}

TEST_F(FakeOrderManagerFaults, HoldsAnAnswerBeforeOrAfterItIsMade) {
  for (const bool processed : {false, true}) {
    Fault fault = MakeFault(FaultKind::kHold, "products");
    fault.processed = processed;
    const int64_t hold = Add(fault);
    const auto rename = [this](const char* sku) {
      fake_->Mutate(
          [sku](FakeWorld& world) { world.products[1].master_sku = sku; });
    };
    rename("BEFORE");
    json rows;
    std::thread request([&] { rows = Page(1); });
    ASSERT_TRUE(fake_->faults().WaitUntilHeld(hold, absl::Seconds(30)));
    rename("AFTER");
    fake_->faults().Release(hold);
    request.join();
    EXPECT_EQ(rows[0]["masterSku"], processed ? "BEFORE" : "AFTER");
  }
}

TEST_F(FakeOrderManagerFaults, CombinesADelayWithAnotherFault) {
  Fault slow = MakeFault(FaultKind::kDelay);
  slow.delay = absl::Milliseconds(1);
  const int64_t delay = Add(slow);
  Fault unavailable = MakeFault(FaultKind::kStatus);
  unavailable.status = 503;
  Add(unavailable);
  EXPECT_EQ(Ask().status, 503);
  EXPECT_EQ(fake_->faults().hits(delay), 1);
}

}  // namespace
}  // namespace oms_connector::testing_support
