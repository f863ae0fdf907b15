// The detector against tests/data/carriers/corpus.tsv, whose README says what
// each row asks for.
#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "domain/carriers/carrier_catalogue.h"
#include "domain/carriers/carrier_detector.h"
#include "domain/carriers/carrier_rules.h"
#include "domain/carriers/check_digits.h"
#include "domain/carriers/tracking_number.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace oms_connector::carriers {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Row {
  std::string number;
  std::string code;
  std::string valid;
};

std::vector<Row> ReadCorpus() {
  std::ifstream file("tests/data/carriers/corpus.tsv");
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);  // headings
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = absl::StrSplit(line, '\t');
    EXPECT_THAT(cells, SizeIs(4)) << line;
    if (cells.size() == 4) rows.push_back({cells[0], cells[1], cells[2]});
  }
  return rows;
}

std::vector<std::string> DefaultCodes() {
  std::vector<std::string> codes;
  for (const KnownCarrier& carrier : kKnownCarriers) {
    if (carrier.is_default_candidate) codes.emplace_back(carrier.code);
  }
  return codes;
}

std::vector<std::string> AllCodes() {
  std::vector<std::string> codes;
  for (const KnownCarrier& carrier : kKnownCarriers) {
    codes.emplace_back(carrier.code);
  }
  return codes;
}

void ExpectAsTheCorpusSays(const Row& row, const Detection& detection) {
  if (row.valid == "1") {
    EXPECT_TRUE(detection.resolved);
    EXPECT_EQ(detection.code, row.code);
    EXPECT_THAT(detection.candidates, IsEmpty());
  } else if (row.valid == "2") {
    EXPECT_FALSE(detection.resolved);
    EXPECT_THAT(detection.candidates, Contains(absl::string_view(row.code)));
    EXPECT_THAT(detection.candidates, SizeIs(testing::Ge(2)));
  } else {
    EXPECT_NE(detection.code, row.code);
  }
}

// Whether the row is a number of the rule's carrier, under a name on which both
// agree, and passes the rule.
bool Proves(const Row& row, const CarrierRule& rule) {
  const int carrier = CarrierIndex(row.code);
  if (carrier != rule.carrier() && carrier != rule.agrees_with()) return false;
  const TrackingNumber number(row.number);
  return row.valid != "0" && number.valid() && rule.HasForm(number) &&
         Holds(rule.check(), number);
}

// A rule without a number is a guess, and a carrier whose numbers nothing
// resembles is not told from its neighbours.
TEST(CarrierCorpus, ProvesEveryRule) {
  const std::vector<Row> rows = ReadCorpus();
  for (const CarrierRule& rule : CarrierRules()) {
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(), [&](const Row& row) {
      return Proves(row, rule);
    })) << rule.name();
  }
  for (const KnownCarrier& carrier : kKnownCarriers) {
    EXPECT_TRUE(std::any_of(rows.begin(), rows.end(),
                            [&](const Row& row) {
                              return row.code == carrier.code &&
                                     row.valid == "0";
                            }))
        << "no number that only resembles one of " << carrier.code;
  }
}

TEST(CarrierCorpus, HoldsForTheDefaultCandidates) {
  const CarrierDetector detector({});
  const std::vector<std::string> defaults = DefaultCodes();
  for (const Row& row : ReadCorpus()) {
    SCOPED_TRACE(row.number + " " + row.code + " " + row.valid);
    const Detection detection = detector.Detect(row.number, "");
    if (std::count(defaults.begin(), defaults.end(), row.code) > 0) {
      ExpectAsTheCorpusSays(row, detection);
    } else if (row.valid == "1") {
      // Another carrier's number is nothing that the four may claim.
      EXPECT_FALSE(detection.resolved) << detection.code;
    }
  }
}

TEST(CarrierCorpus, HoldsWithTheCarrierAmongTheCandidates) {
  for (const Row& row : ReadCorpus()) {
    SCOPED_TRACE(row.number + " " + row.code + " " + row.valid);
    std::vector<std::string> candidates = DefaultCodes();
    candidates.push_back(row.code);
    ExpectAsTheCorpusSays(row,
                          CarrierDetector(candidates).Detect(row.number, ""));
    ExpectAsTheCorpusSays(row,
                          CarrierDetector({row.code}).Detect(row.number, ""));
  }
}

TEST(CarrierCorpus, IsNeverWrongWithEveryCarrierAmongTheCandidates) {
  const CarrierDetector detector(AllCodes());
  int resolved = 0;
  int valid = 0;
  for (const Row& row : ReadCorpus()) {
    SCOPED_TRACE(row.number + " " + row.code + " " + row.valid);
    const Detection detection = detector.Detect(row.number, "");
    if (row.valid == "1") {
      ++valid;
      resolved += detection.resolved;
      if (detection.resolved) {
        EXPECT_EQ(detection.code, row.code);
      } else {
        EXPECT_THAT(detection.candidates,
                    Contains(absl::string_view(row.code)));
      }
    } else {
      ExpectAsTheCorpusSays(row, detection);
    }
  }
  // The best published recall over all carriers is 85 %.
  EXPECT_GE(resolved, valid * 97 / 100) << resolved << " of " << valid;
}

TEST(CarrierCorpus, HoldsWhateverTheDestination) {
  for (const std::string country : {"CA", "US", "NL", "FR", "DE", "XX"}) {
    for (const Row& row : ReadCorpus()) {
      SCOPED_TRACE(row.number + " " + row.code + " " + row.valid + country);
      const Detection detection =
          CarrierDetector({row.code}).Detect(row.number, country);
      if (row.valid == "1") {
        EXPECT_EQ(detection.code, row.code);
      } else if (row.valid == "0") {
        EXPECT_NE(detection.code, row.code);
      }
    }
  }
}

}  // namespace
}  // namespace oms_connector::carriers
