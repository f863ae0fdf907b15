#include "order_manager/acknowledge.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "order_manager/page_reader.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

int64_t ReadChannel(const RowFields& row, const std::vector<int64_t>& asked) {
  const int64_t channel = row.IdOrZero("salesChannelId");
  if (channel == 0 && asked.size() == 1) return asked.front();
  if (std::find(asked.begin(), asked.end(), channel) == asked.end()) {
    row.Fail("salesChannelId",
             channel == 0
                 ? std::string("is missing")
                 : absl::StrCat("is ", channel, ", which was not asked for"));
  }
  return channel;
}

model::ListingQuantity ReadQuantity(const RowFields& row,
                                    const std::vector<int64_t>& asked) {
  model::ListingQuantity listing;
  listing.listing_id = row.Id("listingId");
  listing.listing_sku = row.Key("listingSku");
  listing.master_sku = row.KeyOrEmpty("masterSku");
  listing.sales_channel_id = ReadChannel(row, asked);
  std::optional<int64_t> quantity = row.Integer("quantity");
  if (!quantity.has_value()) quantity = row.Integer("availableQuantity");
  if (!quantity.has_value()) row.Fail("quantity", "is missing");
  listing.quantity = quantity.value_or(0);
  return listing;
}

}  // namespace

std::string AcknowledgeRequestBody(
    const std::vector<int64_t>& sales_channel_ids) {
  return absl::StrCat("{\"salesChannelIds\":[",
                      absl::StrJoin(sales_channel_ids, ","), "]}");
}

Page<model::ListingQuantity> ReadAcknowledged(
    const JsonDocument& document,
    const std::vector<int64_t>& sales_channel_ids) {
  return ReadPage<model::ListingQuantity>(
      document, {"inventory/acknowledge", 0, {"listingId", "listingSku"}},
      [&](const RowFields& row) {
        return ReadQuantity(row, sales_channel_ids);
      });
}

}  // namespace oms_connector::order_manager
