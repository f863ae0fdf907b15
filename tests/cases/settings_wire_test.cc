// The settings over the wire: what is read back, which changes are taken,
// which are refused, and what is kept of them.
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/support/wire_bench.h"

namespace oms_connector::testing_support {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kName[] = "connections/acme/settings";
constexpr char kRequestId[] = "6f1c0a56-94dc-4a6c-9f64-0a0f3c3f7a11";

class SettingsWireTest : public ::testing::Test {
 protected:
  SettingsWireTest() { bench_.CreateConnection(); }

  v1::Settings Get() {
    const auto answer = bench_.Call(&ConnectorStub::GetSettings,
                                    absl::StrCat("name: '", kName, "'"));
    EXPECT_EQ(answer.error(), "OK");
    return answer->settings();
  }

  // `settings` without its name; `rest` are further fields of the request.
  WireAnswer<v1::UpdateSettingsResponse> Update(const std::string& settings,
                                                const std::string& rest = "") {
    return bench_.Call(
        &ConnectorStub::UpdateSettings,
        absl::StrCat("settings { name: '", kName, "' ", settings, " } ", rest));
  }

  WireAnswer<v1::ListSettingsChangesResponse> History(
      const std::string& rest = "") {
    return bench_.Call(&ConnectionStub::ListSettingsChanges,
                       absl::StrCat("parent: 'connections/acme' ", rest));
  }

  WireBench bench_;
};

std::string WithoutStamp(v1::Settings settings) {
  settings.clear_etag();
  settings.clear_update_time();
  return settings.ShortDebugString();
}

v1::Settings Expected(absl::string_view text) {
  v1::Settings settings;
  FillFromText(text, &settings);
  settings.set_name(kName);
  return settings;
}

constexpr char kDefaults[] = R"pb(
  inventory {
    inventory_sync_mode: INVENTORY_SYNC_MODE_PER_SALES_CHANNEL
    subtract_locked_quantity: false
    ignore_inactive_products: true
    download_products_data: false
  }
  shipment {
    split_order_handling: SPLIT_ORDER_HANDLING_IMMEDIATELY_SEND
    parse_carrier_fallback: false
  })pb";

TEST_F(SettingsWireTest, NewConnectionHasEveryDefaultSpelledOut) {
  const v1::Settings settings = Get();
  EXPECT_EQ(WithoutStamp(settings), WithoutStamp(Expected(kDefaults)));
  EXPECT_NE(settings.etag(), "");
  EXPECT_TRUE(settings.has_update_time());
}

TEST_F(SettingsWireTest, WithoutMaskOnlyFieldsPresentChange) {
  const auto answer = Update("inventory { subtract_locked_quantity: true }");
  ASSERT_EQ(answer.error(), "OK");
  v1::Settings expected = Expected(kDefaults);
  expected.mutable_inventory()->set_subtract_locked_quantity(true);
  EXPECT_EQ(WithoutStamp(answer->settings()), WithoutStamp(expected));
  EXPECT_EQ(Get().ShortDebugString(), answer->settings().ShortDebugString());
}

TEST_F(SettingsWireTest, EmptyMaskIsNoMask) {
  const auto answer =
      Update("shipment { parse_carrier_fallback: true }", "update_mask {}");
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_TRUE(answer->settings().shipment().parse_carrier_fallback());
  EXPECT_TRUE(answer->settings().inventory().ignore_inactive_products());
}

TEST_F(SettingsWireTest, PathOfTheMaskWithoutValueGoesBackToItsDefault) {
  Update(
      "inventory { ignore_inactive_products: false "
      "download_products_data: true }");
  const auto answer =
      Update("", "update_mask { paths: 'inventory.ignore_inactive_products' }");
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_TRUE(answer->settings().inventory().ignore_inactive_products());
  EXPECT_TRUE(answer->settings().inventory().download_products_data());
}

