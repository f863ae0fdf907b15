// What is wrong with a request by itself, found before anything is looked up,
// and told all at once.
//
//   RequestCheck check(ParseConnectionName("parent", request.parent()));
//   check.Add(PageSize(request.page_size()).status());
//   check.Add(CheckCursor(feed, "cursor", request.cursor()));
//
// Not thread-safe.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_REQUEST_CHECK_H_
#define OMS_CONNECTOR_SERVER_CONVERT_REQUEST_CHECK_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/errors.h"

namespace oms_connector::server {

class RequestCheck {
 public:
  // `connection` is the id of the connection that the request is about, or why
  // it cannot be read. By itself it is the check of a request that has no other
  // field that could be wrong.
  // NOLINTNEXTLINE(google-explicit-constructor)
  RequestCheck(absl::StatusOr<std::string> connection);

  // Remembers what `status` says of the request; nothing for OK.
  void Add(const absl::Status& status);
  // The same for what takes longer to find out: `find` is called by Faults, off
  // gRPC's threads and for callers that are known. The request must live still.
  void AddLater(std::function<absl::Status()> find);

  // As Add(CheckRequestId(request_id)), and remembers it for the audit.
  void AddRequestId(const std::string& request_id);

  const absl::StatusOr<std::string>& connection() const { return connection_; }
  // Of the caller, whatever it holds; empty where the request has none.
  const std::string& request_id() const { return request_id_; }

  // OK, or INVALID_REQUEST with every violation that was found, the name's
  // first. A status without violations, an error of our own, comes as it is.
  absl::Status Faults();

 private:
  absl::StatusOr<std::string> connection_;
  std::string request_id_;
  std::vector<model::FieldViolation> violations_;
  absl::Status other_;
  std::vector<std::function<absl::Status()>> later_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_REQUEST_CHECK_H_
