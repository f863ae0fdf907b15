#include "omsctl/server_probe.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"

namespace oms_connector::omsctl {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string FileText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::shared_ptr<grpc::ServerCredentials> Tls() {
  const std::string path = ::testing::TempDir() + "/probe";
  EXPECT_EQ(
      std::system(absl::StrCat("openssl req -x509 -newkey ec -pkeyopt "
                               "ec_paramgen_curve:prime256v1 -nodes -days 2 "
                               "-subj /CN=localhost -keyout ",
                               path, ".key -out ", path, ".crt 2>/dev/null")
                      .c_str()),
      0);
  grpc::SslServerCredentialsOptions options;
  options.pem_key_cert_pairs.push_back(
      {FileText(path + ".key"), FileText(path + ".crt")});
  return grpc::SslServerCredentials(options);
}

// A gRPC server without services.
class GrpcServer {
 public:
  explicit GrpcServer(const std::shared_ptr<grpc::ServerCredentials>& how) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", how, &port_);
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
  }
  ~GrpcServer() { server_->Shutdown(); }

  std::string endpoint() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  grpc::CallbackGenericService service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

// A socket that listens; `answer` is what it says to the first who connects.
class RawServer {
 public:
  explicit RawServer(const std::string& answer)
      : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd_, 1), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size),
              0);
    port_ = ntohs(address.sin_port);
    if (answer.empty()) return;
    thread_ = std::thread([this, answer] {
      const int peer = accept(fd_, nullptr, nullptr);
      EXPECT_EQ(write(peer, answer.data(), answer.size()),
                static_cast<ssize_t>(answer.size()));
      char buffer[64];
      while (read(peer, buffer, sizeof(buffer)) > 0) {
      }
      close(peer);
    });
  }
  ~RawServer() {
    if (thread_.joinable()) thread_.join();
    close(fd_);
  }

  std::string endpoint() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  const int fd_;
  int port_ = 0;
  std::thread thread_;
};

TEST(ServerProbe, TellsWhoSpeaksTls) {
  const GrpcServer plaintext(grpc::InsecureServerCredentials());
  const GrpcServer tls(Tls());
  EXPECT_EQ(ProbeServer(plaintext.endpoint()), Peer::kPlaintext);
  EXPECT_EQ(ProbeServer(tls.endpoint()), Peer::kTls);
  EXPECT_THAT(DescribePeer(plaintext.endpoint(), true),
              HasSubstr("omsctl speaks TLS and the server at"));
  EXPECT_THAT(DescribePeer(tls.endpoint(), false),
              HasSubstr("speaks TLS and omsctl does not"));
  EXPECT_THAT(DescribePeer(tls.endpoint(), true), HasSubstr("--tls-ca"));
  EXPECT_THAT(DescribePeer(plaintext.endpoint(), false), IsEmpty());
}

TEST(ServerProbe, TellsThatNobodyListens) {
  std::string endpoint;
  { endpoint = RawServer("").endpoint(); }
  EXPECT_EQ(ProbeServer(endpoint), Peer::kNobody);
  EXPECT_THAT(DescribePeer(endpoint, false), HasSubstr("nothing listens at"));
  EXPECT_EQ(ProbeServer("unix:/nowhere/at/all.sock"), Peer::kNobody);
}

TEST(ServerProbe, TellsWhatIsNoConnector) {
  const RawServer web("HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ(ProbeServer(web.endpoint()), Peer::kOther);
  const RawServer silent("");
  EXPECT_EQ(ProbeServer(silent.endpoint()), Peer::kSilent);
}

TEST(ServerProbe, SaysNothingOfWhatItCannotTell) {
  EXPECT_EQ(ProbeServer("no-port"), Peer::kUnknown);
  EXPECT_THAT(DescribePeer("no-port", false), IsEmpty());
}

}  // namespace
}  // namespace oms_connector::omsctl
