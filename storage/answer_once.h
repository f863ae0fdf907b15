// Makes a repeated call harmless: the answer to a request id is kept in the
// transaction of what the call changed, and given again to a repeat.
//
//   return storage::AnswerOnce<model::StoredSettings>(
//       txn.connections(), call, now, [&]() ->
//       absl::StatusOr<model::StoredSettings> {...});
#ifndef OMS_CONNECTOR_STORAGE_ANSWER_ONCE_H_
#define OMS_CONNECTOR_STORAGE_ANSWER_ONCE_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "model/errors.h"
#include "model/remembered_request.h"
#include "storage/connection_tables.h"

namespace oms_connector::storage {

// A call that may be repeated. Without a key it is simply carried out.
template <typename Answer>
struct RepeatableCall {
  std::optional<model::RequestKey> key;
  std::string fingerprint;  // keyed hash of the serialised request
  // The answer as bytes of the caller's layer, and back.
  std::function<std::string(const Answer&)> encode;
  std::function<absl::StatusOr<Answer>(absl::string_view)> decode;
};

// The answer that `call` got before, or that of `carry_out`, which is then
// remembered. REQUEST_ID_REUSED when the id was used with another request; the
// errors of `carry_out`, which are not remembered, since they changed nothing.
template <typename Answer>
absl::StatusOr<Answer> AnswerOnce(
    ConnectionWriter& connections, const RepeatableCall<Answer>& call,
    absl::Time now, absl::FunctionRef<absl::StatusOr<Answer>()> carry_out) {
  if (!call.key.has_value()) return carry_out();
  OMS_ASSIGN_OR_RETURN(const std::optional<model::RememberedRequest> remembered,
                       connections.FindRequest(*call.key, now));
  if (remembered.has_value()) {
    if (remembered->fingerprint != call.fingerprint) {
      return model::RequestIdReused(call.key->request_id);
    }
    return call.decode(remembered->answer);
  }
  OMS_ASSIGN_OR_RETURN(Answer answer, carry_out());
  OMS_RETURN_IF_ERROR(connections.RememberRequest(
      *call.key, {call.fingerprint, call.encode(answer),
                  now + model::kRequestIdLifetime}));
  return answer;
}

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_ANSWER_ONCE_H_
