#include "server/listen/new_certificate.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace oms_connector::server {
namespace {

// RFC 5280: at most 20 octets and positive; 16 random ones are unique.
constexpr int kSerialBytes = 16;
// X.509's upper bound of a common name; the alternative names have none.
constexpr size_t kLongestCommonName = 64;

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using Name = std::unique_ptr<X509_NAME, Freer<X509_NAME_free>>;
using Number = std::unique_ptr<BIGNUM, Freer<BN_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Request = std::unique_ptr<X509_REQ, Freer<X509_REQ_free>>;

struct ExtensionText {
  int nid;
  std::string value;
};

absl::Status Failed(absl::string_view what) {
  ERR_clear_error();
  return absl::InternalError(absl::StrCat("OpenSSL could not ", what));
}

bool IsIpAddress(const std::string& host) {
  in6_addr address;
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

// The hosts go into a text that OpenSSL parses, so nothing in them may be a
// separator of it.
absl::Status CheckHost(const std::string& host) {
  bool good = !host.empty() && host.size() <= 253;
  for (const char c : host) {
    good = good && (absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                    c == '.' || c == '-' || c == ':' || c == '_' || c == '*');
  }
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("no certificate can name the host \"", host, "\""));
}

std::string AlternativeNames(const std::vector<std::string>& hosts) {
  return absl::StrJoin(
      hosts, ",", [](std::string* out, const std::string& host) {
        absl::StrAppend(out, IsIpAddress(host) ? "IP:" : "DNS:", host);
      });
}

// What a server's certificate says of its use; a leaf, so that its key vouches
// for nobody else.
std::vector<ExtensionText> Extensions(const std::vector<std::string>& hosts) {
  return {{NID_basic_constraints, "critical,CA:FALSE"},
          {NID_key_usage, "critical,digitalSignature"},
          {NID_ext_key_usage, "serverAuth"},
          {NID_subject_alt_name, AlternativeNames(hosts)}};
}

Extension MakeExtension(const ExtensionText& text) {
  return Extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, text.nid, text.value.c_str()));
}

Name MakeName(const std::string& host) {
  Name name(X509_NAME_new());
  const std::string common = host.substr(0, kLongestCommonName);
  X509_NAME_add_entry_by_txt(
      name.get(), "CN", MBSTRING_UTF8,
      reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0);
  return name;
}

bool SetSerial(X509* certificate) {
  unsigned char bytes[kSerialBytes];
  if (RAND_bytes(bytes, kSerialBytes) != 1) return false;
  bytes[0] &= 0x7F;
  const Number number(BN_bin2bn(bytes, kSerialBytes, nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) !=
             nullptr;
}

absl::StatusOr<Certificate> SelfSigned(const std::vector<std::string>& hosts,
                                       absl::Time from,
                                       absl::Duration valid_for,
                                       EVP_PKEY* key) {
  Certificate made(X509_new());
  const Name name = MakeName(hosts.front());
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_TIME_set(X509_getm_notBefore(made.get()), absl::ToTimeT(from));
  ASN1_TIME_set(X509_getm_notAfter(made.get()),
                absl::ToTimeT(from + valid_for));
  if (!SetSerial(made.get()) ||
      X509_set_subject_name(made.get(), name.get()) != 1 ||
      X509_set_issuer_name(made.get(), name.get()) != 1 ||
      X509_set_pubkey(made.get(), key) != 1) {
    return Failed("make a certificate");
  }
  for (const ExtensionText& text : Extensions(hosts)) {
    const Extension extension = MakeExtension(text);
    if (extension == nullptr ||
        X509_add_ext(made.get(), extension.get(), -1) != 1) {
      return Failed("make a certificate for these names");
    }
  }
  if (X509_sign(made.get(), key, EVP_sha256()) == 0) {
    return Failed("sign a certificate");
  }
  return made;
}

absl::StatusOr<Request> SignedRequest(const std::vector<std::string>& hosts,
                                      EVP_PKEY* key) {
  Request made(X509_REQ_new());
  const Name name = MakeName(hosts.front());
  const Extension names =
      MakeExtension({NID_subject_alt_name, AlternativeNames(hosts)});
  STACK_OF(X509_EXTENSION)* const extensions = sk_X509_EXTENSION_new_null();
  sk_X509_EXTENSION_push(extensions, names.get());
  const bool good = X509_REQ_set_subject_name(made.get(), name.get()) == 1 &&
                    X509_REQ_set_pubkey(made.get(), key) == 1 &&
                    X509_REQ_add_extensions(made.get(), extensions) == 1 &&
                    X509_REQ_sign(made.get(), key, EVP_sha256()) != 0;
  sk_X509_EXTENSION_free(extensions);
  if (!good) return Failed("make a request for a certificate");
  return made;
}

template <typename Write>
std::string ToPem(const Write& write) {
  const Bio out(BIO_new(BIO_s_mem()));
  write(out.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

}  // namespace

absl::StatusOr<NewCertificate> MakeCertificate(
    const std::vector<std::string>& hosts, absl::Time from,
    absl::Duration valid_for) {
  if (hosts.empty()) {
    return absl::InvalidArgumentError("a certificate needs a host");
  }
  for (const std::string& host : hosts) OMS_RETURN_IF_ERROR(CheckHost(host));
  const PrivateKey key(EVP_EC_gen("P-256"));
  if (key == nullptr) return Failed("make a key");
  OMS_ASSIGN_OR_RETURN(const Certificate certificate,
                       SelfSigned(hosts, from, valid_for, key.get()));
  OMS_ASSIGN_OR_RETURN(const Request request, SignedRequest(hosts, key.get()));
  NewCertificate made;
  made.certificate =
      ToPem([&](BIO* out) { PEM_write_bio_X509(out, certificate.get()); });
  made.request =
      ToPem([&](BIO* out) { PEM_write_bio_X509_REQ(out, request.get()); });
  made.key = base::SecretString(ToPem([&](BIO* out) {
    PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr,
                             nullptr);
  }));
  return made;
}

}  // namespace oms_connector::server
