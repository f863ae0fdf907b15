#include "server/config_check.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "base/secret_box.h"
#include "server/listen/host_port.h"
#include "server/listen/listening_sockets.h"
#include "server/listen/tls_material.h"
#include "server/rpc/principals.h"
#include "server/secret_key.h"
#include "storage/databases/open_store.h"

namespace oms_connector::server {
namespace {

// People want this long to have a certificate replaced.
constexpr absl::Duration kExpiresSoon = absl::Hours(24 * 14);

// One look at all that the flags name.
class Inspector {
 public:
  Inspector(const ServerOptions& options, base::Clock* clock,
            base::Sleeper* sleeper, base::IdGenerator* ids)
      : options_(options), clock_(clock), sleeper_(sleeper), ids_(ids) {}

  ConfigReport Inspect() {
    InspectTls();
    InspectPrincipals();
    InspectStoreAndKey();
    InspectPort("listen", options_.listen);
    if (options_.admin_listen.empty()) {
      Add(Finding::kWarning, "admin", "no metrics, probes and /statusz");
    } else {
      InspectPort("admin", options_.admin_listen);
    }
    // What is wrong between flags rather than behind them.
    const absl::Status status = CheckOptions(options_);
    if (!status.ok() && report_.problems == 0) {
      Add(Finding::kProblem, "flags", std::string(status.message()));
    }
    return std::move(report_);
  }

 private:
  void Add(Finding finding, absl::string_view what, std::string text) {
    if (finding == Finding::kWarning) ++report_.warnings;
    if (finding == Finding::kProblem) ++report_.problems;
    report_.lines.push_back({finding, std::string(what), std::move(text)});
  }
  void AddProblem(absl::string_view what, const absl::Status& status) {
    Add(Finding::kProblem, what, std::string(status.message()));
  }

  void InspectTls();
  void InspectPrincipals();
  void InspectStoreAndKey();
  void InspectNewStore(const std::string& path);
  void InspectKey(const storage::StoreFacts& facts);
  void InspectPort(absl::string_view what, const std::string& address);

