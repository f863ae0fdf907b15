// One list of a type's fields, from which writing it to the store, reading it
// back and comparing it follow, so that a field is named where it is declared
// and here, and nowhere else.
//
//   struct Money {
//     std::string currency_code;
//     std::string amount;
//
//     template <typename Visitor>
//     static void VisitFields(Visitor&& visit) {
//       visit(1, "currency_code", &Money::currency_code);
//       visit(2, "amount", &Money::amount);
//     }
//   };
//
// The number is the field's tag in stored documents (storage/document.h): a
// number that was used is never used again for something else, and a field's
// default never changes, since fields that have it are not written.
#ifndef OMS_CONNECTOR_MODEL_FIELDS_H_
#define OMS_CONNECTOR_MODEL_FIELDS_H_

#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace oms_connector::model {

namespace internal {

struct IgnoreField {
  template <typename... Args>
  void operator()(Args&&...) const {}
};

}  // namespace internal

// Whether `T` has a list of its fields.
template <typename T, typename = void>
struct HasFields : std::false_type {};
template <typename T>
struct HasFields<T, std::void_t<decltype(T::VisitFields(
                        std::declval<internal::IgnoreField>()))>>
    : std::true_type {};

// Whether all listed fields are equal, those of nested types too.
template <typename T>
bool SameFields(const T& a, const T& b);

namespace internal {

template <typename T>
bool SameValue(const T& a, const T& b) {
  if constexpr (HasFields<T>::value) {
    return SameFields(a, b);
  } else {
    return a == b;
  }
}

template <typename T>
bool SameValue(const std::optional<T>& a, const std::optional<T>& b) {
  return a.has_value() == b.has_value() &&
         (!a.has_value() || SameValue(*a, *b));
}

template <typename T>
bool SameValue(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!SameValue(a[i], b[i])) return false;
  }
  return true;
}

}  // namespace internal

template <typename T>
bool SameFields(const T& a, const T& b) {
  bool same = true;
  T::VisitFields([&](int, const char*, auto field) {
    same = same && internal::SameValue(a.*field, b.*field);
  });
  return same;
}

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_FIELDS_H_
