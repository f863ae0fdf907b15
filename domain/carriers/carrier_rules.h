// Every form that a known carrier's tracking numbers take, as one table.
//
// The forms are collected from carriers' published guides and from the MIT
// licensed data set jkeen/tracking_number_data; tests/data/carriers holds
// numbers that prove each of them.
#ifndef OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_RULES_H_
#define OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_RULES_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "domain/carriers/carrier_catalogue.h"
#include "domain/carriers/check_digits.h"
#include "domain/carriers/rule_pattern.h"
#include "domain/carriers/tracking_number.h"
#include "model/carrier.h"

namespace oms_connector::carriers {

// One form of one carrier's numbers. Built by chaining, so that a row says
// only what is special about it:
//
//   CarrierRule("PUROLATOR", "purolator.pin_alpha", "[A-Z]{3}\\d{9}",
//               NoCheckDigit(), kMedium).Except("BNI")
//
// All texts live for ever. A row with an unknown carrier does not compile.
class CarrierRule {
 public:
  // How sure a match makes us. Of a carrier that every cart looks for, as
  // its forms deserve; of others: a distinctive prefix, or a prefix and a
  // check digit, high; a check digit alone, medium; a shape alone, low.
  constexpr CarrierRule(absl::string_view carrier_code, absl::string_view name,
                        absl::string_view pattern, CheckDigit check,
                        model::CarrierConfidence confidence)
      : carrier_(CarrierIndex(carrier_code)),
        name_(name),
        pattern_(RulePattern::Compile(pattern)),
        check_(check),
        confidence_(confidence) {
    internal::RequireInPattern(carrier_ >= 0);
  }

  // Numbers with this prefix are somebody else's.
  constexpr CarrierRule Except(absl::string_view prefix) const {
    CarrierRule rule = *this;
    rule.except_prefix_ = prefix;
    return rule;
  }

  // Where the named rule matches too, this one is no surer than that one.
  constexpr CarrierRule ContestedBy(absl::string_view rule_name) const {
    CarrierRule rule = *this;
    rule.contested_by_ = rule_name;
    return rule;
  }

  // A shape so common that it counts only for these destinations (alpha-2,
  // separated by blanks), or when the number fits nothing else at all.
  constexpr CarrierRule OnlyFor(absl::string_view countries) const {
    CarrierRule rule = *this;
    rule.only_for_ = countries;
    return rule;
  }

  // The named carrier's rules say the same of a number in other words, so
  // neither is evidence against the other.
  constexpr CarrierRule AgreesWith(absl::string_view carrier_code) const {
    CarrierRule rule = *this;
    rule.agrees_with_ = CarrierIndex(carrier_code);
    internal::RequireInPattern(rule.agrees_with_ >= 0);
    return rule;
  }

  constexpr int carrier() const { return carrier_; }  // row of kKnownCarriers
  constexpr absl::string_view name() const { return name_; }
  constexpr const RulePattern& pattern() const { return pattern_; }
  constexpr const CheckDigit& check() const { return check_; }
  constexpr bool has_check() const {
    return check_.algorithm != CheckAlgorithm::kNone;
  }
  constexpr model::CarrierConfidence confidence() const { return confidence_; }
  constexpr absl::string_view except_prefix() const { return except_prefix_; }
  constexpr absl::string_view contested_by() const { return contested_by_; }
  constexpr absl::string_view only_for() const { return only_for_; }
  constexpr int agrees_with() const { return agrees_with_; }  // -1 = nobody

  // Whether the number has this form, its check digit aside.
  bool HasForm(const TrackingNumber& number) const {
    return pattern_.Matches(number) &&
           (except_prefix_.empty() || !number.HasAt(0, except_prefix_));
  }

 private:
  int carrier_;
  int agrees_with_ = -1;
  absl::string_view name_;
  RulePattern pattern_;
  CheckDigit check_;
  model::CarrierConfidence confidence_;
  absl::string_view except_prefix_;
  absl::string_view contested_by_;
  absl::string_view only_for_;
};

// The most rules that may fit one length and first character.
inline constexpr int kMaxRulesPerNumber = 16;

// The whole table.
absl::Span<const CarrierRule> CarrierRules();

// Rows of the table that a number of this length and first symbol may fit,
// in the table's order: at most kMaxRulesPerNumber.
absl::Span<const uint8_t> RulesFor(const TrackingNumber& number);

}  // namespace oms_connector::carriers

#endif  // OMS_CONNECTOR_DOMAIN_CARRIERS_CARRIER_RULES_H_