  const ServerOptions& options_;
  base::Clock* const clock_;
  base::Sleeper* const sleeper_;
  base::IdGenerator* const ids_;
  ConfigReport report_;
};

void Inspector::InspectTls() {
  if (options_.tls_cert_file.empty()) {
    const bool needed = !ListensLocally(options_);
    Add(needed ? Finding::kProblem : Finding::kGood, "tls",
        needed ? "--listen reaches beyond this machine without --tls_cert_file"
               : "none; only this machine can connect");
    return;
  }
  const absl::StatusOr<TlsMaterial> material =
      ReadTlsFiles(TlsFilesOf(options_));
  if (!material.ok()) return AddProblem("tls", material.status());
  const absl::Time now = clock_->Now();
  const absl::StatusOr<absl::Time> expiry = CheckTlsMaterial(*material, now);
  if (!expiry.ok()) return AddProblem("tls", expiry.status());
  const std::string text =
      absl::StrCat(options_.tls_cert_file, " fits its key and is valid until ",
                   absl::FormatTime("%Y-%m-%d", *expiry, absl::UTCTimeZone()),
                   options_.tls_client_ca_file.empty()
                       ? "; callers need no certificate"
                       : "; callers need a certificate (mutual TLS)");
  Add(*expiry - now < kExpiresSoon ? Finding::kWarning : Finding::kGood, "tls",
      text);
}

void Inspector::InspectPrincipals() {
  if (options_.principals_file.empty()) {
    const bool needed = !ListensLocally(options_);
    Add(needed ? Finding::kProblem : Finding::kGood, "principals",
        needed ? "--listen reaches beyond this machine without "
                 "--principals_file"
               : "none; everybody on this machine is ADMIN");
    return;
  }
  const auto principals = LoadPrincipals(options_.principals_file);
  if (!principals.ok()) return AddProblem("principals", principals.status());
  const auto admins = std::count_if(
      principals->begin(), principals->end(),
      [](const Principal& one) { return MayCall(one, Role::kAdmin, "*"); });
  Add(admins > 0 ? Finding::kGood : Finding::kWarning, "principals",
      admins > 0
          ? absl::StrFormat("%s names %d, %d of them ADMIN of everything",
                            options_.principals_file, principals->size(),
                            admins)
          : absl::StrFormat("%s names %d, but nobody is ADMIN of everything: "
                            "nobody can create a connection of any id",
                            options_.principals_file, principals->size()));
}

void Inspector::InspectStoreAndKey() {
  storage::StoreOptions store;
  store.url = options_.store;
  store.clock = clock_;
  store.sleeper = sleeper_;
  store.ids = ids_;
  const auto facts = storage::InspectStore(store);
  if (!facts.ok()) {
    AddProblem("store", facts.status());
  } else if (facts->exists) {
    Add(Finding::kGood, "store",
        storage::IsSharedStore(options_.store)
            ? absl::StrCat("connected; keeps ", facts->connections,
                           " connections")
            : absl::StrFormat("%s keeps %d connections in %.1f MiB",
                              options_.store, facts->connections,
                              static_cast<double>(facts->bytes) / (1 << 20)));
  } else if (storage::IsSharedStore(options_.store)) {
    Add(Finding::kGood, "store", "connected; tables will be made");
  } else {
    InspectNewStore(*storage::LocalFileOf(options_.store));
  }
  InspectKey(facts.value_or(storage::StoreFacts()));
}

// Whether a new file can be made there.
absl::Status CanMake(const std::string& path) {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::absolute(path, error).parent_path();
  if (!std::filesystem::is_directory(folder, error)) {
    return absl::NotFoundError(absl::StrCat(
        path, " cannot be made: there is no folder ", folder.string()));
  }
  if (access(folder.c_str(), W_OK | X_OK) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat(
      path, " cannot be made: this user may not write into ", folder.string()));
}

void Inspector::InspectNewStore(const std::string& path) {
  const absl::Status possible = CanMake(path);
  if (!possible.ok()) return AddProblem("store", possible);
  Add(Finding::kGood, "store", absl::StrCat(path, " will be made"));
}

void Inspector::InspectKey(const storage::StoreFacts& facts) {
  const auto path = SecretKeyFile(options_.store, options_.secret_key_file);
  if (!path.ok()) return AddProblem("key", path.status());
  const absl::Status loaded = base::SecretBox::Load(*path).status();
  if (loaded.ok()) return Add(Finding::kGood, "key", *path);
  if (!absl::IsNotFound(loaded)) return AddProblem("key", loaded);
  if (storage::IsSharedStore(options_.store)) {
    return AddProblem(
        "key",
        LoadSecretKey(options_.store, options_.secret_key_file).status());
  }
  if (facts.connections > 0) {
    return Add(Finding::kProblem, "key",
               absl::StrCat("there is no file ", *path, ", and the tokens of ",
                            facts.connections,
                            " connections are sealed with what it held: bring "
                            "it back, or set their tokens again"));
  }
  const absl::Status possible = CanMake(*path);
  if (!possible.ok()) return AddProblem("key", possible);
  Add(Finding::kGood, "key",
      absl::StrCat(*path, " will be made; back it up, apart from the store"));
}

void Inspector::InspectPort(absl::string_view what,
                            const std::string& address) {
  if (absl::StartsWith(address, "unix:")) {
    const absl::Status possible = CanMake(address.substr(5));
    if (!possible.ok()) return AddProblem(what, possible);
    return Add(Finding::kGood, what, address);
  }
  const absl::StatusOr<HostPort> where = ParseHostPort(address);
  if (!where.ok()) return AddProblem(what, where.status());
  const auto sockets = ListeningSockets::Open(address);
  if (sockets.ok()) return Add(Finding::kGood, what, address);
  if (absl::IsInvalidArgument(sockets.status())) {
    return AddProblem(what, sockets.status());
  }
  Add(Finding::kWarning, what,
      absl::StrCat(sockets.status().message(),
                   " Good if that is this server, running already."));
}

absl::string_view NameOf(Finding finding) {
  switch (finding) {
    case Finding::kGood:
      return "good";
    case Finding::kWarning:
      return "WARNING";
    case Finding::kProblem:
      return "PROBLEM";
  }
  return "";
}

}  // namespace

std::string ConfigReport::Text() const {
  std::string text;
  for (const Line& line : lines) {
    absl::StrAppendFormat(&text, "%-8s %-11s %s\n", NameOf(line.finding),
                          line.what, line.text);
  }
  if (problems > 0) {
    absl::StrAppend(&text, "the configuration is not good\n");
  } else if (warnings > 0) {
    absl::StrAppend(&text,
                    "the configuration is good, but look at the "
                    "warnings\n");
  } else {
    absl::StrAppend(&text, "the configuration is good\n");
  }
  return text;
}

ConfigReport InspectConfig(const ServerOptions& options, base::Clock* clock,
                           base::Sleeper* sleeper, base::IdGenerator* ids) {
  return Inspector(options, clock, sleeper, ids).Inspect();
}

}  // namespace oms_connector::server
