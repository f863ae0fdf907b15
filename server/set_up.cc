#include "server/set_up.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/digest.h"
#include "base/secret_box.h"
#include "base/secret_file.h"
#include "base/secret_string.h"
#include "base/status_macros.h"
#include "server/listen/host_port.h"
#include "server/listen/new_certificate.h"
#include "storage/databases/open_store.h"

namespace oms_connector::server {
namespace {

constexpr size_t kTokenBytes = 32;
// What browsers and platforms accept at most of a certificate.
constexpr absl::Duration kCertificateDays = absl::Hours(24 * 397);
constexpr mode_t kPrivateFolder = 0700;
constexpr mode_t kPublicFile = 0644;

// The folder that is set up, and what is told of it.
struct Place {
  std::filesystem::path folder;
  std::string told;

  std::string File(absl::string_view name) const {
    return (folder / std::string(name)).string();
  }
  void Tell(absl::string_view verb, const std::string& what,
            absl::string_view why) {
    absl::StrAppend(&told, verb, " ", what, ": ", why, "\n");
  }
};

absl::Status CannotMake(const std::string& path, const std::error_code& error) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot make ", path, ": ", error.message()));
}

absl::Status MakeFolder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return absl::OkStatus();
  std::filesystem::create_directories(folder, error);
  if (!error && chmod(folder.c_str(), kPrivateFolder) == 0) {
    return absl::OkStatus();
  }
  if (!error) error = std::error_code(errno, std::generic_category());
  return CannotMake(folder.string(), error);
}

// Root works as the owner of the folder from here on, so that the server, which
// is not root, may read what is made for it.
absl::Status BecomeOwnerOf(const std::filesystem::path& folder) {
  struct stat info;
  if (geteuid() != 0 || stat(folder.c_str(), &info) != 0 || info.st_uid == 0) {
    return absl::OkStatus();
  }
  if (setegid(info.st_gid) == 0 && seteuid(info.st_uid) == 0) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "cannot become the owner of ", folder.string(), "; run this as them"));
}

absl::Status WriteNew(const std::string& path, const std::string& text,
                      bool is_secret) {
  OMS_RETURN_IF_ERROR(base::CreateSecretFile(
      path, base::SecretString(absl::string_view(text))));
  if (is_secret || chmod(path.c_str(), kPublicFile) == 0) {
    return absl::OkStatus();
  }
  return CannotMake(path, std::error_code(errno, std::generic_category()));
}

bool Exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

// The names by which callers may reach a server that listens at `listen`.
std::vector<std::string> HostsOf(const std::string& listen) {
  std::vector<std::string> hosts;
  char own[256] = {};
  if (gethostname(own, sizeof(own) - 1) == 0 && own[0] != '\0') {
    hosts.emplace_back(own);
  }
  const absl::StatusOr<HostPort> where = ParseHostPort(listen);
  if (where.ok() && where->host != "0.0.0.0" && where->host != "::" &&
      !IsLoopbackHost(where->host)) {
    hosts.push_back(where->host);
  }
  hosts.insert(hosts.end(), {"localhost", "127.0.0.1", "::1"});
  return hosts;
}

absl::Status MakeKey(Place* place) {
  const std::string path = place->File("secret.key");
  const bool kept = Exists(path);
  OMS_RETURN_IF_ERROR(base::SecretBox::LoadOrCreate(path).status());
  place->Tell(kept ? "kept" : "made", path,
              "seals the Order Managers' tokens; back it up, apart from the "
              "store");
  return absl::OkStatus();
}

absl::Status MakeTls(const std::string& listen, absl::Time now, Place* place) {
  const std::string certificate = place->File("server.pem");
  const std::string key = place->File("server.key");
  if (Exists(certificate) && Exists(key)) {
    place->Tell("kept", certificate, "the server's certificate");
    return absl::OkStatus();
  }
  if (Exists(certificate) || Exists(key)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "of ", certificate, " and ", key,
        " only one is there; they belong together, so remove it or bring the "
        "other"));
  }
  const std::vector<std::string> hosts = HostsOf(listen);
  OMS_ASSIGN_OR_RETURN(const NewCertificate made,
                       MakeCertificate(hosts, now, kCertificateDays));
  OMS_RETURN_IF_ERROR(base::CreateSecretFile(key, made.key));
  OMS_RETURN_IF_ERROR(WriteNew(certificate, made.certificate, false));
  place->Tell("made", certificate,
              absl::StrCat("a certificate signed by itself for ",
                           absl::StrJoin(hosts, ", "), " until ",
                           absl::FormatTime("%Y-%m-%d", now + kCertificateDays,
                                            absl::UTCTimeZone()),
                           "; callers need a copy"));
  place->Tell("made", key, "its key");
  const std::string request = place->File("server.csr");
  if (Exists(request)) return absl::OkStatus();
  OMS_RETURN_IF_ERROR(WriteNew(request, made.request, false));
  place->Tell("made", request,
              "for your authority to sign; its answer takes the place of "
              "server.pem");
  return absl::OkStatus();
}

