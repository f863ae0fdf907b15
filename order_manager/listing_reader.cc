#include "order_manager/listing_reader.h"

#include "absl/strings/str_cat.h"
#include "order_manager/page_reader.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

model::Listing ReadListing(const RowFields& row, int64_t sales_channel_id) {
  model::Listing listing;
  listing.listing_id = row.Id("listingId");
  listing.listing_sku = row.Key("listingSku");
  listing.master_sku = row.KeyOrEmpty("masterSku");
  listing.product_id = row.IdOrZero("productId");
  listing.sales_channel_id = row.IdOrZero("salesChannelId");
  listing.active = row.Flag("active", /*if_absent=*/true);
  listing.push_inventory = row.Flag("pushInventory", /*if_absent=*/true);
  if (listing.sales_channel_id == 0) {
    listing.sales_channel_id = sales_channel_id;
  } else if (listing.sales_channel_id != sales_channel_id) {
    row.Fail("salesChannelId",
             absl::StrCat("is ", listing.sales_channel_id, ", not the ",
                          sales_channel_id, " that was asked for"));
  }
  return listing;
}

}  // namespace

Page<model::Listing> ReadListings(const JsonDocument& document,
                                  int64_t sales_channel_id, int64_t page) {
  return ReadPage<model::Listing>(
      document, {"listings", page, {"listingId", "listingSku"}},
      [sales_channel_id](const RowFields& row) {
        return ReadListing(row, sales_channel_id);
      });
}

}  // namespace oms_connector::order_manager
