#include "server/listen/tls_credentials.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "base/log.h"
#include "grpc/grpc.h"
#include "grpc/grpc_security.h"

namespace oms_connector::server {
namespace {

// gRPC's C++ layer has TLS that reads files when it likes; its C layer asks us
// before each handshake.
class ReloadingCredentials final : public grpc::ServerCredentials {
 public:
  explicit ReloadingCredentials(std::shared_ptr<const TlsSlot> slot)
      : slot_(std::move(slot)),
        credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                slot_->current()->client_ca.empty()
                    ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                    : GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY,
                &ReloadingCredentials::Fetch, this))) {}
  ~ReloadingCredentials() override {
    grpc_server_credentials_release(credentials_);
  }
  ReloadingCredentials(const ReloadingCredentials&) = delete;
  ReloadingCredentials& operator=(const ReloadingCredentials&) = delete;

  // The door itself finds out who calls; a processor that was left out silently
  // would let strangers in.
  void SetAuthMetadataProcessor(
      const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {
    base::LogError("these credentials take no metadata processor");
    std::abort();
  }

 private:
  int AddPortToServer(const std::string& address,
                      grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    return static_cast<ReloadingCredentials*>(self)->FetchNewer(config);
  }

  grpc_ssl_certificate_config_reload_status FetchNewer(
      grpc_ssl_server_certificate_config** config) {
    const auto material = slot_->NewerThan(known_, &known_);
    if (material == nullptr)
      return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const std::string key(material->key.Reveal());
    const grpc_ssl_pem_key_cert_pair pair = {
        key.c_str(), material->certificate_chain.c_str()};
    // gRPC insists on authorities. Where no caller is asked for a certificate
    // they go unused.
    const std::string& authorities = material->client_ca.empty()
                                         ? material->certificate_chain
                                         : material->client_ca;
    *config = grpc_ssl_server_certificate_config_create(authorities.c_str(),
                                                        &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const std::shared_ptr<const TlsSlot> slot_;
  int64_t known_ = 0;  // gRPC asks under a lock of its own
  grpc_server_credentials* const credentials_;
};

}  // namespace

TlsSlot::TlsSlot(TlsMaterial material)
    : material_(std::make_shared<const TlsMaterial>(std::move(material))) {}

void TlsSlot::Publish(TlsMaterial material) {
  auto next = std::make_shared<const TlsMaterial>(std::move(material));
  absl::MutexLock lock(&mutex_);
  material_ = std::move(next);
  ++number_;
}

std::shared_ptr<const TlsMaterial> TlsSlot::current() const {
  absl::MutexLock lock(&mutex_);
  return material_;
}

std::shared_ptr<const TlsMaterial> TlsSlot::NewerThan(int64_t known,
                                                      int64_t* number) const {
  absl::MutexLock lock(&mutex_);
  if (number_ == known) return nullptr;
  *number = number_;
  return material_;
}

std::shared_ptr<grpc::ServerCredentials> MakeTlsCredentials(
    std::shared_ptr<const TlsSlot> slot) {
  return std::make_shared<ReloadingCredentials>(std::move(slot));
}

}  // namespace oms_connector::server