std::string AdminEntry(absl::string_view hash) {
  return absl::StrCat(
      "# Who may do what. VIEWER reads, OPERATOR also syncs, polls and\n"
      "# releases, ADMIN does everything. SIGHUP reads this file again; for a\n"
      "# further token: oms_connector_server --new_token\n"
      "principals {\n  name: \"admin\"\n  token_sha256: \"",
      hash, "\"\n  grants { role: ADMIN connections: \"*\" }\n}\n");
}

// The new admin's token; empty where the principals are known already.
absl::StatusOr<base::SecretString> MakePrincipals(base::IdGenerator* ids,
                                                  Place* place) {
  const std::string path = place->File("principals.textproto");
  if (Exists(path)) {
    place->Tell("kept", path, "who may do what");
    return base::SecretString();
  }
  const base::SecretString token(ids->NewToken(kTokenBytes));
  OMS_RETURN_IF_ERROR(
      WriteNew(path, AdminEntry(base::Sha256Hex(token.Reveal())), true));
  place->Tell("made", path, "who may do what; `admin` may do everything");
  return token;
}

absl::Status MakeFlags(const ServerOptions& given, const std::string& store,
                       Place* place) {
  const std::string path = place->File("flags");
  if (Exists(path)) {
    place->Tell("kept", path, "the server's flags");
    return absl::OkStatus();
  }
  OMS_RETURN_IF_ERROR(WriteNew(
      path,
      absl::StrCat("--listen=", given.listen,
                   "\n--admin_listen=", given.admin_listen, "\n--store=", store,
                   "\n--secret_key_file=", place->File("secret.key"),
                   "\n--principals_file=", place->File("principals.textproto"),
                   "\n--tls_cert_file=", place->File("server.pem"),
                   "\n--tls_key_file=", place->File("server.key"), "\n"),
      // Of a store's URL it may hold the password.
      storage::IsSharedStore(store)));
  place->Tell("made", path, "the server's flags");
  return absl::OkStatus();
}

std::string NextSteps(const ServerOptions& given, const Place& place,
                      const base::SecretString& token) {
  const std::string flags = place.File("flags");
  std::string text;
  if (!token.empty()) {
    absl::StrAppend(&text, "\nThe token of `admin`, shown this once:\n\n  ",
                    token.Reveal(), "\n");
  }
  absl::StrAppend(&text, "\ncheck    oms_connector_server --flagfile=", flags,
                  " --check_config\nstart    oms_connector_server --flagfile=",
                  flags, "\nconnect  omsctl --server=", given.listen,
                  " --tls-ca=", place.File("server.pem"),
                  " --auth-token-file=FILE connections list\n");
  return text;
}

}  // namespace

absl::StatusOr<std::string> SetUp(const std::string& folder,
                                  const ServerOptions& given,
                                  base::Clock* clock, base::IdGenerator* ids) {
  if (folder.empty()) {
    return absl::InvalidArgumentError("--init needs a folder");
  }
  Place place;
  std::error_code error;
  place.folder = std::filesystem::absolute(folder, error).lexically_normal();
  OMS_RETURN_IF_ERROR(MakeFolder(place.folder));
  OMS_RETURN_IF_ERROR(BecomeOwnerOf(place.folder));
  std::string store = given.store;
  if (store == ServerOptions().store) {
    store = absl::StrCat("sqlite:", place.File("store.db"));
  }
  if (!storage::IsSharedStore(store)) {
    OMS_ASSIGN_OR_RETURN(const std::string path, storage::LocalFileOf(store));
    const std::filesystem::path absolute =
        std::filesystem::absolute(path, error).lexically_normal();
    OMS_RETURN_IF_ERROR(MakeFolder(absolute.parent_path()));
    store = absl::StrCat("sqlite:", absolute.string());
  }
  OMS_RETURN_IF_ERROR(MakeKey(&place));
  OMS_RETURN_IF_ERROR(MakeTls(given.listen, clock->Now(), &place));
  OMS_ASSIGN_OR_RETURN(const base::SecretString token,
                       MakePrincipals(ids, &place));
  OMS_RETURN_IF_ERROR(MakeFlags(given, store, &place));
  return absl::StrCat(place.told, NextSteps(given, place, token));
}

std::string NewTokenText(base::IdGenerator* ids) {
  const base::SecretString token(ids->NewToken(kTokenBytes));
  const std::string hash = base::Sha256Hex(token.Reveal());
  return absl::StrCat(
      "token         ", token.Reveal(), "\ntoken_sha256  ", hash,
      "\n\nprincipals {\n  name: \"NAME\"\n  token_sha256: \"", hash,
      "\"\n  grants { role: OPERATOR connections: "
      "\"CONNECTION\" }\n}\n");
}

}  // namespace oms_connector::server
