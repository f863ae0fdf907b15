// Runs on the wire. How fresh a feed is (PullStatus) is converted
// in connection_convert.h.
#ifndef OMS_CONNECTOR_SERVER_CONVERT_SYNC_RUN_CONVERT_H_
#define OMS_CONNECTOR_SERVER_CONVERT_SYNC_RUN_CONVERT_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/sync_run.h"
#include "oms_connector/v1/sync_runs.pb.h"

namespace oms_connector::server {

// `connection` is the id, for the run's name.
v1::SyncRun ToProto(const model::SyncRun& run, absl::string_view connection);

v1::CartError ToProto(const model::CartError& error);

// Unspecified is both feeds: nullopt. INVALID_REQUEST naming `field` for a
// number that is no feed.
absl::StatusOr<std::optional<model::Feed>> FeedFromProto(
    v1::Feed feed, absl::string_view field);

// Unspecified is incremental. INVALID_REQUEST naming `field` for a number that
// is no kind.
absl::StatusOr<model::SyncKind> SyncKindFromProto(v1::SyncKind kind,
                                                  absl::string_view field);

}  // namespace oms_connector::server

#endif  // OMS_CONNECTOR_SERVER_CONVERT_SYNC_RUN_CONVERT_H_
