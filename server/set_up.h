// Sets a server up in one go: folders, key, certificate, principals and flags.
//
//   OMS_ASSIGN_OR_RETURN(const std::string told,
//                        SetUp("/etc/oms-connector", options, &clock, &ids));
//   std::fputs(told.c_str(), stdout);
//
// Messages and texts are for the operator.
#ifndef OMS_CONNECTOR_SERVER_SET_UP_H_
#define OMS_CONNECTOR_SERVER_SET_UP_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "base/id_generator.h"
#include "server/options.h"

namespace oms_connector::server {

// Makes in `folder`, which is made where it is missing, what a server with TLS
// and principals needs:
//
//   flags                  for --flagfile; everything below stands in it
//   secret.key             the key that seals tokens
//   server.pem, server.key a certificate signed by itself, for this machine
//   server.csr             the request for one that an authority has signed
//   principals.textproto   one principal, `admin`
//
// and the folder of the SQLite store. The listeners are those of `given`, and
// so is the store unless it is the default one, which moves into `folder`.
// What is there already stays as it is, so that it may be called again.
//
// The text tells what was made and what to do next; where the principals file
// is new it holds the admin's token, which nothing keeps. Root hands what it
// makes to the owner of `folder`. FAILED_PRECONDITION when something cannot be
// made, or half of a pair is there.
absl::StatusOr<std::string> SetUp(const std::string& folder,
                                  const ServerOptions& given,
                                  base::Clock* clock, base::IdGenerator* ids);

// A new token for the principals file, its hash, and the entry to paste.
std::string NewTokenText(base::IdGenerator* ids);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_SET_UP_H_
