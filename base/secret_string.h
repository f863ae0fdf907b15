#ifndef OMS_CONNECTOR_BASE_SECRET_STRING_H_
#define OMS_CONNECTOR_BASE_SECRET_STRING_H_

#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::base {

// Text that must not be shown: a token, a key. It prints as "<secret>", is
// compared in constant time and is wiped from memory when it goes. Thread-safe
// as std::string is.
//
//   request.SetHeader("Authorization", absl::StrCat("Bearer ",
//   token.Reveal()));
class SecretString {
 public:
  SecretString() = default;

  // Takes the text and wipes the string it came in; what a caller copied before
  // is the caller's to wipe.
  explicit SecretString(std::string&& text);
  explicit SecretString(absl::string_view text);
  explicit SecretString(const char* text);

  SecretString(const SecretString& other) = default;
  SecretString(SecretString&& other) noexcept;
  SecretString& operator=(SecretString other) noexcept;
  ~SecretString();

  bool empty() const { return text_.empty(); }

  // The text itself, valid as long as this object is unchanged. Each call of it
  // is a place to look at in review.
  absl::string_view Reveal() const { return text_; }

  // The lengths are not kept secret.
  friend bool operator==(const SecretString& a, const SecretString& b);
  friend bool operator!=(const SecretString& a, const SecretString& b) {
    return !(a == b);
  }

  friend std::ostream& operator<<(std::ostream& out, const SecretString&) {
    return out << kShown;
  }

  // How every secret looks in text.
  static constexpr absl::string_view kShown = "<secret>";

 private:
  std::string text_;
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_SECRET_STRING_H_
