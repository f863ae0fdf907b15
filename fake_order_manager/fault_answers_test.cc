#include "fake_order_manager/fault_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

namespace oms_connector::testing_support {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kBody[] =
    R"([{"product":{"productId":1,"masterSku":"A"},"onHandQuantity":5},)"
    R"({"product":{"productId":2,"masterSku":"B"},"onHandQuantity":6},)"
    R"({"product":{"productId":3,"masterSku":"C"},"onHandQuantity":7},)"
    R"({"product":{"productId":4,"masterSku":"D"},"onHandQuantity":8}])";

std::string Broken(FaultKind kind) { return BreakBody(MakeFault(kind), kBody); }

TEST(FaultBody, LeavesBodiesAloneThatItIsNotToBreak) {
  EXPECT_EQ(Broken(FaultKind::kDelay), kBody);
  EXPECT_EQ(Broken(FaultKind::kPageIgnored), kBody);
  EXPECT_EQ(BreakBody(MakeFault(FaultKind::kNan), "no json"), "no json");
}

TEST(FaultBody, PutsAnyTextInPlaceOfAField) {
  Fault fault = MakeFault(FaultKind::kField);
  fault.field = "/a/0/b";
  fault.json = "9223372036854775808";
  EXPECT_EQ(BreakBody(fault, R"([{"a":[{"b":1}]},{"a":[{"b":1}]}])"),
            R"([{"a":[{"b":9223372036854775808}]},{"a":[{"b":1}]}])");
  EXPECT_EQ(BreakBody(fault, R"([{"c":1}])"), R"([{"c":1}])");
}

TEST(FaultBody, PutsAnyTextInPlaceOfTheAnswer) {
  Fault fault = MakeFault(FaultKind::kBody);
  fault.json = "[]";
  EXPECT_EQ(BreakBody(fault, kBody), "[]");
}

TEST(FaultBody, GarblesRowsInTurn) {
  Fault fault = MakeFault(FaultKind::kGarbledRows);
  fault.rows = 3;
  const json rows = json::parse(BreakBody(fault, kBody));
  EXPECT_FALSE(rows[0]["product"].contains("productId"));
  EXPECT_FALSE(rows[1]["product"].contains("masterSku"));
  EXPECT_EQ(rows[2]["onHandQuantity"], "abc");
  EXPECT_EQ(rows[3], json::parse(kBody)[3]);
}

TEST(FaultBody, ChangesTypes) {
  const json row = json::parse(Broken(FaultKind::kWrongTypes))[0];
  EXPECT_TRUE(row["product"].is_string());
  EXPECT_TRUE(row["onHandQuantity"].is_string());
}

TEST(FaultBody, WritesNanForANumber) {
  EXPECT_THAT(Broken(FaultKind::kNan),
              HasSubstr(R"({"product":{"productId":NaN,"masterSku":"B"})"));
}

TEST(FaultBody, WritesPlainMembersTwice) {
  EXPECT_THAT(Broken(FaultKind::kDuplicateKeys),
              StartsWith(R"([{"onHandQuantity":6,"product":{"productId":1,)"
                         R"("masterSku":"A"},"onHandQuantity":5})"));
}

TEST(FaultBody, BreaksUtf8) {
  const std::string body = Broken(FaultKind::kBadUtf8);
  EXPECT_THAT(body, HasSubstr("\"A\xC3\x28\""));
  EXPECT_TRUE(json::parse(body, nullptr, false).is_discarded());
}

TEST(FaultBody, ReplacesTheWholeBody) {
  EXPECT_THAT(Broken(FaultKind::kHtmlBody), StartsWith("<!DOCTYPE html>"));
  EXPECT_EQ(Broken(FaultKind::kEmptyBody), "");
  EXPECT_EQ(Broken(FaultKind::kByteOrderMark),
            std::string("\xEF\xBB\xBF") + kBody);
  EXPECT_TRUE(json::parse(Broken(FaultKind::kTruncatedJson), nullptr, false)
                  .is_discarded());
  EXPECT_TRUE(json::parse(Broken(FaultKind::kNotAnArray)).is_object());
}

TEST(FaultBody, NestsAsDeepAsItIsTold) {
  Fault fault = MakeFault(FaultKind::kDeepNesting);
  fault.size = 5;
  EXPECT_EQ(BreakBody(fault, kBody), "[[[[[]]]]]");
}

// What zlib makes of `bytes`, up to `limit`.
std::string Inflate(std::string bytes, size_t limit) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
  std::string inflated(limit, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(inflated.data());
  stream.avail_out = static_cast<uInt>(limit);
  const int result = inflate(&stream, Z_SYNC_FLUSH);
  EXPECT_TRUE(result == Z_OK || result == Z_BUF_ERROR) << result;
  inflated.resize(stream.total_out);
  inflateEnd(&stream);
  return inflated;
}

TEST(FaultBody, AGzipBombInflatesToWhatItPromises) {
  constexpr int64_t kSize = 10'000'000;
  const std::string bomb = GzipBomb(kSize);
  EXPECT_LT(bomb.size(), kSize / 150);
  const std::string inflated = Inflate(bomb, 2 * kSize);
  EXPECT_GE(inflated.size(), kSize);
  EXPECT_EQ(inflated, "[" + std::string(inflated.size() - 1, ' '));
}

}  // namespace
}  // namespace oms_connector::testing_support
