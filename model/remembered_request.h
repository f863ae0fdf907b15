// Request ids: what makes repeated calls harmless.
#ifndef OMS_CONNECTOR_MODEL_REMEMBERED_REQUEST_H_
#define OMS_CONNECTOR_MODEL_REMEMBERED_REQUEST_H_

#include <string>

#include "absl/time/time.h"

namespace oms_connector::model {

// How long a request id counts.
inline constexpr absl::Duration kRequestIdLifetime = absl::Hours(24);

// A request id counts within (principal, rpc, connection). For calls that
// create a connection, `connection` is the id asked for.
struct RequestKey {
  std::string principal;
  std::string rpc;
  std::string connection;
  std::string request_id;
};

// What was answered to a request id first.
struct RememberedRequest {
  std::string fingerprint;  // keyed hash of the serialised request
  std::string answer;       // the response's bytes
  absl::Time expire_time;

  template <typename Visitor>
  static void VisitFields(Visitor&& visit) {
    visit(1, "fingerprint", &RememberedRequest::fingerprint);
    visit(2, "answer", &RememberedRequest::answer);
    visit(3, "expire_time", &RememberedRequest::expire_time);
  }
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_REMEMBERED_REQUEST_H_
