// Makes calls with a request_id repeatable (AIP-155): how a request is told
// from another one under the same id, and what a repeat is answered with.
//
//   const auto respond = [id = call.connection()](const auto& settings) {
//     v1::UpdateSettingsResponse response;
//     ToProto(settings, id, response.mutable_settings());
//     return response;
//   };
//   update.call = ReplayableCallOf<model::StoredSettings>(id, respond);
//   OMS_ASSIGN_OR_RETURN(const auto answer, editor->Update(context, update));
//   return Respond(answer, respond, response);
#ifndef OMS_CONNECTOR_SERVER_RPC_IDEMPOTENCY_H_
#define OMS_CONNECTOR_SERVER_RPC_IDEMPOTENCY_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/secret_box.h"
#include "google/protobuf/message.h"
#include "model/errors.h"
#include "server/convert/request_reader.h"
#include "server/rpc/call.h"
#include "storage/idempotent_replay.h"

namespace oms_connector::server {

// The key of a request within (principal, RPC, connection), and its
// fingerprint; no key where its request_id is empty. Case does not count. A
// violation where the id is no UUID.
storage::IdempotencyKey IdempotencyKeyOf(
    const Call& call, const base::SecretBox& secrets,
    const google::protobuf::Message& request, absl::string_view request_id,
    RequestReader& read);

// Equal for equal requests, their request_id aside. Keyed, as requests may hold
// secrets.
std::string RequestFingerprint(const base::SecretBox& secrets,
                               const google::protobuf::Message& request);

// `respond(result)` is the response that shows a result.
template <typename Result, typename ResponseOf>
storage::ReplayableCall<Result> ReplayableCallOf(storage::IdempotencyKey id,
                                                 ResponseOf respond) {
  return {std::move(id), [respond = std::move(respond)](const Result& result) {
            return respond(result).SerializeAsString();
          }};
}

// The response to a call that came to this.
template <typename Result, typename ResponseOf, typename Response>
absl::Status Respond(const storage::Answer<Result>& answer,
                     const ResponseOf& respond, Response* response) {
  if (!answer.replay.has_value()) {
    *response = respond(answer.result);
  } else if (!response->ParseFromString(*answer.replay)) {
    return model::Internal("a remembered answer cannot be read");
  }
  return absl::OkStatus();
}

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_RPC_IDEMPOTENCY_H_
