#include "domain/carriers/tracking_number.h"

#include <string>

#include "gtest/gtest.h"

namespace oms_connector::carriers {
namespace {

TEST(NormalizeTrackingNumber, DropsFillersAndRaisesCase) {
  EXPECT_EQ(NormalizeTrackingNumber("tba 1234-5678.9012"), "TBA123456789012");
  EXPECT_EQ(NormalizeTrackingNumber(" 1 Z\t8\r\n"), "1Z8");
  EXPECT_EQ(NormalizeTrackingNumber(" -. "), "");
}

TEST(NormalizeTrackingNumber, KeepsWhatItDoesNotKnow) {
  EXPECT_EQ(NormalizeTrackingNumber("ab_c/é"), "AB_C/é");
}

TEST(TrackingNumber, ReadsSymbols) {
  const TrackingNumber number(" 1z-a0 9b.C7 ");
  ASSERT_TRUE(number.valid());
  EXPECT_EQ(number.length(), 8);
  EXPECT_EQ(number[0], 1);
  EXPECT_EQ(number[1], 35);
  EXPECT_EQ(number[2], 10);
  EXPECT_EQ(number.digits(), 0b10011001u);
  EXPECT_EQ(number.letters(), 0b01100110u);
}

TEST(TrackingNumber, FindsTextAtAPosition) {
  const TrackingNumber number("BNI123456789");
  EXPECT_TRUE(number.HasAt(0, "BNI"));
  EXPECT_TRUE(number.HasAt(9, "789"));
  EXPECT_FALSE(number.HasAt(1, "BNI"));
  EXPECT_FALSE(number.HasAt(10, "890"));
}

TEST(TrackingNumber, BoundsItsLength) {
  EXPECT_FALSE(TrackingNumber("").valid());
  EXPECT_FALSE(TrackingNumber("1234567").valid());
  EXPECT_TRUE(TrackingNumber("12345678").valid());
  EXPECT_TRUE(TrackingNumber(std::string(40, '1')).valid());
  EXPECT_FALSE(TrackingNumber(std::string(41, '1')).valid());
  EXPECT_TRUE(
      TrackingNumber(std::string(9, '1') + std::string(500, ' ')).valid());
  EXPECT_EQ(TrackingNumber(std::string(40, 'Z')).letters(),
            (uint64_t{1} << 40) - 1);
}

TEST(TrackingNumber, ForeignCharactersMakeItNoNumber) {
  for (const char* text :
       {"12345678_", "12345678/", "1234,5678", "é12345678"}) {
    EXPECT_FALSE(TrackingNumber(text).valid()) << text;
  }
}

TEST(TrackingNumber, IsReadAsPeopleAndScannersWriteIt) {
  const TrackingNumber plain("1Z345678");
  for (const std::string& text :
       {std::string("1Z345678\x01"), std::string("1Z345678\0", 9),
        std::string("１Ｚ３４５６７８"), std::string("1z\u00a0345\u3000678"),
        std::string("\u200b1Z34\ufeff5678"), std::string("1Z34\t5-678 ")}) {
    const TrackingNumber number(text);
    ASSERT_TRUE(number.valid()) << text;
    EXPECT_EQ(number.length(), plain.length()) << text;
    EXPECT_TRUE(number.HasAt(0, "1Z345678")) << text;
    EXPECT_EQ(NormalizeTrackingNumber(text), "1Z345678") << text;
  }
}

}  // namespace
}  // namespace oms_connector::carriers