TEST_F(SettingsWireTest, StarReplacesTheWholeMessage) {
  Update("inventory { subtract_locked_quantity: true }");
  const auto answer = Update("shipment { parse_carrier_fallback: true }",
                             "update_mask { paths: '*' }");
  ASSERT_EQ(answer.error(), "OK");
  v1::Settings expected = Expected(kDefaults);
  expected.mutable_shipment()->set_parse_carrier_fallback(true);
  EXPECT_EQ(WithoutStamp(answer->settings()), WithoutStamp(expected));
}

TEST_F(SettingsWireTest, ValuesOutsideTheMaskAreLeftAlone) {
  const auto answer = Update(
      "inventory { subtract_locked_quantity: true "
      "download_products_data: true }",
      "update_mask { paths: 'inventory.subtract_locked_quantity' }");
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_TRUE(answer->settings().inventory().subtract_locked_quantity());
  EXPECT_FALSE(answer->settings().inventory().download_products_data());
}

TEST_F(SettingsWireTest, RefusesMasksThatMeanNothing) {
  const std::string before = Get().ShortDebugString();
  for (const std::string paths :
       {"paths: 'inventory.colour'", "paths: 'name'", "paths: 'etag'",
        "paths: 'update_time'", "paths: '*' paths: 'inventory'", "paths: ''"}) {
    const auto answer = Update("inventory { subtract_locked_quantity: true }",
                               absl::StrCat("update_mask { ", paths, " }"));
    EXPECT_EQ(answer.error(), "INVALID_ARGUMENT INVALID_REQUEST +BadRequest")
        << paths;
  }
  EXPECT_EQ(Get().ShortDebugString(), before);
}

TEST_F(SettingsWireTest, NamesTheFieldThatIsWrong) {
  const auto answer = Update("", "update_mask { paths: 'inventory.colour' }");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(answer.status.error_details()));
  google::rpc::BadRequest bad_request;
  for (const auto& any : details.details()) any.UnpackTo(&bad_request);
  ASSERT_THAT(bad_request.field_violations(), SizeIs(1));
  EXPECT_THAT(bad_request.field_violations(0).field(),
              ::testing::HasSubstr("update_mask"));
}

TEST_F(SettingsWireTest, ValidateOnlyTellsTheResultAndStoresNothing) {
  const std::string before = Get().ShortDebugString();
  const auto answer = Update(
      "inventory { subtract_locked_quantity: true }",
      absl::StrCat("validate_only: true request_id: '", kRequestId, "'"));
  ASSERT_EQ(answer.error(), "OK");
  EXPECT_TRUE(answer->settings().inventory().subtract_locked_quantity());
  EXPECT_EQ(answer->settings().etag(), "") << "of what is not stored";
  EXPECT_EQ(Get().ShortDebugString(), before);
  EXPECT_THAT(History()->changes(), IsEmpty());
  EXPECT_EQ(
      Update("", "validate_only: true update_mask { paths: 'name' }").error(),
      "INVALID_ARGUMENT INVALID_REQUEST +BadRequest");
  // The request id is still free.
  EXPECT_EQ(Update("shipment { parse_carrier_fallback: true }",
                   absl::StrCat("request_id: '", kRequestId, "'"))
                .error(),
            "OK");
}

TEST_F(SettingsWireTest, StaleEtagChangesNothing) {
  const std::string etag = Get().etag();
  const std::string with_etag = absl::StrCat("etag: '", etag, "' ");
  ASSERT_EQ(Update(with_etag + "inventory { subtract_locked_quantity: true }")
                .error(),
            "OK");
  EXPECT_NE(Get().etag(), etag);
  EXPECT_EQ(Update(with_etag + "inventory { subtract_locked_quantity: false }")
                .error(),
            "ABORTED ETAG_MISMATCH");
  EXPECT_TRUE(Get().inventory().subtract_locked_quantity());
}

TEST_F(SettingsWireTest, ChangingNothingKeepsEtagAndHistory) {
  const std::string before = Get().ShortDebugString();
  ASSERT_EQ(Update("inventory { subtract_locked_quantity: false }").error(),
            "OK");
  EXPECT_EQ(Get().ShortDebugString(), before);
  EXPECT_THAT(History()->changes(), IsEmpty());
}

