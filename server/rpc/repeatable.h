// Makes calls with a request_id repeatable (AIP-155): how a request is told
// from another one under the same id.
//
//   OMS_ASSIGN_OR_RETURN(
//       update.call,
//       Repeatable<model::StoredSettings>(call, *secrets_, *request,
//                                         encode, decode));
#ifndef OMS_CONNECTOR_SERVER_RPC_REPEATABLE_H_
#define OMS_CONNECTOR_SERVER_RPC_REPEATABLE_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/secret_box.h"
#include "base/status_macros.h"
#include "google/protobuf/message.h"
#include "model/errors.h"
#include "server/rpc/call.h"
#include "storage/answer_once.h"
#include "storage/connection_tables.h"

namespace oms_connector::server {

// The key of `request_id` within (principal, RPC, connection); nullopt where
// the id is empty. Case does not count. INVALID_REQUEST for one that is no
// UUID.
absl::StatusOr<std::optional<model::RequestKey>> RequestKeyOf(
    const Call& call, absl::string_view request_id);

// Equal for equal requests, their request_id aside. Keyed, as requests may hold
// secrets.
std::string RequestFingerprint(const base::SecretBox& secrets,
                               const google::protobuf::Message& request);

// What a use case needs to answer a repeat of `request` with the first answer,
// which `encode` makes bytes of and `decode` reads again.
template <typename Answer, typename Request>
absl::StatusOr<storage::RepeatableCall<Answer>> Repeatable(
    const Call& call, const base::SecretBox& secrets, const Request& request,
    std::function<std::string(const Answer&)> encode,
    std::function<absl::StatusOr<Answer>(absl::string_view)> decode) {
  storage::RepeatableCall<Answer> repeatable;
  OMS_ASSIGN_OR_RETURN(repeatable.key,
                       RequestKeyOf(call, request.request_id()));
  if (repeatable.key.has_value()) {
    repeatable.fingerprint = RequestFingerprint(secrets, request);
    repeatable.encode = std::move(encode);
    repeatable.decode = std::move(decode);
  }
  return repeatable;
}

// The same for answers that are kept as the proto that `to_proto` makes of
// them and `from_proto` reads back.
template <typename Answer, typename Proto, typename Request, typename To,
          typename From>
absl::StatusOr<storage::RepeatableCall<Answer>> RepeatableAs(
    const Call& call, const base::SecretBox& secrets, const Request& request,
    To to_proto, From from_proto) {
  return Repeatable<Answer>(
      call, secrets, request,
      [to_proto](const Answer& answer) {
        return Proto(to_proto(answer)).SerializeAsString();
      },
      [from_proto](absl::string_view bytes) -> absl::StatusOr<Answer> {
        Proto proto;
        if (!proto.ParseFromString(std::string(bytes))) {
          return model::Internal("a remembered answer cannot be read");
        }
        return from_proto(proto);
      });
}

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_REPEATABLE_H_
