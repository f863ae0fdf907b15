#include "domain/carriers/tracking_number.h"

#include <algorithm>
#include <cstddef>

#include "base/text_fold.h"

namespace oms_connector::carriers {
namespace {

constexpr uint8_t kFiller = 0xFE;   // put between characters for the eye
constexpr uint8_t kForeign = 0xFF;  // in no carrier's number

// What each byte means: a symbol, a filler, or foreign.
constexpr std::array<uint8_t, 256> BuildMeanings() {
  std::array<uint8_t, 256> meanings{};
  for (uint8_t& meaning : meanings) meaning = kForeign;
  for (int c = '0'; c <= '9'; ++c) meanings[c] = c - '0';
  for (int i = 0; i < 26; ++i) meanings['A' + i] = meanings['a' + i] = 10 + i;
  for (const char c : {' ', '\t', '\n', '\v', '\f', '\r', '-', '.'}) {
    meanings[static_cast<unsigned char>(c)] = kFiller;
  }
  return meanings;
}
constexpr std::array<uint8_t, 256> kMeanings = BuildMeanings();

uint8_t MeaningOf(char c) { return kMeanings[static_cast<unsigned char>(c)]; }

char CharacterOf(uint8_t symbol) {
  return static_cast<char>(symbol < 10 ? '0' + symbol : 'A' + symbol - 10);
}

bool HasForeign(absl::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return MeaningOf(c) == kForeign; });
}

}  // namespace

std::string NormalizeTrackingNumber(absl::string_view text) {
  std::string clean;
  if (HasForeign(text)) {
    clean = base::CleanNumber(text);
    text = clean;
  }
  std::string normalized;
  normalized.reserve(text.size());
  for (const char c : text) {
    const uint8_t meaning = MeaningOf(c);
    if (meaning == kFiller) continue;
    normalized.push_back(meaning == kForeign ? c : CharacterOf(meaning));
  }
  return normalized;
}

TrackingNumber::TrackingNumber(absl::string_view text) {
  std::string clean;
  // Most numbers are plain, and cost no allocation.
  if (HasForeign(text)) {
    clean = base::CleanNumber(text);
    text = clean;
  }
  int length = 0;
  for (const char c : text) {
    const uint8_t meaning = MeaningOf(c);
    if (meaning == kFiller) continue;
    if (meaning == kForeign || length == kMaxTrackingNumberLength) return;
    symbols_[length] = meaning;
    digits_ |= static_cast<uint64_t>(IsDigit(meaning)) << length;
    ++length;
  }
  length_ = length;
}

bool TrackingNumber::HasAt(int index, absl::string_view text) const {
  if (index + static_cast<int>(text.size()) > length_) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (symbols_[index + i] != SymbolOf(text[i])) return false;
  }
  return true;
}

}  // namespace oms_connector::carriers
