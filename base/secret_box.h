#ifndef OMS_CONNECTOR_BASE_SECRET_BOX_H_
#define OMS_CONNECTOR_BASE_SECRET_BOX_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/secret_string.h"

namespace oms_connector::base {

// Seals what must not lie readable in the store, and makes fingerprints that
// nobody without the key can compute. All of it hangs on one key file, which
// therefore belongs into a backup of its own.
//
//   OMS_ASSIGN_OR_RETURN(auto box, SecretBox::LoadOrCreate("secret.key"));
//   std::string sealed = box.Seal(token, connection_id);
//   absl::StatusOr<SecretString> token = box.Open(sealed, connection_id);
//
// Copies share the key. Thread-safe.
class SecretBox {
 public:
  // Size of a key file, all of it random: `head -c 32 /dev/urandom`.
  static constexpr int kKeyBytes = 32;

  // Reads the key from `path`. NOT_FOUND if there is no such file;
  // FAILED_PRECONDITION if it is no regular file, has another size, or anybody
  // but its owner may read or write it; PERMISSION_DENIED or UNAVAILABLE if it
  // cannot be read. Messages name the path, so they are for the operator only.
  static absl::StatusOr<SecretBox> Load(const std::string& path);

  // As Load, but where the file is missing a new key is written to it first,
  // mode 0600, whole or not at all. Of several processes that do so at once one
  // wins and all use its key.
  static absl::StatusOr<SecretBox> LoadOrCreate(const std::string& path);

  // A box of `key`, which is kKeyBytes long. INVALID_ARGUMENT otherwise.
  static absl::StatusOr<SecretBox> FromKey(const SecretString& key);

  // Encrypts `secret` (XChaCha20-Poly1305) and binds it to `context`: it opens
  // with the same context only, so a sealed token moved to another connection's
  // row is worth nothing. Sealing twice gives different bytes.
  std::string Seal(const SecretString& secret, absl::string_view context) const;

  // DATA_LOSS if `sealed` was not made by this key for this context, or has
  // been changed.
  absl::StatusOr<SecretString> Open(absl::string_view sealed,
                                    absl::string_view context) const;

  // A box that seals as this one does and also opens what `previous` has
  // sealed, for the time in which one key takes the other's place.
  SecretBox WithPrevious(const SecretBox& previous) const;

  // Keyed BLAKE2b-256 of `data` as 64 lower-case hexadecimal digits. Different
  // purposes give unrelated fingerprints of the same data.
  std::string Fingerprint(absl::string_view purpose,
                          absl::string_view data) const;

 private:
  struct Keys;

  explicit SecretBox(std::shared_ptr<const Keys> keys,
                     std::shared_ptr<const Keys> previous = nullptr);
  static absl::StatusOr<SecretString> OpenWith(const Keys& keys,
                                               absl::string_view sealed,
                                               absl::string_view context);

  std::shared_ptr<const Keys> keys_;
  std::shared_ptr<const Keys> previous_;  // may be null
};

}  // namespace oms_connector::base

#endif  // OMS_CONNECTOR_BASE_SECRET_BOX_H_
