#include "server/convert/inventory_convert.h"

#include "server/convert/time_convert.h"

namespace oms_connector::server {
namespace {

v1::InventoryLevel::WithheldReason ToProto(model::WithheldReason reason) {
  switch (reason) {
    case model::WithheldReason::kNone:
      return v1::InventoryLevel::WITHHELD_REASON_UNSPECIFIED;
    case model::WithheldReason::kModeChanged:
      return v1::InventoryLevel::WITHHELD_REASON_MODE_CHANGED;
    case model::WithheldReason::kAbsentFromFullPull:
      return v1::InventoryLevel::WITHHELD_REASON_ABSENT_FROM_FULL_PULL;
    case model::WithheldReason::kInactiveLocation:
      return v1::InventoryLevel::WITHHELD_REASON_INACTIVE_LOCATION;
    case model::WithheldReason::kAmbiguousSku:
      return v1::InventoryLevel::WITHHELD_REASON_AMBIGUOUS_SKU;
    case model::WithheldReason::kInactiveProduct:
      return v1::InventoryLevel::WITHHELD_REASON_INACTIVE_PRODUCT;
    case model::WithheldReason::kInactiveListing:
      return v1::InventoryLevel::WITHHELD_REASON_INACTIVE_LISTING;
    case model::WithheldReason::kPushDisabled:
      return v1::InventoryLevel::WITHHELD_REASON_PUSH_DISABLED;
    case model::WithheldReason::kNoListing:
      return v1::InventoryLevel::WITHHELD_REASON_NO_LISTING;
    case model::WithheldReason::kQuantityUnknown:
      return v1::InventoryLevel::WITHHELD_REASON_QUANTITY_UNKNOWN;
  }
  return v1::InventoryLevel::WITHHELD_REASON_UNSPECIFIED;
}

v1::Derivation::Source ToProto(model::LevelSource source) {
  switch (source) {
    case model::LevelSource::kChannelAllocation:
      return v1::Derivation::SOURCE_CHANNEL_ALLOCATION;
    case model::LevelSource::kWarehouseStock:
      return v1::Derivation::SOURCE_WAREHOUSE_STOCK;
  }
  return v1::Derivation::SOURCE_UNSPECIFIED;
}

void ToProto(const model::Derivation& derivation, v1::Derivation* proto) {
  proto->set_source(ToProto(derivation.source));
  if (derivation.stock.has_value()) {
    const model::StockQuantities& stock = *derivation.stock;
    proto->set_on_hand(stock.on_hand);
    if (stock.locked.has_value()) proto->set_locked(*stock.locked);
  }
  proto->set_locked_subtracted(derivation.locked_subtracted);
  proto->set_clamped_at_zero(derivation.clamped_at_zero);
}

void SetLocation(const model::Location& location, v1::InventoryLevel* proto) {
  switch (location.kind) {
    case model::LocationKind::kSalesChannel:
      proto->mutable_sales_channel()->set_id(location.id);
      proto->mutable_sales_channel()->set_name(location.name);
      break;
    case model::LocationKind::kWarehouse:
      proto->mutable_warehouse()->set_id(location.id);
      proto->mutable_warehouse()->set_name(location.name);
      break;
  }
}

void SetMeasures(const model::Product& product, v1::Product* proto) {
  if (product.weight.has_value()) proto->set_weight(*product.weight);
  if (product.length.has_value()) proto->set_length(*product.length);
  if (product.width.has_value()) proto->set_width(*product.width);
  if (product.height.has_value()) proto->set_height(*product.height);
}

}  // namespace

void ToProto(const model::InventoryLevel& level, v1::InventoryLevel* proto) {
  proto->set_sku(level.sku);
  proto->set_master_sku(level.master_sku);
  SetLocation(level.location, proto);
  switch (level.state) {
    case model::LevelState::kPublished:
      proto->set_state(v1::InventoryLevel::STATE_PUBLISHED);
      if (level.available.has_value()) proto->set_available(*level.available);
      break;
    case model::LevelState::kWithheld:
      proto->set_state(v1::InventoryLevel::STATE_WITHHELD);
      proto->set_withheld_reason(ToProto(level.withheld_reason));
      break;
  }
  ToProto(level.derivation, proto->mutable_derivation());
  *proto->mutable_as_of_time() = ToProto(level.as_of_time);
  proto->set_revision(level.revision);
}

void ToProto(const model::Product& product, v1::Product* proto) {
  proto->set_product_id(product.product_id);
  proto->set_master_sku(product.master_sku);
  proto->set_name(product.name);
  proto->set_type(product.type);
  proto->set_active(product.active);
  proto->set_brand(product.brand);
  proto->set_description(product.description);
  proto->set_upc(product.upc);
  proto->set_mpn(product.mpn);
  SetMeasures(product, proto);
  if (product.map_price.has_value()) {
    proto->mutable_map_price()->set_currency_code(
        product.map_price->currency_code);
    proto->mutable_map_price()->set_amount(product.map_price->amount);
  }
  *proto->mutable_categories() = {product.categories.begin(),
                                  product.categories.end()};
  *proto->mutable_labels() = {product.labels.begin(), product.labels.end()};
  *proto->mutable_image_urls() = {product.image_urls.begin(),
                                  product.image_urls.end()};
  if (product.create_time.has_value()) {
    *proto->mutable_create_time() = ToProto(*product.create_time);
  }
  if (product.modify_time.has_value()) {
    *proto->mutable_modify_time() = ToProto(*product.modify_time);
  }
  proto->set_revision(product.revision);
}

}  // namespace oms_connector::server
