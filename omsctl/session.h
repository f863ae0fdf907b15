#ifndef OMS_CONNECTOR_OMSCTL_SESSION_H_
#define OMS_CONNECTOR_OMSCTL_SESSION_H_

#include <functional>
#include <iosfwd>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/connection_client.h"
#include "client/connector_client.h"
#include "google/protobuf/message.h"

namespace oms_connector::omsctl {

// What a command works with.
struct Session {
  client::ConnectorClient connector;
  client::ConnectionClient connections;
  absl::Time now;     // when omsctl was started
  bool json = false;  // answers as proto JSON instead of text
  std::istream* in;   // for tokens that are piped in
  std::ostream* out;  // for answers
};

// One command, its arguments bound.
using Action = std::function<absl::Status(Session&)>;

// Prints `answer` as JSON, or `text`, as the session wants it. In JSON, fields
// have their lowerCamelCase names and those with their zero value are shown.
absl::Status Show(Session& session, const google::protobuf::Message& answer,
                  absl::string_view text);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_SESSION_H_
