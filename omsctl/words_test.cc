#include "omsctl/words.h"

#include <gtest/gtest.h>

#include "absl/time/time.h"

namespace oms_connector::omsctl {

namespace {

google::protobuf::Timestamp At(int64_t seconds) {
  google::protobuf::Timestamp time;
  time.set_seconds(seconds);
  return time;
}

constexpr int64_t kTen = 1'786'960'800;  // 2026-08-17T10:00:00Z

TEST(Wording, TimesAreUtcAndSayIt) {
  EXPECT_EQ(Minute(At(kTen)), "2026-08-17 10:00Z");
  EXPECT_EQ(Second(At(kTen + 61)), "2026-08-17 10:01:01Z");
}

TEST(Wording, DurationsHaveOneUnit) {
  EXPECT_EQ(Roughly(absl::Milliseconds(40)), "40 ms");
  EXPECT_EQ(Roughly(absl::Milliseconds(4900)), "4 s");
  EXPECT_EQ(Roughly(absl::Seconds(61)), "1 min");
  EXPECT_EQ(Roughly(absl::Minutes(119)), "1 h");
  EXPECT_EQ(Roughly(absl::Hours(47)), "47 h");
  EXPECT_EQ(Roughly(absl::Hours(8 * 24)), "8 days");
}

TEST(Wording, AgesAreMeasuredFromNow) {
  const absl::Time now = absl::FromUnixSeconds(kTen);
  EXPECT_EQ(Ago(At(kTen - 720), now), "12 min ago");
  EXPECT_EQ(Ago(At(kTen), now), "now");
  EXPECT_EQ(Ago(At(kTen + 5), now), "now");
}

TEST(Wording, CountsAgreeWithTheirNouns) {
  EXPECT_EQ(Counted(1, "order"), "1 order");
  EXPECT_EQ(Counted(0, "order"), "0 orders");
  EXPECT_EQ(Counted(2, "family", "families"), "2 families");
}

TEST(Wording, AnIdIsTheLastPartOfAName) {
  EXPECT_EQ(IdOf("connections/acme/shipments/90001"), "90001");
  EXPECT_EQ(IdOf("acme"), "acme");
}

TEST(Wording, EnumsAreSpokenInLowerCase) {
  EXPECT_EQ(Spoken("STATE_RUNNING", "STATE_"), "running");
  EXPECT_EQ(
      Spoken("SPLIT_ORDER_HANDLING_IMMEDIATELY_SEND", "SPLIT_ORDER_HANDLING_"),
      "immediately-send");
}

TEST(Wording, ReadsSpans) {
  EXPECT_EQ(*ParseSpan("90s"), absl::Seconds(90));
  EXPECT_EQ(*ParseSpan("2h30m"), absl::Minutes(150));
  EXPECT_EQ(*ParseSpan("7d"), absl::Hours(168));
  EXPECT_EQ(*ParseSpan("0"), absl::ZeroDuration());
  EXPECT_EQ(*ParseSpan("0s"), absl::ZeroDuration());
}

TEST(Wording, RefusesWhatIsNoSpan) {
  for (const char* text :
       {"", "soon", "15", "-5m", "-1d", "d", "inf", "1.5d"}) {
    EXPECT_FALSE(ParseSpan(text).ok()) << text;
  }
}

TEST(Wording, SpansSurviveTheWire) {
  for (const absl::Duration span :
       {absl::ZeroDuration(), absl::Milliseconds(2500), absl::Hours(7)}) {
    EXPECT_EQ(FromProto(ToProto(span)), span);
  }
}

TEST(ResourceNames, AreMadeFromIds) {
  EXPECT_EQ(ConnectionName("acme"), "connections/acme");
  EXPECT_EQ(SettingsName("acme"), "connections/acme/settings");
  EXPECT_EQ(ShipmentName("acme", "90001"), "connections/acme/shipments/90001");
  EXPECT_EQ(RunName("acme", "r1"), "connections/acme/syncRuns/r1");
}

TEST(ResourceNames, WholeNamesStayAsTheyAre) {
  EXPECT_EQ(ConnectionName("connections/acme"), "connections/acme");
  EXPECT_EQ(SettingsName("connections/acme"), "connections/acme/settings");
  EXPECT_EQ(ShipmentName("acme", "connections/bolt/shipments/1"),
            "connections/bolt/shipments/1");
}

}  // namespace
}  // namespace oms_connector::omsctl
