#include "server/convert/sync_run_convert.h"

#include "model/errors.h"
#include "server/convert/resource_names.h"
#include "server/convert/time_convert.h"
#include "server/convert/to_grpc_status.h"

namespace oms_connector::server {
namespace {

v1::SyncRun::State ToProto(model::SyncState state) {
  switch (state) {
    case model::SyncState::kRunning:
      return v1::SyncRun::STATE_RUNNING;
    case model::SyncState::kSucceeded:
      return v1::SyncRun::STATE_SUCCEEDED;
    case model::SyncState::kPartial:
      return v1::SyncRun::STATE_PARTIAL;
    case model::SyncState::kFailed:
      return v1::SyncRun::STATE_FAILED;
    case model::SyncState::kCancelled:
      return v1::SyncRun::STATE_CANCELLED;
  }
  return v1::SyncRun::STATE_UNSPECIFIED;
}

v1::SyncRun::Trigger ToProto(model::SyncTrigger trigger) {
  switch (trigger) {
    case model::SyncTrigger::kCall:
      return v1::SyncRun::TRIGGER_CALL;
    case model::SyncTrigger::kSchedule:
      return v1::SyncRun::TRIGGER_SCHEDULE;
    case model::SyncTrigger::kTakeover:
      return v1::SyncRun::TRIGGER_TAKEOVER;
  }
  return v1::SyncRun::TRIGGER_UNSPECIFIED;
}

v1::Feed ToProto(model::Feed feed) {
  switch (feed) {
    case model::Feed::kInventory:
      return v1::FEED_INVENTORY;
    case model::Feed::kShipments:
      return v1::FEED_SHIPMENTS;
  }
  return v1::FEED_UNSPECIFIED;
}

v1::SyncKind ToProto(model::SyncKind kind) {
  switch (kind) {
    case model::SyncKind::kIncremental:
      return v1::SYNC_KIND_INCREMENTAL;
    case model::SyncKind::kFull:
      return v1::SYNC_KIND_FULL;
  }
  return v1::SYNC_KIND_UNSPECIFIED;
}

v1::SyncCounts ToProto(const model::SyncCounts& counts) {
  v1::SyncCounts proto;
  proto.set_requests(counts.requests);
  proto.set_pages(counts.pages);
  proto.set_rows(counts.rows);
  proto.set_levels_changed(counts.levels_changed);
  proto.set_levels_unchanged(counts.levels_unchanged);
  proto.set_levels_withheld(counts.levels_withheld);
  proto.set_products_changed(counts.products_changed);
  proto.set_rows_rejected(counts.rows_rejected);
  proto.set_skus_ambiguous(counts.skus_ambiguous);
  proto.set_rows_noted(counts.rows_noted);
  return proto;
}

v1::RejectedRow ToProto(const model::RejectedRow& row) {
  v1::RejectedRow proto;
  proto.set_endpoint(row.endpoint);
  proto.set_page(row.page);
  proto.set_identifier(row.identifier);
  proto.set_reason(row.reason);
  return proto;
}

v1::RowNote ToProto(const model::RowNote& note) {
  v1::RowNote proto;
  proto.set_endpoint(note.endpoint);
  proto.set_page(note.page);
  proto.set_identifier(note.identifier);
  proto.set_text(note.text);
  return proto;
}

}  // namespace

v1::CartError ToProto(const model::CartError& error) {
  v1::CartError proto;
  proto.set_cart(error.cart_id);
  *proto.mutable_status() = ToRpcStatus(error.status);
  return proto;
}

v1::SyncRun ToProto(const model::SyncRun& run, absl::string_view connection) {
  v1::SyncRun proto;
  proto.set_name(SyncRunName(connection, run.run_id));
  proto.set_state(ToProto(run.state));
  *proto.mutable_start_time() = ToProto(run.start_time);
  if (run.end_time.has_value()) {
    *proto.mutable_end_time() = ToProto(*run.end_time);
  }
  proto.set_kind(ToProto(run.kind));
  proto.set_trigger(ToProto(run.trigger));
  *proto.mutable_counts() = ToProto(run.counts);
  if (!run.error.ok()) *proto.mutable_error() = ToRpcStatus(run.error);
  if (run.resume_time.has_value()) {
    *proto.mutable_resume_time() = ToProto(*run.resume_time);
  }
  for (const model::RejectedRow& row : run.rejected_rows) {
    *proto.add_rejected_rows() = ToProto(row);
  }
  *proto.mutable_ambiguous_skus() = {run.ambiguous_skus.begin(),
                                     run.ambiguous_skus.end()};
  for (const model::CartError& error : run.cart_errors) {
    *proto.add_cart_errors() = ToProto(error);
  }
  proto.set_delta_gap_suspected(run.delta_gap_suspected);
  proto.set_feed(ToProto(run.feed));
  for (const model::RowNote& note : run.notes) {
    *proto.add_notes() = ToProto(note);
  }
  return proto;
}

absl::StatusOr<model::SyncKind> SyncKindFromProto(v1::SyncKind kind,
                                                  absl::string_view field) {
  switch (kind) {
    case v1::SYNC_KIND_UNSPECIFIED:
    case v1::SYNC_KIND_INCREMENTAL:
      return model::SyncKind::kIncremental;
    case v1::SYNC_KIND_FULL:
      return model::SyncKind::kFull;
    default:
      return model::InvalidField(
          field, "must be SYNC_KIND_INCREMENTAL or SYNC_KIND_FULL");
  }
}

absl::StatusOr<std::optional<model::Feed>> FeedFromProto(
    v1::Feed feed, absl::string_view field) {
  switch (feed) {
    case v1::FEED_UNSPECIFIED:
      return std::nullopt;
    case v1::FEED_INVENTORY:
      return model::Feed::kInventory;
    case v1::FEED_SHIPMENTS:
      return model::Feed::kShipments;
    default:
      return model::InvalidField(field,
                                 "must be FEED_INVENTORY or FEED_SHIPMENTS");
  }
}

}  // namespace oms_connector::server
