#include "server/convert/preview_convert.h"

#include <utility>

#include "server/convert/inventory_convert.h"
#include "server/convert/list_page.h"
#include "server/convert/time_convert.h"

namespace oms_connector::server {
namespace {

v1::LevelClaim ClaimToProto(const inventory::ExplainedClaim& claim) {
  v1::LevelClaim proto;
  proto.set_product_id(claim.product_id);
  proto.set_listing_id(claim.listing_id);
  proto.set_master_sku(claim.master_sku);
  proto.set_listing_sku(claim.listing_sku);
  proto.set_product_active(claim.product_active);
  proto.set_listing_active(claim.listing_active);
  proto.set_push_inventory(claim.push_inventory);
  if (claim.on_hand.has_value()) proto.set_on_hand(*claim.on_hand);
  if (claim.locked.has_value()) proto.set_locked(*claim.locked);
  if (claim.quantity.has_value()) proto.set_quantity(*claim.quantity);
  proto.set_absent_from_full_pull(claim.gone);
  *proto.mutable_value_time() = ToProto(claim.value_time);
  return proto;
}

}  // namespace

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
      ToProto(*row.before, proto_row.mutable_before());
    }
    if (row.after.has_value()) ToProto(*row.after, proto_row.mutable_after());
  }
  return proto;
}

v1::ExplainLevelResponse ToProto(
    const inventory::LevelExplanations& explained) {
  v1::ExplainLevelResponse proto;
  proto.set_truncated(explained.cut);
  ListPage<v1::LevelExplanation> levels(proto.mutable_levels());
  for (const inventory::LevelExplanation& one : explained.levels) {
    v1::LevelExplanation level;
    ToProto(one.level, level.mutable_level());
    for (const inventory::ExplainedClaim& claim : one.claims) {
      *level.add_claims() = ClaimToProto(claim);
    }
    *level.mutable_change_time() = ToProto(one.change_time);
    level.set_text(one.text);
    if (levels.Add(std::move(level))) continue;
    proto.set_truncated(true);
    break;
  }
  return proto;
}

}  // namespace oms_connector::server
