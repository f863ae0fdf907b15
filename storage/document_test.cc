#include "storage/document.h"

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "gtest/gtest.h"

namespace oms_connector::storage {
namespace {

enum class Colour { kRed = 1, kBlue = 2 };

struct Part {
  std::string name;
  int64_t count = 1;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "name", &Part::name);
    visit(2, "count", &Part::count);
  }
};

struct Whole {
  bool flag = true;
  int64_t number = 0;
  Colour colour = Colour::kRed;
  double real = 0;
  std::string text;
  absl::Time time = absl::UnixEpoch();
  absl::Duration duration;
  absl::Status status;
  std::optional<int64_t> maybe;
  std::vector<int64_t> numbers;
  std::vector<Part> parts;
  std::array<std::string, 3> three;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "flag", &Whole::flag);
    visit(2, "number", &Whole::number);
    visit(3, "colour", &Whole::colour);
    visit(4, "real", &Whole::real);
    visit(5, "text", &Whole::text);
    visit(6, "time", &Whole::time);
    visit(7, "duration", &Whole::duration);
    visit(8, "status", &Whole::status);
    visit(9, "maybe", &Whole::maybe);
    visit(10, "numbers", &Whole::numbers);
    visit(11, "parts", &Whole::parts);
    visit(12, "three", &Whole::three);
  }
};

// As a newer version might declare it: some fields gone, one added.
struct NewerPart {
  std::string name;
  std::string remark = "none";

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "name", &NewerPart::name);
    visit(3, "remark", &NewerPart::remark);
  }
};

Whole Filled() {
  Whole whole;
  whole.flag = false;
  whole.number = std::numeric_limits<int64_t>::min();
  whole.colour = Colour::kBlue;
  whole.real = -0.25;
  whole.text = std::string("a\0b", 3);
  whole.time = absl::FromUnixMicros(-5);
  whole.duration = -absl::Microseconds(7);
  whole.status = absl::NotFoundError("gone");
  whole.status.SetPayload("type", absl::Cord("detail"));
  whole.maybe = 0;
  whole.numbers = {3, 0, -1};
  whole.parts = {{"bolt", 4}, {"", 1}};
  whole.three = {"", "second", ""};
  return whole;
}

TEST(Document, ComesBackAsItWas) {
  const Whole whole = Filled();
  const auto read = DecodeDocument<Whole>(EncodeDocument(whole));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(model::SameFields(whole, *read));
  EXPECT_EQ(read->status, whole.status);
}

// One within another says how long it is before its end is known: in one byte,
// in two or three.
TEST(Document, AnyLengthComesBackAsItWas) {
  for (const size_t length : {0, 1, 122, 123, 124, 125, 126, 500, 512, 513,
                              16'378, 16'379, 16'380, 16'381, 3'000'000}) {
    Whole whole = Filled();
    whole.parts = {
        {std::string(length, 'a'), 2}, {"", 1}, {std::string(length, 'b'), 1}};
    whole.status = absl::NotFoundError(std::string(length, 'c'));
    const auto read = DecodeDocument<Whole>(EncodeDocument(whole));
    ASSERT_TRUE(read.ok()) << length;
    EXPECT_TRUE(model::SameFields(whole, *read)) << length;
    EXPECT_EQ(read->status, whole.status) << length;
  }
}

TEST(Document, WritesNothingForDefaults) {
  EXPECT_EQ(EncodeDocument(Whole()), "");
  const auto read = DecodeDocument<Whole>("");
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(model::SameFields(Whole(), *read));
}

TEST(Document, TellsEachFieldThatDiffers) {
  const Whole whole = Filled();
  int fields = 0;
  Whole::VisitFields([&](int, const char* name, auto field) {
    Whole other = whole;
    other.*field = Whole().*field;
    EXPECT_FALSE(model::SameFields(whole, other)) << name;
    ++fields;
  });
  EXPECT_EQ(fields, 12);
}

TEST(Document, KeepsTimesInWholeMicrosecondsRoundedDown) {
  Whole whole;
  whole.time = absl::UnixEpoch() - absl::Nanoseconds(1);
  whole.duration = -absl::Nanoseconds(1);
  const auto read = DecodeDocument<Whole>(EncodeDocument(whole));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->time, absl::FromUnixMicros(-1));
  EXPECT_EQ(read->duration, -absl::Microseconds(1));
}

TEST(Document, IsReadByNewerAndOlderCode) {
  const auto newer = DecodeDocument<NewerPart>(EncodeDocument(Part{"bolt", 4}));
  ASSERT_TRUE(newer.ok());
  EXPECT_EQ(newer->name, "bolt");
  EXPECT_EQ(newer->remark, "none");
  const auto older =
      DecodeDocument<Part>(EncodeDocument(NewerPart{"nut", "steel"}));
  ASSERT_TRUE(older.ok());
  EXPECT_EQ(older->name, "nut");
  EXPECT_EQ(older->count, 1);
}

TEST(Document, IsRefusedWhereItWasCut) {
  const std::string bytes = EncodeDocument(Filled());
  int refused = 0;
  for (size_t length = 0; length < bytes.size(); ++length) {
    // A cut between two values leaves a document; it must not crash anywhere.
    if (!DecodeDocument<Whole>(bytes.substr(0, length)).ok()) ++refused;
  }
  EXPECT_GT(refused, static_cast<int>(bytes.size()) / 2);
}

}  // namespace
}  // namespace oms_connector::storage
