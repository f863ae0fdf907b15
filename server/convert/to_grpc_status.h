// How an error leaves the server: the one place where absl::Status becomes
// grpc::Status or google.rpc.Status.
//
// What leaves carries exactly one google.rpc.ErrorInfo with the domain
// `oms-connector`, and BadRequest, RetryInfo and ResourceInfo where they fit,
// taken from the details that model/errors.h attaches. CANCELLED and
// DEADLINE_EXCEEDED without details (a call's context makes them) get a reason
// of the same name. Everything else without details is a fault of our own: its
// text goes to the log under an id, and the caller is told INTERNAL and the id.
//
// Messages are valid UTF-8 of at most 1 KiB; all of it together stays small
// enough for a client that takes 8 KiB of trailers, gRPC's default.
//
// Functions here are safe to call from any thread.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_TO_GRPC_STATUS_H_
#define OMS_CONNECTOR_SERVER_CONVERT_TO_GRPC_STATUS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/id_generator.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"

namespace oms_connector::server {

inline constexpr size_t kMaxStatusMessageBytes = 1024;

// For the end of a call. An INTERNAL error gets a fresh id of `ids` and is
// logged with `rpc`.
grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view rpc,
                          base::IdGenerator& ids);

// For an error within an answer, such as a run's; it must not be OK. An
// INTERNAL error is logged, too; its id is made of its text, so that the same
// stored error has the same id each time it is read.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// What the trailer `grpc-retry-pushback-ms` of a call must say, for clients
// that read nothing else; nullopt for errors that get none. Only refusals for
// load have one: the trailer overrides a client's own retry policy.
std::optional<int64_t> RetryPushbackMilliseconds(const absl::Status& status);

// `text` as valid UTF-8, each byte that is none replaced by `?`, cut to at most
// `max_bytes` between two characters.
std::string CutUtf8(absl::string_view text, size_t max_bytes);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_TO_GRPC_STATUS_H_
