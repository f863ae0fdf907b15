// Reads a request into the values that its use case takes, once, and collects
// what is wrong with it on the way, so that a caller is told all at once.
//
//   poll.max_results = read.Value(MaxResults(request.max_results()));
//   poll.max_wait = read.Value(…);
//   OMS_RETURN_IF_ERROR(read.Violations());
//
// Values are good for use only when there are no violations. Not thread-safe.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_REQUEST_READER_H_
#define OMS_CONNECTOR_SERVER_CONVERT_REQUEST_READER_H_

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model/errors.h"

namespace oms_connector::server {

class RequestReader {
 public:
  // `first` is what was found before: mostly, of the name that the request is
  // about.
  explicit RequestReader(const absl::Status& first = absl::OkStatus());

  // The value that was read; a default-made one where it could not be, and
  // remembers why.
  template <typename T>
  T Value(absl::StatusOr<T> value) {
    Check(value.status());
    return value.ok() ? *std::move(value) : T();
  }

  // The same into `target`, which stays as it is where there is no value.
  template <typename T, typename Target>
  void Take(absl::StatusOr<T> value, Target* target) {
    Check(value.status());
    if (value.ok()) *target = *std::move(value);
  }

  // Remembers what `status` says of the request; nothing for OK.
  void Check(const absl::Status& status);

  // OK, or INVALID_REQUEST with every violation that was found, in the order in
  // which they were. A status without violations, an error of our own, comes as
  // it is.
  absl::Status Violations() const;

 private:
  std::vector<model::FieldViolation> violations_;
  absl::Status other_;
};

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_REQUEST_READER_H_
