#include "server/convert/preview_convert.h"

#include "server/convert/inventory_convert.h"

namespace oms_connector::server {

v1::PreviewSettingsResponse ToProto(const inventory::PreviewPage& page) {
  v1::PreviewSettingsResponse proto;
  v1::SettingsPreviewCounts& counts = *proto.mutable_counts();
  counts.set_levels(page.levels);
  counts.set_changed(page.changed);
  counts.set_newly_published(page.newly_published);
  counts.set_newly_withheld(page.newly_withheld);
  for (const inventory::PreviewRow& row : page.rows) {
    v1::SettingsPreviewRow& proto_row = *proto.add_rows();
    if (row.before.has_value()) {
      *proto_row.mutable_before() = ToProto(*row.before);
    }
    if (row.after.has_value()) *proto_row.mutable_after() = ToProto(*row.after);
  }
  return proto;
}

}  // namespace oms_connector::server
