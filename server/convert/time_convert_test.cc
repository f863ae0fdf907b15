#include "server/convert/time_convert.h"

#include <gtest/gtest.h>

#include "model/errors.h"

namespace oms_connector::server {
namespace {

google::protobuf::Duration Raw(int64_t seconds, int32_t nanos) {
  google::protobuf::Duration duration;
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
  return duration;
}

TEST(TimeConvert, KeepsMicroseconds) {
  for (const int64_t micros : {int64_t{0}, int64_t{1}, int64_t{-1},
                               int64_t{-1500000}, int64_t{1755424800123456}}) {
    const absl::Time time = absl::FromUnixMicros(micros);
    EXPECT_EQ(*TimeFromProto(ToProto(time), "t"), time) << micros;
    const absl::Duration duration = absl::Microseconds(micros);
    EXPECT_EQ(*DurationFromProto(ToProto(duration), "d"), duration) << micros;
  }
}

TEST(TimeConvert, EndlessTimesStayValidOnTheWire) {
  EXPECT_TRUE(TimeFromProto(ToProto(absl::InfiniteFuture()), "t").ok());
  EXPECT_TRUE(TimeFromProto(ToProto(absl::InfinitePast()), "t").ok());
  EXPECT_TRUE(DurationFromProto(ToProto(absl::InfiniteDuration()), "d").ok());
}

TEST(TimeConvert, RefusesWhatBreaksTheType) {
  google::protobuf::Timestamp time;
  time.set_nanos(-1);
  EXPECT_FALSE(TimeFromProto(time, "t").ok());
  time.set_nanos(0);
  time.set_seconds(253402300800);
  EXPECT_FALSE(TimeFromProto(time, "t").ok());
  EXPECT_FALSE(DurationFromProto(Raw(1, -1), "d").ok());
  EXPECT_FALSE(DurationFromProto(Raw(-1, 1), "d").ok());
  EXPECT_FALSE(DurationFromProto(Raw(0, 1000000000), "d").ok());
  EXPECT_FALSE(DurationFromProto(Raw(315576000001, 0), "d").ok());
}

TEST(TimeConvert, NamesTheField) {
  const absl::Status status =
      NonNegativeDurationFromProto(Raw(-1, 0), "max_wait").status();
  ASSERT_TRUE(model::DetailsOf(status).has_value());
  EXPECT_EQ(model::DetailsOf(status)->violations[0].field, "max_wait");
}

}  // namespace
}  // namespace oms_connector::server