TEST_F(SettingsWireTest, RepeatedRequestGetsTheFirstAnswerAgain) {
  const std::string id = absl::StrCat("request_id: '", kRequestId, "'");
  const std::string change = "inventory { subtract_locked_quantity: true }";
  const auto first = Update(change, id);
  ASSERT_EQ(first.error(), "OK");
  Update("inventory { subtract_locked_quantity: false }");
  const auto again = Update(change, id);
  ASSERT_EQ(again.error(), "OK");
  EXPECT_EQ(again->ShortDebugString(), first->ShortDebugString());
  EXPECT_FALSE(Get().inventory().subtract_locked_quantity());
  EXPECT_THAT(History()->changes(), SizeIs(2));
}

TEST_F(SettingsWireTest, RequestIdOfAnotherRequestIsRefused) {
  const std::string id = absl::StrCat("request_id: '", kRequestId, "'");
  ASSERT_EQ(Update("inventory { subtract_locked_quantity: true }", id).error(),
            "OK");
  const auto other =
      Update("inventory { subtract_locked_quantity: false }", id);
  EXPECT_THAT(other.error(),
              ::testing::StartsWith("INVALID_ARGUMENT REQUEST_ID_REUSED"));
  EXPECT_TRUE(Get().inventory().subtract_locked_quantity());
}

TEST_F(SettingsWireTest, RequestIdMustBeAUuid) {
  EXPECT_EQ(Update("inventory { subtract_locked_quantity: true }",
                   "request_id: 'number one'")
                .error(),
            "INVALID_ARGUMENT INVALID_REQUEST +BadRequest");
}

TEST_F(SettingsWireTest, HistoryTellsWhoChangedWhatNewestFirst) {
  Update("inventory { subtract_locked_quantity: true }",
         absl::StrCat("request_id: '", kRequestId, "'"));
  Update("shipment { parse_carrier_fallback: true }");
  Update("inventory { download_products_data: true }");
  const auto all = History();
  ASSERT_EQ(all.error(), "OK");
  ASSERT_THAT(all->changes(), SizeIs(3));
  const v1::SettingsChange& first = all->changes(2);
  EXPECT_EQ(first.principal(), "local");
  EXPECT_EQ(first.request_id(), kRequestId);
  EXPECT_FALSE(first.old_settings().inventory().subtract_locked_quantity());
  EXPECT_TRUE(first.new_settings().inventory().subtract_locked_quantity());
  EXPECT_TRUE(first.has_change_time());
  EXPECT_TRUE(
      all->changes(0).new_settings().inventory().download_products_data());
  EXPECT_EQ(all->changes(0).old_settings().ShortDebugString(),
            all->changes(1).new_settings().ShortDebugString());
}

TEST_F(SettingsWireTest, HistoryComesInPages) {
  for (const char* value : {"true", "false", "true"}) {
    Update(absl::StrCat("inventory { subtract_locked_quantity: ", value, " }"));
  }
  const auto first = History("page_size: 2");
  ASSERT_THAT(first->changes(), SizeIs(2));
  ASSERT_NE(first->next_page_token(), "");
  const auto second = History(absl::StrCat("page_size: 2 page_token: '",
                                           first->next_page_token(), "'"));
  ASSERT_EQ(second.error(), "OK");
  ASSERT_THAT(second->changes(), SizeIs(1));
  EXPECT_EQ(second->next_page_token(), "");
  EXPECT_EQ(second->changes(0).new_settings().ShortDebugString(),
            first->changes(1).old_settings().ShortDebugString());
}

TEST_F(SettingsWireTest, SettingsOfOneConnectionAreNotThoseOfAnother) {
  bench_.CreateConnection("bolt");
  bench_.UpdateSettings("shipment { parse_carrier_fallback: true }", "bolt");
  EXPECT_FALSE(Get().shipment().parse_carrier_fallback());
}

}  // namespace
}  // namespace oms_connector::testing_support
