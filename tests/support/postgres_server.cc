#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace oms_connector::testing_support {
namespace {

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin/";
constexpr char kUser[] = "postgres";
constexpr auto kStartTimeout = std::chrono::seconds(60);
constexpr auto kReadyPoll = std::chrono::milliseconds(20);

absl::Status Failed(const std::string& what) {
  return absl::InternalError(
      absl::StrCat(what, "; is the package postgresql-15 installed?"));
}

// The account that the server runs under; null: our own.
const passwd* ServerAccount() {
  return geteuid() == 0 ? getpwnam(kUser) : nullptr;
}

// A child that runs `command` with its output in `log`, and that the kernel
// stops when we die.
pid_t Spawn(const std::vector<std::string>& command, const std::string& log,
            int death_signal) {
  std::vector<char*> arguments;
  for (const std::string& word : command) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  const passwd* account = ServerAccount();
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const pid_t child = fork();
  if (child == 0) {
    if (account != nullptr &&
        (setgroups(0, nullptr) != 0 || setgid(account->pw_gid) != 0 ||
         setuid(account->pw_uid) != 0)) {
      _exit(126);
    }
    prctl(PR_SET_PDEATHSIG, death_signal);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(output);
  return child;
}

// A port of 127.0.0.1 that was free just now; 0 where there is none.
int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const bool found =
      bind(listener, any, size) == 0 && getsockname(listener, any, &size) == 0;
  close(listener);
  return found ? ntohs(address.sin_port) : 0;
}

std::string TextOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::Start(
    const Options& options) {
  auto server = absl::WrapUnique(new PostgresServer(options));
  OMS_RETURN_IF_ERROR(server->MakeDirectory());
  OMS_RETURN_IF_ERROR(server->RunTool(
      {absl::StrCat(kPrograms, "initdb"), "-D", server->data(), "-U", kUser,
       "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"}));
  if (options.tls) OMS_RETURN_IF_ERROR(server->MakeCertificate());
  OMS_RETURN_IF_ERROR(server->Launch());
  return server;
}

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::StartStandbyOf(
    const PostgresServer& primary) {
  auto server = absl::WrapUnique(new PostgresServer(primary.options_));
  OMS_RETURN_IF_ERROR(server->MakeDirectory());
  OMS_RETURN_IF_ERROR(
      server->RunTool({absl::StrCat(kPrograms, "pg_basebackup"), "-h",
                       primary.directory_, "-U", kUser, "-D", server->data(),
                       "-R", "-X", "stream", "-c", "fast", "--no-sync"}));
  OMS_RETURN_IF_ERROR(server->Launch());
  return server;
}

PostgresServer::~PostgresServer() {
  StopImmediate();
  std::error_code error;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, error);
}

absl::Status PostgresServer::MakeDirectory() {
  // Short, as the path of a socket must be.
  std::string name = "/tmp/oms_postgres_XXXXXX";
  if (mkdtemp(name.data()) == nullptr) return Failed("no temporary directory");
  directory_ = name;
  const passwd* account = ServerAccount();
  if (geteuid() == 0 && account == nullptr) return Failed("no user postgres");
  if (account != nullptr &&
      chown(name.c_str(), account->pw_uid, account->pw_gid) != 0) {
    return Failed("the directory cannot be given to the user postgres");
  }
  return absl::OkStatus();
}

absl::Status PostgresServer::RunTool(
    const std::vector<std::string>& command) const {
  const pid_t child = Spawn(command, log(), SIGKILL);
  int status = 0;
  if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
      WEXITSTATUS(status) == 0) {
    return absl::OkStatus();
  }
  return Failed(absl::StrCat(command[0], " failed: ", TextOf(log())));
}

absl::Status PostgresServer::MakeCertificate() const {
  return RunTool({"/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048",
                  "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
                  "subjectAltName=DNS:localhost", "-keyout",
                  directory_ + "/server.key", "-out", certificate()});
}

