#include "server/listen/tls_material.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"

namespace oms_connector::server {
namespace {

// A bundle of every public authority is a quarter of it.
constexpr size_t kMaxFileBytes = 1024 * 1024;

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using TlsContext = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || file.gcount() == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot read ", path, ", which the TLS flags name"));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kMaxFileBytes) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is too large for a TLS file"));
  }
  return text;
}

Bio Reader(absl::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Instead of asking at the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

absl::StatusOr<std::vector<Certificate>> ParseCertificates(
    absl::string_view pem, absl::string_view what) {
  std::vector<Certificate> certificates;
  const Bio reader = Reader(pem);
  while (X509* next =
             PEM_read_bio_X509(reader.get(), nullptr, NoPassphrase, nullptr)) {
    certificates.emplace_back(next);
  }
  // Where the text ends there is no further one to start.
  const bool at_end =
      ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (certificates.empty() || !at_end) {
    return absl::FailedPreconditionError(
        absl::StrCat("the ", what, " is not all certificates in PEM"));
  }
  return certificates;
}

absl::StatusOr<PrivateKey> ParseKey(const base::SecretString& pem) {
  const Bio reader = Reader(pem.Reveal());
  PrivateKey key(
      PEM_read_bio_PrivateKey(reader.get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  if (key == nullptr) {
    return absl::FailedPreconditionError(
        "the TLS key is no private key in PEM without a passphrase");
  }
  return key;
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return absl::InfinitePast();
  return absl::FromTM(fields, absl::UTCTimeZone());
}

absl::Time ExpiryOf(const Certificate& certificate) {
  return TimeOf(X509_get0_notAfter(certificate.get()));
}

absl::Status CheckTimes(const Certificate& certificate, absl::Time now) {
  const absl::Time start = TimeOf(X509_get0_notBefore(certificate.get()));
  if (now < start) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the TLS certificate is not valid before ", absl::FormatTime(start)));
  }
  if (now >= ExpiryOf(certificate)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the TLS certificate expired at ",
                     absl::FormatTime(ExpiryOf(certificate))));
  }
  return absl::OkStatus();
}

// Beyond belonging together, both must be strong enough for the library.
absl::Status CheckPair(const Certificate& certificate, const PrivateKey& key) {
  const bool match = X509_check_private_key(certificate.get(), key.get()) == 1;
  const TlsContext context(SSL_CTX_new(TLS_server_method()));
  const bool usable =
      context != nullptr &&
      SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
      SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1;
  ERR_clear_error();
  if (!match) {
    return absl::FailedPreconditionError(
        "the TLS key is not that of the certificate");
  }
  if (!usable) {
    return absl::FailedPreconditionError(
        "the TLS certificate or its key is too weak, or of a kind that is not "
        "supported");
  }
  return absl::OkStatus();
}

absl::Status CheckAuthorities(absl::string_view pem, absl::Time now) {
  OMS_ASSIGN_OR_RETURN(const std::vector<Certificate> authorities,
                       ParseCertificates(pem, "file of client authorities"));
  const bool any =
      std::any_of(authorities.begin(), authorities.end(),
                  [&](const Certificate& one) { return now < ExpiryOf(one); });
  if (any) return absl::OkStatus();
  return absl::FailedPreconditionError("every client authority has expired");
}

}  // namespace

absl::StatusOr<TlsMaterial> ReadTlsFiles(const TlsFiles& files) {
  TlsMaterial material;
  OMS_ASSIGN_OR_RETURN(material.certificate_chain, ReadFile(files.certificate));
  OMS_ASSIGN_OR_RETURN(std::string key, ReadFile(files.key));
  material.key = base::SecretString(std::move(key));
  if (!files.client_ca.empty()) {
    OMS_ASSIGN_OR_RETURN(material.client_ca, ReadFile(files.client_ca));
  }
  return material;
}

absl::StatusOr<absl::Time> CheckTlsMaterial(const TlsMaterial& material,
                                            absl::Time now) {
  OMS_ASSIGN_OR_RETURN(
      const std::vector<Certificate> chain,
      ParseCertificates(material.certificate_chain, "TLS certificate"));
  OMS_ASSIGN_OR_RETURN(const PrivateKey key, ParseKey(material.key));
  OMS_RETURN_IF_ERROR(CheckTimes(chain.front(), now));
  OMS_RETURN_IF_ERROR(CheckPair(chain.front(), key));
  if (!material.client_ca.empty()) {
    OMS_RETURN_IF_ERROR(CheckAuthorities(material.client_ca, now));
  }
  return ExpiryOf(chain.front());
}

}  // namespace oms_connector::server
