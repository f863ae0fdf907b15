#include "base/secret_box.h"

#include <sodium.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "base/secret_file.h"
#include "base/secret_string.h"
#include "base/sodium_ready.h"
#include "base/status_macros.h"

namespace oms_connector::base {
namespace {

// Sealed bytes: version (1) | nonce (24) | ciphertext and tag (n + 16).
constexpr char kVersion = 1;
constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr size_t kHeaderBytes = 1 + kNonceBytes;

constexpr char kDerivation[crypto_kdf_CONTEXTBYTES + 1] = "omsconn1";
constexpr uint64_t kSealingKey = 1;
constexpr uint64_t kFingerprintKey = 2;

static_assert(SecretBox::kKeyBytes == crypto_kdf_KEYBYTES);

unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

absl::Status CannotOpen() {
  return absl::DataLossError(
      "a sealed secret does not open with this key; restore the key file it "
      "was sealed with, or set the secret again");
}

}  // namespace

// One key for each use, derived from the file's, so that no use weakens
// another.
struct SecretBox::Keys {
  std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES>
      sealing;
  std::array<unsigned char, crypto_generichash_KEYBYTES> fingerprint;

  ~Keys() {
    sodium_memzero(sealing.data(), sealing.size());
    sodium_memzero(fingerprint.data(), fingerprint.size());
  }
};

SecretBox::SecretBox(std::shared_ptr<const Keys> keys,
                     std::shared_ptr<const Keys> previous)
    : keys_(std::move(keys)), previous_(std::move(previous)) {}

SecretBox SecretBox::WithPrevious(const SecretBox& previous) const {
  return SecretBox(keys_, previous.keys_);
}

absl::StatusOr<SecretBox> SecretBox::FromKey(const SecretString& key) {
  EnsureSodiumReady();
  if (key.Reveal().size() != kKeyBytes) {
    return absl::InvalidArgumentError("the key must be 32 bytes long");
  }
  auto keys = std::make_shared<Keys>();
  const unsigned char* const master = Bytes(key.Reveal());
  crypto_kdf_derive_from_key(keys->sealing.data(), keys->sealing.size(),
                             kSealingKey, kDerivation, master);
  crypto_kdf_derive_from_key(keys->fingerprint.data(), keys->fingerprint.size(),
                             kFingerprintKey, kDerivation, master);
  return SecretBox(std::move(keys));
}

absl::StatusOr<SecretBox> SecretBox::Load(const std::string& path) {
  OMS_ASSIGN_OR_RETURN(const SecretString key, ReadSecretFile(path, kKeyBytes));
  return FromKey(key);
}

absl::StatusOr<SecretBox> SecretBox::LoadOrCreate(const std::string& path) {
  absl::StatusOr<SecretBox> loaded = Load(path);
  if (!absl::IsNotFound(loaded.status())) return loaded;
  EnsureSodiumReady();
  std::string key(kKeyBytes, '\0');
  randombytes_buf(key.data(), key.size());
  const absl::Status created =
      CreateSecretFile(path, SecretString(std::move(key)));
  if (!created.ok() && !absl::IsAlreadyExists(created)) return created;
  return Load(path);
}

std::string SecretBox::Seal(const SecretString& secret,
                            absl::string_view context) const {
  const absl::string_view text = secret.Reveal();
  std::string sealed(kHeaderBytes + text.size() + kTagBytes, kVersion);
  unsigned char* const nonce = Bytes(sealed) + 1;
  randombytes_buf(nonce, kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      Bytes(sealed) + kHeaderBytes, nullptr, Bytes(text), text.size(),
      Bytes(context), context.size(), nullptr, nonce, keys_->sealing.data());
  return sealed;
}

absl::StatusOr<SecretString> SecretBox::Open(absl::string_view sealed,
                                             absl::string_view context) const {
  absl::StatusOr<SecretString> opened = OpenWith(*keys_, sealed, context);
  if (opened.ok() || previous_ == nullptr) return opened;
  return OpenWith(*previous_, sealed, context);
}

absl::StatusOr<SecretString> SecretBox::OpenWith(const Keys& keys,
                                                 absl::string_view sealed,
                                                 absl::string_view context) {
  if (sealed.size() < kHeaderBytes + kTagBytes || sealed[0] != kVersion) {
    return CannotOpen();
  }
  const absl::string_view nonce = sealed.substr(1, kNonceBytes);
  const absl::string_view body = sealed.substr(kHeaderBytes);
  std::string text(body.size() - kTagBytes, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          Bytes(text), nullptr, nullptr, Bytes(body), body.size(),
          Bytes(context), context.size(), Bytes(nonce),
          keys.sealing.data()) != 0) {
    return CannotOpen();
  }
  return SecretString(std::move(text));
}

std::string SecretBox::Fingerprint(absl::string_view purpose,
                                   absl::string_view data) const {
  std::string digest(crypto_generichash_BYTES, '\0');
  const uint64_t purpose_size = purpose.size();
  crypto_generichash_state state;
  crypto_generichash_init(&state, keys_->fingerprint.data(),
                          keys_->fingerprint.size(), digest.size());
  // The length keeps ("ab", "c") apart from ("a", "bc").
  crypto_generichash_update(
      &state, reinterpret_cast<const unsigned char*>(&purpose_size),
      sizeof(purpose_size));
  crypto_generichash_update(&state, Bytes(purpose), purpose.size());
  crypto_generichash_update(&state, Bytes(data), data.size());
  crypto_generichash_final(&state, Bytes(digest), digest.size());
  return absl::BytesToHexString(digest);
}

}  // namespace oms_connector::base
