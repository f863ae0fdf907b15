// A real PostgreSQL 15 for tests, in a temporary directory, reached over a
// unix-domain socket in it, so that no port is taken.
//
//   auto server = PostgresServer::Start();
//   ASSERT_TRUE(server.ok()) << server.status();
//   OpenStore((*server)->NewDatabase());
//
// Root cannot run a server: as root it runs as the user `postgres`, otherwise
// as whoever runs the test. It ends with the object, and also when the test
// dies. It does not wait for the disk, as nothing here outlives the machine.
//
// Not thread-safe, but any number of clients may use the server meanwhile.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_POSTGRES_SERVER_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_POSTGRES_SERVER_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace oms_connector::testing_support {

class PostgresServer {
 public:
  struct Options {
    // Whether commits wait for the disk, as in production; for benchmarks.
    bool fsync = false;
    // Also listens on a port of 127.0.0.1, with TLS and a certificate for the
    // host "localhost" that it has signed itself.
    bool tls = false;
    // Further settings, such as "max_connections=20".
    std::vector<std::string> settings;
  };

  // An empty server that takes connections.
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Start(
      const Options& options);
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Start() {
    return Start(Options());
  }
  // A copy of `primary` that follows it.
  static absl::StatusOr<std::unique_ptr<PostgresServer>> StartStandbyOf(
      const PostgresServer& primary);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Makes an empty database; its URL.
  absl::StatusOr<std::string> NewDatabase();
  // Makes a copy of a database that nobody is connected to; its URL.
  absl::StatusOr<std::string> CopyDatabase(const std::string& url);
  // Drops a database that NewDatabase made, whoever is connected to it.
  void DropDatabase(const std::string& url);
  // The URL of a database of this server.
  std::string Url(const std::string& database) const;
  // The same over TLS. Only with Options::tls.
  std::string TlsUrl(const std::string& url) const;
  // The certificate, which a client may take as its root.
  std::string certificate() const { return directory_ + "/server.crt"; }
  // Where the socket is; what a URL names as its host.
  const std::string& directory() const { return directory_; }

  // Runs statements as the administrator; the first value of the last result,
  // if it has one.
  absl::StatusOr<std::string> Execute(const std::string& sql,
                                      const std::string& database = "postgres");

  // As `pg_ctl stop -m immediate`: connections are cut, nothing is finished.
  void StopImmediate();
  // Starts it again after StopImmediate; recovers as after a crash.
  absl::Status Restart();

 private:
  explicit PostgresServer(Options options) : options_(std::move(options)) {}

  absl::StatusOr<std::string> MakeDatabase(const std::string& original);
  absl::StatusOr<std::string> NameOf(const std::string& url) const;
  absl::Status MakeDirectory();
  absl::Status RunTool(const std::vector<std::string>& command) const;
  absl::Status MakeCertificate() const;
  absl::Status Launch();
  absl::Status AwaitReady();
  std::string data() const { return directory_ + "/data"; }
  std::string log() const { return directory_ + "/log"; }

  // What names the socket; of no network.
  static constexpr int kDefaultPort = 5432;

  const Options options_;
  std::string directory_;
  pid_t pid_ = 0;  // 0: stopped
  int port_ = kDefaultPort;
  int databases_ = 0;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_POSTGRES_SERVER_H_
