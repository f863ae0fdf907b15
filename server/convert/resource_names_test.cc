#include "server/convert/resource_names.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::server {
namespace {

std::string ViolatedField(const absl::Status& status) {
  const auto details = model::DetailsOf(status);
  if (!details.has_value() || details->violations.size() != 1) return "";
  EXPECT_EQ(details->reason, "INVALID_REQUEST");
  return details->violations[0].field;
}

TEST(ResourceNames, ComeBackAsTheyWere) {
  const std::string id = "acme-2";
  EXPECT_EQ(ParseConnectionName("f", ConnectionName(id)).value(), id);
  EXPECT_EQ(ParseSettingsName("f", SettingsName(id)).value(), id);
  const auto shipment = ParseShipmentName("f", ShipmentName(id, 123456789012));
  EXPECT_EQ(shipment.value().connection, id);
  EXPECT_EQ(shipment.value().shipment_id, 123456789012);
  const auto run = ParseSyncRunName("f", SyncRunName(id, "2-a"));
  EXPECT_EQ(run.value().connection, id);
  EXPECT_EQ(run.value().run_id, "2-a");
}

TEST(ResourceNames, HaveTheDocumentedForms) {
  EXPECT_EQ(ConnectionName("acme"), "connections/acme");
  EXPECT_EQ(SettingsName("acme"), "connections/acme/settings");
  EXPECT_EQ(ShipmentName("acme", 7), "connections/acme/shipments/7");
  EXPECT_EQ(SyncRunName("acme", "r1"), "connections/acme/syncRuns/r1");
}

TEST(ResourceNames, OtherConnectionNamesAreRefused) {
  for (const std::string& name :
       {std::string(), std::string("acme"), std::string("connections/"),
        std::string("connections/ab"), std::string("connections/Acme"),
        std::string("connections/1acme"), std::string("connections/-cme"),
        std::string("connections/acme/"), std::string("/connections/acme"),
        std::string("Connections/acme"), std::string("connections/ac me"),
        std::string("connections/acme/settings"), std::string("connections/*"),
        std::string("connections/ac\0me", 17),
        absl::StrCat("connections/", std::string(64, 'a'))}) {
    EXPECT_EQ(ViolatedField(ParseConnectionName("parent", name).status()),
              "parent")
        << name;
  }
  EXPECT_TRUE(ParseConnectionName(
                  "f", absl::StrCat("connections/", std::string(63, 'a')))
                  .ok());
}

TEST(ResourceNames, OtherSettingsNamesAreRefused) {
  for (const char* name :
       {"", "connections/acme", "connections/acme/setting",
        "connections/acme/settings/", "connections/acme/settings/x"}) {
    EXPECT_EQ(ViolatedField(ParseSettingsName("name", name).status()), "name")
        << name;
  }
}

TEST(ResourceNames, ShipmentsAreNamedByTheirPlainNumberOnly) {
  for (const char* id : {"", "x", "07", "+7", "-7", " 7", "7 ", "7.0", "0x7",
                         "9223372036854775808", "7/8"}) {
    const std::string name = absl::StrCat("connections/acme/shipments/", id);
    EXPECT_EQ(ViolatedField(ParseShipmentName("name", name).status()), "name")
        << name;
  }
  EXPECT_TRUE(
      ParseShipmentName("f", "connections/acme/shipments/9223372036854775807")
          .ok());
}

TEST(ResourceNames, OtherRunNamesAreRefused) {
  for (const std::string& id :
       {std::string(), std::string("A"), std::string("a_b"), std::string("a/b"),
        std::string(64, 'a')}) {
    EXPECT_FALSE(
        ParseSyncRunName("f", absl::StrCat("connections/acme/syncRuns/", id))
            .ok())
        << id;
  }
  EXPECT_FALSE(ParseSyncRunName("f", "connections/acme/syncruns/a").ok());
}

TEST(ResourceNames, ConsumersMayHaveOneLetter) {
  EXPECT_TRUE(CheckConsumerName("consumer", "a").ok());
  EXPECT_TRUE(CheckConsumerName("consumer", "shop-worker-2").ok());
  for (const std::string& name :
       {std::string(), std::string("A"), std::string("2a"), std::string("a_b"),
        std::string(64, 'a')}) {
    EXPECT_EQ(ViolatedField(CheckConsumerName("consumer", name)), "consumer");
  }
}

TEST(ResourceNames, RequestIdsAreUuids) {
  EXPECT_TRUE(CheckRequestId("").ok());
  EXPECT_TRUE(CheckRequestId("6f1b3c60-7d8e-4f1a-9b2c-0123456789ab").ok());
  EXPECT_EQ(ViolatedField(CheckRequestId("42")), "request_id");
}

std::string Description(const absl::Status& status) {
  return model::DetailsOf(status)->violations[0].description;
}

TEST(ResourceNames, AnErrorSaysWhatAnIdIsAndWhatWasMeant) {
  using testing::EndsWith;
  using testing::HasSubstr;
  using testing::Not;
  const auto why = [](const std::string& name) {
    return Description(ParseConnectionName("name", name).status());
  };
  EXPECT_EQ(why("acme"),
            "must have the form connections/{connection}, where an id is "
            "[a-z][a-z0-9-]{2,62}, for example connections/acme; did you mean "
            "connections/acme?");
  EXPECT_THAT(why("connections/b4"), EndsWith("; \"b4\" is too short"));
  EXPECT_THAT(why("connections/4bees"), HasSubstr("does not begin with a-z"));
  EXPECT_THAT(why("connections/Acme"), HasSubstr("does not begin with a-z"));
  EXPECT_THAT(why("connections/ac_me"), HasSubstr("other than a-z, 0-9 and -"));
  EXPECT_THAT(why(""), EndsWith("; it is empty"));
  EXPECT_THAT(why("connections/ac\nme"), Not(HasSubstr("\n")));
  EXPECT_THAT(why(std::string(100'000, 'a')).size(), testing::Lt(200u));
  EXPECT_THAT(Description(ParseSettingsName("name", "acme").status()),
              EndsWith("did you mean connections/acme/settings?"));
}

}  // namespace
}  // namespace oms_connector::server
