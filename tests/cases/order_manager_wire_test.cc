// The Order Manager's client against the fake one, over real HTTP: whatever
// goes wrong on the way, rows are right or they are not there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/cancellation.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "base/manual_clock.h"
#include "fake_order_manager/fake_order_manager.h"
#include "fake_order_manager/generator.h"
#include "order_manager/curl_transport.h"
#include "order_manager/order_manager.h"
#include "order_manager/rest_client.h"

namespace oms_connector {
namespace {

using order_manager::Call;
using order_manager::Page;
using order_manager::PageRequest;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using testing_support::FakeOrderManager;
using testing_support::FakeWorld;
using testing_support::Fault;
using testing_support::FaultKind;
using testing_support::MakeFault;

constexpr char kToken[] = "secret-token";
constexpr int64_t kWarehouse = 1;
constexpr int64_t kChannel = 7;

FakeWorld SmallWorld() {
  testing_support::WorldPlan plan;
  plan.products = 60;
  plan.orders = 30;
  return testing_support::GenerateWorld(plan,
                                        absl::FromUnixSeconds(1'786'960'800));
}

class OrderManagerWire : public ::testing::Test {
 protected:
  // Waits between tries pass in simulated time; what is on the wire is real.
  struct Client {
    explicit Client(order_manager::CurlTransport::Options limits)
        : transport(std::move(limits), &system_clock),
          order_manager(Options(), &transport, &clock, &sleeper, &ids) {}

    static order_manager::RestOrderManager::Options Options() {
      order_manager::RestOrderManager::Options options;
      options.policy.allow_loopback = true;
      options.requests_per_second = 0;
      return options;
    }

    base::SystemClock system_clock;
    base::ManualClock clock;
    base::ManualSleeper sleeper{&clock};
    base::SystemIdGenerator ids;
    order_manager::CurlTransport transport;
    order_manager::RestOrderManager order_manager;
  };

  void SetUp() override { Start(FakeOrderManager::Options()); }

  void Start(FakeOrderManager::Options options) {
    options.world = SmallWorld();
    options.token = kToken;
    fake_ = FakeOrderManager::Start(std::move(options)).value();
    order_manager::CurlTransport::Options limits;
    limits.max_body_bytes = 1 << 20;
    limits.slow_limit = absl::Milliseconds(200);
    limits.min_bytes_per_second = 10'000;
    client_ = std::make_unique<Client>(limits);
    call_.account = {"acme", fake_->base_url(), "", base::SecretString(kToken)};
    call_.on_request = [this] { ++counted_; };
  }

  order_manager::OrderManager& om() { return client_->order_manager; }

  absl::StatusOr<Page<model::Product>> Products(PageRequest page = {}) {
    return om().ListProducts(call_, std::nullopt, "", page);
  }

  int64_t Asked(const std::string& endpoint) const {
    return fake_->log().Count(endpoint);
  }

  std::unique_ptr<FakeOrderManager> fake_;
  std::unique_ptr<Client> client_;
  Call call_;
  int64_t counted_ = 0;
};

// Everything that the client reads of the fake's world, counted.
struct Reading {
  std::vector<std::string> keys;  // what every row is, in order
  std::vector<model::RejectedRow> rejected;
};

std::string Key(const model::SalesChannel& row) {
  return absl::StrCat("channel ", row.id, row.name, row.type, row.active);
}
std::string Key(const model::Warehouse& row) {
  return absl::StrCat("warehouse ", row.id, row.name, row.type, row.active);
}
std::string Key(const model::StockRow& row) {
  return absl::StrCat("stock ", row.warehouse_id, "/", row.product_id,
                      row.master_sku, row.on_hand, "-",
                      row.locked.value_or(-1));
}
std::string Key(const model::Product& row) {
  return absl::StrCat("product ", row.product_id, row.master_sku, row.name,
                      row.type, row.active, row.brand, row.upc,
                      row.weight.value_or(-1), row.image_urls.size(),
                      row.map_price.has_value() ? row.map_price->amount : "");
}
std::string Key(const model::Listing& row) {
  return absl::StrCat("listing ", row.listing_id, row.listing_sku,
                      row.master_sku, row.product_id, row.active,
                      row.push_inventory);
}
std::string Key(const model::ListingQuantity& row) {
  return absl::StrCat("number ", row.listing_id, row.listing_sku,
                      row.sales_channel_id, "=", row.quantity);
}
std::string Key(const model::Order& row) {
  return absl::StrCat("order ", row.order_id, row.order_number, row.status,
                      row.sales_channel_id, row.ship_country, row.lines.size(),
                      row.related_order_ids.size(), row.shipment_items.size(),
                      row.external, row.suppress_channel_update);
}
std::string Key(const model::ShipmentRecord& row) {
  return absl::StrCat(
      "shipment ", row.shipment_id, "/", row.order_id, row.order_number,
      row.tracking_number, row.shipping_carrier, row.voided, row.is_return,
      absl::FormatTime(row.create_time.value_or(absl::UnixEpoch()),
                       absl::UTCTimeZone()));
}
std::string Key(const model::ShippingService& row) {
  return absl::StrCat("service ", row.provider_id, "/", row.service_id,
                      row.name);
}

template <typename Row>
void AddPage(const absl::StatusOr<Page<Row>>& page, Reading* reading) {
  ASSERT_TRUE(page.ok()) << page.status();
  for (const Row& row : page->rows) reading->keys.push_back(Key(row));
  reading->rejected.insert(reading->rejected.end(), page->rejected.begin(),
                           page->rejected.end());
}

// Pages of 10 rows up to the first empty one.
template <typename Row>
void AddPages(const std::function<absl::StatusOr<Page<Row>>(PageRequest)>& read,
              Reading* reading) {
  for (int64_t number = 1; number < 1000; ++number) {
    const absl::StatusOr<Page<Row>> page = read({number, 10});
    AddPage(page, reading);
    if (!page.ok() || page->row_count == 0) return;
  }
}

Reading ReadAll(order_manager::OrderManager& om, const Call& call) {
  Reading reading;
  AddPage(om.ListSalesChannels(call), &reading);
  AddPage(om.ListWarehouses(call), &reading);
  AddPage(om.ListShippingServices(call), &reading);
  AddPages<model::StockRow>(
      [&](PageRequest page) {
        return om.ListStock(call, kWarehouse, "", page);
      },
      &reading);
  AddPages<model::StockRow>(
      [&](PageRequest page) {
        return om.ListStockByLocation(call, kWarehouse, page);
      },
      &reading);
  AddPages<model::Product>(
      [&](PageRequest page) {
        return om.ListProducts(call, std::nullopt, "", page);
      },
      &reading);
  AddPages<model::Listing>(
      [&](PageRequest page) {
        return om.ListListings(call, kChannel, std::nullopt, "", page);
      },
      &reading);
  AddPage<model::ListingQuantity>(om.AcknowledgeInventory(call, {kChannel}),
                                  &reading);
  AddPages<model::Order>(
      [&](PageRequest page) { return om.ListOrders(call, std::nullopt, page); },
      &reading);
  AddPages<model::ShipmentRecord>(
      [&](PageRequest page) { return om.ListShipments(call, {}, page); },
      &reading);
  return reading;
}

TEST_F(OrderManagerWire, ReadsTheSameWorldHoweverLooselyItIsWritten) {
  const Reading plain = ReadAll(om(), call_);
  EXPECT_GT(plain.keys.size(), 300);
  EXPECT_THAT(plain.rejected, IsEmpty());
  const std::function<void(testing_support::WireStyle&)> kStyles[] = {
      [](auto& style) { style.numbers_as_strings = true; },
      [](auto& style) { style.null_objects_as_lists = true; },
      [](auto& style) { style.nulls_absent = true; },
      [](auto& style) { style.unknown_fields = true; },
      [](auto& style) { style.times = testing_support::TimeStyle::kOffset; },
  };
  for (const auto& loosen : kStyles) {
    fake_->Mutate([&](FakeWorld& world) {
      world.style = {};
      loosen(world.style);
    });
    fake_->ForgetAcknowledged();
    const Reading loose = ReadAll(om(), call_);
    EXPECT_EQ(loose.keys, plain.keys);
    EXPECT_THAT(loose.rejected, IsEmpty());
  }
}

TEST_F(OrderManagerWire, ReadsCompressedAnswersBelowAPrefix) {
  FakeOrderManager::Options options;
  options.http.compress = true;
  options.path_prefix = testing_support::PathPrefix::kRequired;
  Start(std::move(options));
  EXPECT_EQ(Products().status().code(), absl::StatusCode::kNotFound);
  call_.account.path_prefix = "/service";
  EXPECT_THAT(ReadAll(om(), call_).rejected, IsEmpty());
}

TEST_F(OrderManagerWire, CountsTheRequestsThatTheServerSees) {
  fake_->faults().Add(MakeFault(FaultKind::kStatus, "products", 2));
  fake_->faults().Add(MakeFault(FaultKind::kCloseConnection, "orders", 1));
  ReadAll(om(), call_);
  EXPECT_EQ(counted_, fake_->log().Count());
}

TEST_F(OrderManagerWire, FindsASkuExactly) {
  fake_->Mutate([](FakeWorld& world) {
    int64_t id = 900'001;
    for (const std::string sku : {"Exact-1", "EXACT-10", "NOT-EXACT-1"}) {
      testing_support::Product product;
      product.product_id = id++;
      product.master_sku = sku;
      world.Put(product);
      world.SetStock(product.product_id, kWarehouse, 3);
    }
  });
  EXPECT_THAT(om().ListStock(call_, kWarehouse, "exact-1", {})->rows,
              SizeIs(1));
  EXPECT_THAT(om().ListProducts(call_, std::nullopt, "EXACT-1", {})->rows,
              SizeIs(1));
}

TEST_F(OrderManagerWire, AsksOnceMoreAfterWhatMayPass) {
  for (const FaultKind kind :
       {FaultKind::kStatus, FaultKind::kHtmlBody, FaultKind::kEmptyBody,
        FaultKind::kTruncatedJson, FaultKind::kNotAnArray,
        FaultKind::kDeepNesting, FaultKind::kGzipBomb, FaultKind::kPartialBody,
        FaultKind::kSlowBody, FaultKind::kEndlessBody,
        FaultKind::kCloseConnection}) {
    SCOPED_TRACE(testing_support::FaultKindName(kind));
    Fault fault = MakeFault(kind, "products", 1);
    fault.size = kind == FaultKind::kGzipBomb ? 200 << 20 : 100'000;
    if (kind == FaultKind::kEndlessBody) fault.bytes_per_second = 0;
    const int64_t id = fake_->faults().Add(fault);
    const auto page = Products();
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_THAT(page->rows, SizeIs(60));
    EXPECT_EQ(fake_->faults().hits(id), 1);
  }
}

TEST_F(OrderManagerWire, GivesUpOnWhatDoesNotPass) {
  const struct {
    FaultKind kind;
    std::string why;
  } kCases[] = {
      {FaultKind::kStatus, "answered 500"},
      {FaultKind::kHtmlBody, "no JSON"},
      {FaultKind::kEmptyBody, "empty body"},
      {FaultKind::kTruncatedJson, "no JSON"},
      {FaultKind::kNotAnArray, "no array"},
      {FaultKind::kDeepNesting, "nested too deeply"},
      {FaultKind::kGzipBomb, "beyond the limits"},
      {FaultKind::kCloseConnection, "connection"},
      {FaultKind::kSlowBody, "too slowly"},
  };
  for (const auto& c : kCases) {
    SCOPED_TRACE(testing_support::FaultKindName(c.kind));
    Fault fault = MakeFault(c.kind, "products");
    fault.size = c.kind == FaultKind::kGzipBomb ? 200 << 20 : 100'000;
    const int64_t id = fake_->faults().Add(fault);
    const absl::Status status = Products().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(status.ToString(), HasSubstr(c.why));
    EXPECT_THAT(status.ToString(), Not(HasSubstr(kToken)));
    EXPECT_GE(fake_->faults().hits(id), 5);
    fake_->faults().Release(id);
  }
}

TEST_F(OrderManagerWire, ReadsBehindAByteOrderMark) {
  fake_->faults().Add(MakeFault(FaultKind::kByteOrderMark));
  EXPECT_THAT(Products()->rows, SizeIs(60));
  EXPECT_EQ(Asked("products"), 1);
}

TEST_F(OrderManagerWire, RejectsBrokenRowsAndReadsTheOthers) {
  Fault fault = MakeFault(FaultKind::kGarbledRows);
  fault.rows = 3;
  fake_->faults().Add(fault);
  const auto stock = om().ListStock(call_, kWarehouse, "", {});
  ASSERT_TRUE(stock.ok()) << stock.status();
  EXPECT_THAT(stock->rejected, SizeIs(3));
  EXPECT_EQ(stock->rows.size() + 3, stock->row_count);
  EXPECT_EQ(stock->rejected[0].endpoint, "productstocks/total");
  EXPECT_EQ(stock->rejected[0].page, 1);
  EXPECT_THAT(stock->rejected[2].reason, HasSubstr("\"abc\""));
}

TEST_F(OrderManagerWire, TakesNoDamagedFieldForSound) {
  for (const FaultKind kind :
       {FaultKind::kWrongTypes, FaultKind::kNan, FaultKind::kDuplicateKeys}) {
    SCOPED_TRACE(testing_support::FaultKindName(kind));
    const int64_t id = fake_->faults().Add(MakeFault(kind));
    const auto stock = om().ListStock(call_, kWarehouse, "", {});
    ASSERT_TRUE(stock.ok()) << stock.status();
    EXPECT_THAT(stock->rows, IsEmpty());
    EXPECT_EQ(static_cast<int64_t>(stock->rejected.size()), stock->row_count);
    fake_->faults().Release(id);
  }
  fake_->faults().Add(MakeFault(FaultKind::kBadUtf8));
  const auto stock = om().ListStock(call_, kWarehouse, "", {});
  ASSERT_TRUE(stock.ok()) << stock.status();
  EXPECT_THAT(stock->rows, IsEmpty()) << "the first text is the SKU";
}

TEST_F(OrderManagerWire, ShowsThatPagesAreIgnored) {
  EXPECT_NE(Products({1, 10})->fingerprint, Products({2, 10})->fingerprint);
  fake_->faults().Add(MakeFault(FaultKind::kPageIgnored, "products"));
  EXPECT_EQ(Products({1, 10})->fingerprint, Products({2, 10})->fingerprint);
}

TEST_F(OrderManagerWire, WaitsForTheQuota) {
  Fault fault = MakeFault(FaultKind::kQuota, "", 1);
  fault.retry_after = absl::Milliseconds(1500);
  fake_->faults().Add(fault);
  EXPECT_TRUE(Products().ok());
  EXPECT_EQ(client_->sleeper.asked().front(), absl::Milliseconds(1500));

  fault.retry_after.reset();
  fake_->faults().Add(fault);
  const absl::Status status = Products().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(order_manager::RetryAfterOf(status), absl::Seconds(15));
  // Not even tried before that time.
  const int64_t asked = fake_->log().Count();
  EXPECT_FALSE(om().ListWarehouses(call_).ok());
  EXPECT_EQ(fake_->log().Count(), asked);
  client_->clock.Advance(absl::Seconds(15));
  EXPECT_TRUE(om().ListWarehouses(call_).ok());
}

TEST_F(OrderManagerWire, ShowsItsTokenToNobodyElse) {
  FakeOrderManager::Options options;
  auto elsewhere = FakeOrderManager::Start(std::move(options)).value();
  Fault fault = MakeFault(FaultKind::kRedirect, "products");
  fault.location = elsewhere->base_url() + "/v1.1/products";
  fake_->faults().Add(fault);
  const absl::Status status = Products().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(status.ToString(), HasSubstr("redirect"));
  EXPECT_EQ(elsewhere->log().Count(), 0);
  EXPECT_EQ(Asked("products"), 1);
}

TEST_F(OrderManagerWire, DoesNotRepeatARefusedToken) {
  call_.account.token = base::SecretString("another-token");
  EXPECT_EQ(Products().status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Asked("products"), 1);
}

TEST_F(OrderManagerWire, ReadsDifferencesOfNumbersOnce) {
  const auto first = om().AcknowledgeInventory(call_, {kChannel});
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_GT(first->rows.size(), 10);
  EXPECT_THAT(om().AcknowledgeInventory(call_, {kChannel})->rows, IsEmpty());
  const int64_t listing = first->rows[0].listing_id;
  fake_->Mutate([&](FakeWorld& world) {
    world.SetChannelQuantity(listing, 4711,
                             absl::FromUnixSeconds(1'786'970'000));
  });
  const auto second = om().AcknowledgeInventory(call_, {kChannel});
  ASSERT_THAT(second->rows, SizeIs(1));
  EXPECT_EQ(second->rows[0].quantity, 4711);
}

TEST_F(OrderManagerWire, NeverRepeatsAnAcknowledgeThatMayHaveArrived) {
  int64_t asked = 0;
  for (const FaultKind kind :
       {FaultKind::kStatus, FaultKind::kCloseConnection,
        FaultKind::kPartialBody, FaultKind::kHtmlBody, FaultKind::kEmptyBody,
        FaultKind::kTruncatedJson}) {
    SCOPED_TRACE(testing_support::FaultKindName(kind));
    const int64_t id =
        fake_->faults().Add(MakeFault(kind, "inventory/acknowledge"));
    // A connection that was used before would be tried in vain, unseen.
    EXPECT_TRUE(om().ListWarehouses(call_).ok());
    const absl::Status status =
        om().AcknowledgeInventory(call_, {kChannel}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_FALSE(order_manager::WasNotProcessed(status));
    EXPECT_EQ(Asked("inventory/acknowledge"), ++asked);
    fake_->faults().Release(id);
  }
}

TEST_F(OrderManagerWire, KnowsThatAServerThatIsDownHasSeenNothing) {
  fake_->Stop();
  const absl::Status status =
      om().AcknowledgeInventory(call_, {kChannel}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(order_manager::WasNotProcessed(status));
  EXPECT_EQ(counted_, 0);
}

TEST_F(OrderManagerWire, EndsARequestUnderWayWhenCancelled) {
  const int64_t hold =
      fake_->faults().Add(MakeFault(FaultKind::kHold, "products", 1));
  base::CancellationSource source;
  call_.context = base::CallContext(absl::InfiniteFuture(), source.token());
  absl::Status status;
  std::thread pull([&] { status = Products().status(); });
  EXPECT_TRUE(fake_->faults().WaitUntilHeld(hold, absl::Seconds(30)));
  source.Cancel();
  pull.join();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

TEST_F(OrderManagerWire, ReadsOneOrderAndFiltersShipments) {
  std::vector<int64_t> orders;
  std::vector<int64_t> shipments;
  fake_->Inspect([&](const FakeWorld& world) {
    for (const auto& [id, order] : world.orders) orders.push_back(id);
    for (const auto& [id, shipment] : world.shipments) shipments.push_back(id);
  });
  ASSERT_GE(shipments.size(), 2);
  EXPECT_EQ(om().GetOrder(call_, orders[0])->rows.at(0).order_id, orders[0]);
  EXPECT_EQ(om().GetOrder(call_, 1).status().code(),
            absl::StatusCode::kNotFound);
  order_manager::ShipmentFilter filter;
  filter.shipment_ids = {shipments[0], shipments[1]};
  EXPECT_THAT(om().ListShipments(call_, filter, {})->rows, SizeIs(2));

  fake_->Mutate([&](FakeWorld& world) {
    for (auto& [id, shipment] : world.shipments) {
      shipment.delivery_status = id == shipments[1] ? "VOIDED" : "UNKNOWN";
    }
  });
  filter = order_manager::ShipmentFilter();
  filter.voided_only = true;
  const auto voided = om().ListShipments(call_, filter, {});
  ASSERT_THAT(voided->rows, SizeIs(1));
  EXPECT_TRUE(voided->rows[0].voided);
  EXPECT_EQ(voided->rows[0].shipment_id, shipments[1]);
}

}  // namespace
}  // namespace oms_connector
