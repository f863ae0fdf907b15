// Makes a repeated call harmless: the response to a request id is kept in the
// transaction of what the call changed, and given again to a repeat.
//
//   return storage::IdempotentReplay<model::StoredSettings>(
//       txn.connections(), update.call, now,
//       [&]() -> absl::StatusOr<model::StoredSettings> { … });
#ifndef OMS_CONNECTOR_STORAGE_IDEMPOTENT_REPLAY_H_
#define OMS_CONNECTOR_STORAGE_IDEMPOTENT_REPLAY_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "model/remembered_request.h"
#include "storage/connection_tables.h"
#include "storage/document.h"

namespace oms_connector::storage {

// How a call is told from its repeats. Without a key it is simply carried out.
struct IdempotencyKey {
  std::optional<model::RequestKey> key;
  std::string fingerprint;  // keyed hash of the serialised request
};

// The same for a call whose response is kept.
template <typename Result>
struct ReplayableCall {
  IdempotencyKey id;
  // The bytes of the response that shows this result.
  std::function<std::string(const Result&)> response;
};

// What a call comes to: its result where it was carried out, else the response
// that the first call with its key got.
template <typename Result>
struct Answer {
  Result result{};
  std::optional<std::string> replay;
};

// What the first call with this key left; nullopt where there is no key or this
// is the first. REQUEST_ID_REUSED when the key was used with another request.
inline absl::StatusOr<std::optional<std::string>> FindAnswer(
    ConnectionWriter& connections, const IdempotencyKey& id, absl::Time now) {
  if (!id.key.has_value()) return std::nullopt;
  OMS_ASSIGN_OR_RETURN(std::optional<model::RememberedRequest> first,
                       connections.FindRequest(*id.key, now));
  if (!first.has_value()) return std::nullopt;
  if (first->fingerprint != id.fingerprint) {
    return model::RequestIdReused(id.key->request_id);
  }
  return std::move(first->answer);
}

// Leaves `answer` for repeats of a call that has a key.
inline absl::Status RememberAnswer(ConnectionWriter& connections,
                                   const IdempotencyKey& id, absl::Time now,
                                   std::string answer) {
  return connections.RememberRequest(
      *id.key,
      {id.fingerprint, std::move(answer), now + model::kRequestIdLifetime});
}

// The response that `call` got before, or the result of `carry_out`, whose
// response is then remembered. Errors of `carry_out` are not remembered, since
// they changed nothing.
template <typename Result>
absl::StatusOr<Answer<Result>> IdempotentReplay(
    ConnectionWriter& connections, const ReplayableCall<Result>& call,
    absl::Time now, absl::FunctionRef<absl::StatusOr<Result>()> carry_out) {
  Answer<Result> answer;
  OMS_ASSIGN_OR_RETURN(answer.replay, FindAnswer(connections, call.id, now));
  if (answer.replay.has_value()) return answer;
  OMS_ASSIGN_OR_RETURN(answer.result, carry_out());
  if (call.id.key.has_value()) {
    OMS_RETURN_IF_ERROR(RememberAnswer(connections, call.id, now,
                                       call.response(answer.result)));
  }
  return answer;
}

// The same for a result that is smaller than its response and is kept itself,
// as a document.
template <typename Result>
absl::StatusOr<Result> ReplayResult(
    ConnectionWriter& connections, const IdempotencyKey& id, absl::Time now,
    absl::FunctionRef<absl::StatusOr<Result>()> carry_out) {
  OMS_ASSIGN_OR_RETURN(const std::optional<std::string> first,
                       FindAnswer(connections, id, now));
  if (first.has_value()) return DecodeDocument<Result>(*first);
  OMS_ASSIGN_OR_RETURN(Result result, carry_out());
  if (id.key.has_value()) {
    OMS_RETURN_IF_ERROR(
        RememberAnswer(connections, id, now, EncodeDocument(result)));
  }
  return result;
}

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_IDEMPOTENT_REPLAY_H_
