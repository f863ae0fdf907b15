#include <httplib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/call_context.h"
#include "base/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "order_manager/curl_transport.h"

namespace oms_connector::order_manager {
namespace {

using ::testing::HasSubstr;

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

// A certificate for `names` ("DNS:localhost") that has signed itself, good for
// an hour before and after now.
Certificate SelfSigned(EVP_PKEY* key, const char* names) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>("Order Manager"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names);
  X509_add_ext(certificate.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

// An HTTPS server on loopback that says "[]" to everything.
class TlsServer {
 public:
  explicit TlsServer(const char* names)
      : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free),
        certificate_(SelfSigned(key_.get(), names)),
        server_(certificate_.get(), key_.get()) {
    server_.Get("/", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("[]", "application/json");
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
  }

  ~TlsServer() {
    server_.stop();
    thread_.join();
  }

  std::string url() const { return absl::StrCat("https://localhost:", port_); }

  // The file that its certificate stands in.
  std::string WriteCertificate() const {
    std::string path = absl::StrCat(::testing::TempDir(), "/ca-", port_);
    std::FILE* file = std::fopen(path.c_str(), "w");
    PEM_write_X509(file, certificate_.get());
    std::fclose(file);
    return path;
  }

 private:
  Key key_;
  Certificate certificate_;
  httplib::SSLServer server_;
  int port_ = 0;
  std::thread thread_;
};

HttpResult Ask(const TlsServer& server, const std::string& ca_file) {
  base::SystemClock clock;
  CurlTransport::Options options;
  options.ca_file = ca_file;
  options.classify_address = [](const sockaddr*, socklen_t) {
    return AddressKind::kPublic;
  };
  CurlTransport transport(options, &clock);
  HttpRequest request;
  request.url = server.url();
  return transport.Send(request, base::CallContext());
}

TEST(CurlTransportTls, SpeaksToAServerWhoseCertificateIsTrusted) {
  TlsServer server("DNS:localhost");
  const HttpResult result = Ask(server, server.WriteCertificate());
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.response.body, "[]");
}

TEST(CurlTransportTls, TrustsNoUnknownCertificate) {
  TlsServer server("DNS:localhost");
  const HttpResult result = Ask(server, "");
  EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(result.status.ToString(), HasSubstr("not trusted"));
  EXPECT_EQ(result.requests_sent, 0);
}

TEST(CurlTransportTls, TrustsNoCertificateOfAnotherHost) {
  TlsServer server("DNS:api.skubana.com");
  const HttpResult result = Ask(server, server.WriteCertificate());
  EXPECT_EQ(result.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(result.requests_sent, 0);
}

}  // namespace
}  // namespace oms_connector::order_manager
