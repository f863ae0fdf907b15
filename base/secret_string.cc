#include "base/secret_string.h"

#include <sodium.h>

#include <string>

#include "absl/strings/string_view.h"
#include "base/digest.h"

namespace oms_connector::base {
namespace {

// All of the buffer, as a longer text may have stood in it.
void Wipe(std::string& text) {
  text.resize(text.capacity());
  sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace

SecretString::SecretString(std::string&& text) : text_(text) { Wipe(text); }

SecretString::SecretString(absl::string_view text) : text_(text) {}

SecretString::SecretString(const char* text) : text_(text) {}

// Swapped rather than moved: a short text would stay behind in the source.
SecretString::SecretString(SecretString&& other) noexcept {
  text_.swap(other.text_);
}

SecretString& SecretString::operator=(SecretString other) noexcept {
  text_.swap(other.text_);
  return *this;
}

SecretString::~SecretString() { Wipe(text_); }

bool operator==(const SecretString& a, const SecretString& b) {
  return ConstantTimeEquals(a.text_, b.text_);
}

}  // namespace oms_connector::base
