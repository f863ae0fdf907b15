// How many tracking numbers a second one core can tell the carrier of.
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "benchmark/benchmark.h"
#include "domain/carriers/carrier_catalogue.h"
#include "domain/carriers/carrier_detector.h"

namespace oms_connector::carriers {
namespace {

constexpr int kRandomNumbers = 4096;

// Real numbers, with their blanks.
std::vector<std::string> CorpusNumbers() {
  std::ifstream file("tests/data/carriers/corpus.tsv");
  std::vector<std::string> numbers;
  std::string line;
  std::getline(file, line);  // headings
  while (std::getline(file, line)) {
    numbers.push_back(std::vector<std::string>(absl::StrSplit(line, '\t'))[0]);
  }
  return numbers;
}

// Text of 8 to 40 characters drawn from `alphabet`.
std::vector<std::string> RandomNumbers(const std::string& alphabet) {
  std::mt19937 random(20240229);
  std::uniform_int_distribution<int> length(8, 40);
  std::uniform_int_distribution<size_t> index(0, alphabet.size() - 1);
  std::vector<std::string> numbers(kRandomNumbers);
  for (std::string& number : numbers) {
    number.resize(length(random));
    for (char& c : number) c = alphabet[index(random)];
  }
  return numbers;
}

std::vector<std::string> AllCodes() {
  std::vector<std::string> codes;
  for (const KnownCarrier& carrier : kKnownCarriers) {
    codes.emplace_back(carrier.code);
  }
  return codes;
}

void DetectAll(benchmark::State& state, const CarrierDetector& detector,
               const std::vector<std::string>& numbers) {
  if (numbers.empty()) {
    state.SkipWithError("run from the repository's root");
    return;
  }
  for (auto _ : state) {
    for (const std::string& number : numbers) {
      benchmark::DoNotOptimize(detector.Detect(number, "CA"));
    }
  }
  state.SetItemsProcessed(state.iterations() * numbers.size());
}

void BM_CorpusWithDefaultCandidates(benchmark::State& state) {
  DetectAll(state, CarrierDetector({}), CorpusNumbers());
}
BENCHMARK(BM_CorpusWithDefaultCandidates);

void BM_CorpusWithAllCandidates(benchmark::State& state) {
  DetectAll(state, CarrierDetector(AllCodes()), CorpusNumbers());
}
BENCHMARK(BM_CorpusWithAllCandidates);

void BM_RandomDigits(benchmark::State& state) {
  DetectAll(state, CarrierDetector({}), RandomNumbers("0123456789"));
}
BENCHMARK(BM_RandomDigits);

void BM_RandomText(benchmark::State& state) {
  DetectAll(state, CarrierDetector({}),
            RandomNumbers("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
}
BENCHMARK(BM_RandomText);

}  // namespace
}  // namespace oms_connector::carriers
