#include "domain/carriers/carrier_decision.h"

#include <algorithm>

#include "absl/strings/str_split.h"

namespace oms_connector::carriers {
namespace {

// A carrier that the number may be of, with its surest form.
struct Contender {
  const CarrierRule* rule;
  model::CarrierConfidence confidence;
  bool is_candidate;
};
using Contenders = absl::InlinedVector<Contender, kMaxRulesPerNumber>;

bool Lists(absl::string_view countries, absl::string_view country) {
  for (const absl::string_view listed : absl::StrSplit(countries, ' ')) {
    if (listed == country) return true;
  }
  return false;
}

CarrierSet CarriersWithFailedCheck(absl::Span<const FormMatch> matches) {
  CarrierSet failed = 0;
  for (const FormMatch& match : matches) {
    if (!match.check_holds) failed |= SetOf(match.rule->carrier());
  }
  return failed;
}

// How sure the rule is beside the other forms that the number has.
model::CarrierConfidence ConfidenceOf(const CarrierRule& rule,
                                      absl::Span<const FormMatch> matches) {
  model::CarrierConfidence confidence = rule.confidence();
  if (rule.contested_by().empty()) return confidence;
  for (const FormMatch& match : matches) {
    if (match.check_holds && match.rule->name() == rule.contested_by()) {
      confidence = std::min(confidence, match.rule->confidence());
    }
  }
  return confidence;
}

// Keeps one form per carrier, the surest.
void Add(const Contender& contender, Contenders& contenders) {
  for (Contender& other : contenders) {
    if (other.rule->carrier() != contender.rule->carrier()) continue;
    if (other.confidence < contender.confidence) other = contender;
    return;
  }
  contenders.push_back(contender);
}

// The carriers that fit. Forms bound to other destinations come in only where
// nothing else has.
Contenders ContendersOf(absl::Span<const FormMatch> matches,
                        CarrierSet candidates, absl::string_view country) {
  const CarrierSet failed = CarriersWithFailedCheck(matches);
  Contenders contenders;
  Contenders last_resort;
  for (const FormMatch& match : matches) {
    const CarrierRule& rule = *match.rule;
    const CarrierSet carrier = SetOf(rule.carrier());
    if (!match.check_holds) continue;
    if (!rule.has_check() && (failed & carrier) != 0) continue;
    const bool counts =
        rule.only_for().empty() || Lists(rule.only_for(), country);
    Add({&rule, ConfidenceOf(rule, matches), (candidates & carrier) != 0},
        counts ? contenders : last_resort);
  }
  return contenders.empty() ? last_resort : contenders;
}

bool Agree(const CarrierRule& a, const CarrierRule& b) {
  return a.agrees_with() == b.carrier() || b.agrees_with() == a.carrier();
}

// A shadow that says the same as a candidate is no evidence against it.
void DropAgreeingShadows(Contenders& contenders) {
  const auto agrees_with_a_candidate = [&](const Contender& shadow) {
    return std::any_of(
        contenders.begin(), contenders.end(), [&](const Contender& other) {
          return other.is_candidate && Agree(*shadow.rule, *other.rule);
        });
  };
  // Candidates go first: remove_if must not move what the test looks at.
  const auto shadows = std::partition(
      contenders.begin(), contenders.end(),
      [](const Contender& contender) { return contender.is_candidate; });
  contenders.erase(
      std::remove_if(shadows, contenders.end(), agrees_with_a_candidate),
      contenders.end());
}

// The contender that is surer than all others, or else the only one among the
// surest that is at home in the country; nullptr if there is none.
const Contender* Winner(const Contenders& contenders,
                        absl::string_view country) {
  const Contender* surest = nullptr;
  const Contender* at_home = nullptr;
  int surest_count = 0;
  int at_home_count = 0;
  for (const Contender& contender : contenders) {
    if (surest == nullptr || contender.confidence > surest->confidence) {
      surest = &contender;
      surest_count = at_home_count = 0;
    }
    if (contender.confidence < surest->confidence) continue;
    ++surest_count;
    if (IsHomeCountry(kKnownCarriers[contender.rule->carrier()], country)) {
      at_home = &contender;
      ++at_home_count;
    }
  }
  if (surest_count == 1) return surest;
  return at_home_count == 1 ? at_home : nullptr;
}

absl::string_view CodeOf(const Contender& contender) {
  return kKnownCarriers[contender.rule->carrier()].code;
}

Detection Answer(const Contender& winner) {
  Detection detection;
  detection.resolved = true;
  detection.code = CodeOf(winner);
  detection.rule = winner.rule->name();
  detection.confidence = winner.confidence;
  return detection;
}

Detection Ambiguous(Contenders& contenders) {
  std::sort(contenders.begin(), contenders.end(),
            [](const Contender& a, const Contender& b) {
              if (a.confidence != b.confidence) {
                return a.confidence > b.confidence;
              }
              return a.rule->carrier() < b.rule->carrier();
            });
  Detection detection;
  for (const Contender& contender : contenders) {
    detection.candidates.push_back(CodeOf(contender));
  }
  return detection;
}

}  // namespace

Detection Decide(absl::Span<const FormMatch> matches, CarrierSet candidates,
                 absl::string_view destination_country) {
  Contenders contenders =
      ContendersOf(matches, candidates, destination_country);
  const bool any_candidate = std::any_of(
      contenders.begin(), contenders.end(),
      [](const Contender& contender) { return contender.is_candidate; });
  if (!any_candidate) return {};
  if (contenders.size() > 1) DropAgreeingShadows(contenders);
  const Contender* winner = Winner(contenders, destination_country);
  if (winner != nullptr && winner->is_candidate) return Answer(*winner);
  return Ambiguous(contenders);
}

}  // namespace oms_connector::carriers
