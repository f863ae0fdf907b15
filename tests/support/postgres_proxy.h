// Stands between a store and a PostgreSQL server and loses one commit.
//
//   auto proxy = PostgresProxy::Start(server.directory());
//   OpenStore((*proxy)->Url(database_url));
//   (*proxy)->LoseNextCommit(LostCommit::kAnswer);
//
// Thread-safe.
#ifndef OMS_CONNECTOR_TESTS_SUPPORT_POSTGRES_PROXY_H_
#define OMS_CONNECTOR_TESTS_SUPPORT_POSTGRES_PROXY_H_

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace oms_connector::testing_support {

enum class LostCommit {
  kNone,
  kAnswer,   // the server commits; the client is cut off before it hears
  kRequest,  // both are cut off before the server hears
  kLate,     // the client is cut off; the server hears when DeliverLate is told
};

class PostgresProxy {
 public:
  // In front of the server whose socket is in `server_directory`.
  static absl::StatusOr<std::unique_ptr<PostgresProxy>> Start(
      const std::string& server_directory);
  ~PostgresProxy();
  PostgresProxy(const PostgresProxy&) = delete;
  PostgresProxy& operator=(const PostgresProxy&) = delete;

  // The URL of the same database through this proxy.
  std::string Url(const std::string& server_url) const;

  // The next COMMIT that comes through, on whichever connection.
  void LoseNextCommit(LostCommit how);
  // Hands on what kLate held back; returns when the server has dealt with it.
  void DeliverLate();

 private:
  explicit PostgresProxy(std::string server_directory)
      : server_directory_(std::move(server_directory)) {}

  void AcceptLoop();
  void Pump(int client);
  bool Forward(int client, int server);
  void Lose(LostCommit how, const std::string& request, int client, int server);
  LostCommit TakeFault();

  const std::string server_directory_;
  std::string directory_;
  int listener_ = -1;
  absl::Notification late_allowed_;
  absl::Notification late_done_;
  absl::Mutex mutex_;
  LostCommit fault_ ABSL_GUARDED_BY(mutex_) = LostCommit::kNone;
  bool shut_down_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<int> open_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> pumps_ ABSL_GUARDED_BY(mutex_);
  std::thread acceptor_;
};

}  // namespace oms_connector::testing_support

#endif  // OMS_CONNECTOR_TESTS_SUPPORT_POSTGRES_PROXY_H_
