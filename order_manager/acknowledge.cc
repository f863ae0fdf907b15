#include "order_manager/acknowledge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

const JsonShape& AnswerShape() {
  static const JsonShape* const shape = new JsonShape({{"listingId"},
                                                       {"listingSku"},
                                                       {"masterSku"},
                                                       {"salesChannelId"},
                                                       {"quantity"},
                                                       {"availableQuantity"},
                                                       {"lastModified"}});
  return *shape;
}

int64_t ReadChannel(const RowFields& row, const std::vector<int64_t>& asked) {
  const int64_t channel = row.Id("salesChannelId");
  if (channel == 0 && asked.size() == 1) return asked.front();
  if (channel == 0) {
    row.Fail("salesChannelId", "is missing");
  } else if (std::find(asked.begin(), asked.end(), channel) == asked.end()) {
    row.Fail("salesChannelId",
             absl::StrCat("is ", channel, ", which was not asked for"));
  }
  return channel;
}

model::ListingQuantity ReadQuantity(const RowFields& row,
                                    const std::vector<int64_t>& asked) {
  model::ListingQuantity listing;
  listing.listing_id = row.NeededId("listingId");
  listing.listing_sku = row.NeededKey("listingSku");
  listing.master_sku = row.Key("masterSku");
  listing.sales_channel_id = ReadChannel(row, asked);
  const bool other = row.Find("quantity").is_nothing() &&
                     !row.Find("availableQuantity").is_nothing();
  listing.quantity =
      row.NeededInteger(other ? "availableQuantity" : "quantity");
  listing.last_modified = row.Modified("lastModified");
  return listing;
}

}  // namespace

std::string AcknowledgeRequestBody(
    const std::vector<int64_t>& sales_channel_ids) {
  return absl::StrCat("{\"salesChannelIds\":[",
                      absl::StrJoin(sales_channel_ids, ","), "]}");
}

absl::StatusOr<Acknowledged> ReadAcknowledged(
    JsonRows& reader, std::string* text,
    const std::vector<int64_t>& sales_channel_ids) {
  std::vector<model::ListingQuantity> unread;
  OMS_ASSIGN_OR_RETURN(Page<model::ListingQuantity> page,
                       ReadPage<model::ListingQuantity>(
                           reader, text,
                           {"inventory/acknowledge",
                            0,
                            &AnswerShape(),
                            {"listingId", "listingSku"}},
                           [&](const RowFields& row) {
                             return ReadQuantity(row, sales_channel_ids);
                           },
                           &unread));
  Acknowledged answer;
  static_cast<Page<model::ListingQuantity>&>(answer) = std::move(page);
  for (model::ListingQuantity& row : unread) {
    answer.unread.push_back({std::max<int64_t>(row.listing_id, 0),
                             std::move(row.listing_sku), row.sales_channel_id});
  }
  return answer;
}

}  // namespace oms_connector::order_manager