absl::Status PostgresServer::Launch() {
  std::vector<std::string> command = {
      absl::StrCat(kPrograms, "postgres"),
      "-D",
      data(),
      "-k",
      directory_,
      "-c",
      absl::StrCat("listen_addresses=", options_.tls ? "127.0.0.1" : ""),
      "-c",
      absl::StrCat("fsync=", options_.fsync ? "on" : "off")};
  if (options_.tls) {
    if (port_ == kDefaultPort) port_ = FreePort();
    for (const std::string& setting :
         {absl::StrCat("port=", port_), std::string("ssl=on"),
          absl::StrCat("ssl_cert_file=", certificate()),
          absl::StrCat("ssl_key_file=", directory_, "/server.key")}) {
      command.insert(command.end(), {"-c", setting});
    }
  }
  for (const std::string& setting : options_.settings) {
    command.push_back("-c");
    command.push_back(setting);
  }
  pid_ = Spawn(command, log(), SIGQUIT);
  return AwaitReady();
}

absl::Status PostgresServer::AwaitReady() {
  const auto give_up = std::chrono::steady_clock::now() + kStartTimeout;
  while (PQping(Url("postgres").c_str()) != PQPING_OK) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = 0;
    if (pid_ <= 0 || std::chrono::steady_clock::now() > give_up) {
      return Failed(absl::StrCat("postgres did not start: ", TextOf(log())));
    }
    std::this_thread::sleep_for(kReadyPoll);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> PostgresServer::NewDatabase() {
  return MakeDatabase("template0");
}

absl::StatusOr<std::string> PostgresServer::CopyDatabase(
    const std::string& url) {
  OMS_ASSIGN_OR_RETURN(const std::string name, NameOf(url));
  return MakeDatabase(name);
}

absl::StatusOr<std::string> PostgresServer::MakeDatabase(
    const std::string& original) {
  const std::string name = absl::StrCat("test_", ++databases_);
  OMS_RETURN_IF_ERROR(
      Execute(absl::StrCat("CREATE DATABASE ", name, " TEMPLATE ", original))
          .status());
  return Url(name);
}

void PostgresServer::DropDatabase(const std::string& url) {
  const absl::StatusOr<std::string> name = NameOf(url);
  if (!name.ok()) return;
  Execute(absl::StrCat("DROP DATABASE ", *name, " WITH (FORCE)"))
      .status()
      .IgnoreError();
}

absl::StatusOr<std::string> PostgresServer::NameOf(
    const std::string& url) const {
  for (int i = 1; i <= databases_; ++i) {
    const std::string name = absl::StrCat("test_", i);
    if (Url(name) == url) return name;
  }
  return absl::NotFoundError("not a database of this server");
}

std::string PostgresServer::Url(const std::string& database) const {
  return absl::StrCat("postgres://", kUser, "@/", database, "?port=", port_,
                      "&host=", directory_);
}

std::string PostgresServer::TlsUrl(const std::string& url) const {
  const std::string name = NameOf(url).value_or("postgres");
  return absl::StrCat("postgres://", kUser, "@localhost:", port_, "/", name,
                      "?sslmode=verify-full&sslrootcert=", certificate());
}

absl::StatusOr<std::string> PostgresServer::Execute(
    const std::string& sql, const std::string& database) {
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(
      PQconnectdb(Url(database).c_str()), PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
      PQexec(connection.get(), sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    return absl::InternalError(PQerrorMessage(connection.get()));
  }
  if (PQntuples(result.get()) == 0 || PQnfields(result.get()) == 0) return "";
  return std::string(PQgetvalue(result.get(), 0, 0));
}

void PostgresServer::StopImmediate() {
  if (pid_ <= 0) return;
  kill(pid_, SIGQUIT);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

absl::Status PostgresServer::Restart() {
  StopImmediate();
  return Launch();
}

}  // namespace oms_connector::testing_support
