#include "order_manager/inventory_readers.h"

#include <algorithm>
#include <limits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "order_manager/loose_value.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

using Kind = JsonValue::Kind;

// ---- Sales channels and warehouses -----------------------------------------

const JsonShape& ChannelShape() {
  static const JsonShape* const shape =
      new JsonShape({{"salesChannelId"}, {"name"}, {"type"}, {"active"}});
  return *shape;
}

model::SalesChannel ReadSalesChannel(const RowFields& row) {
  model::SalesChannel channel;
  channel.id = row.NeededId("salesChannelId");
  channel.name = row.Key("name");  // carts are matched by it
  channel.type = row.Text("type");
  channel.active = row.Flag("active", /*otherwise=*/true);
  return channel;
}

const JsonShape& WarehouseShape() {
  static const JsonShape* const shape =
      new JsonShape({{"warehouseId"}, {"name"}, {"type"}, {"active"}});
  return *shape;
}

model::Warehouse ReadWarehouse(const RowFields& row) {
  model::Warehouse warehouse;
  warehouse.id = row.NeededId("warehouseId");
  warehouse.name = row.Key("name");
  warehouse.active = row.Flag("active", /*otherwise=*/true);
  warehouse.type = row.Text("type");
  return warehouse;
}

// ---- Stock -----------------------------------------------------------------

const JsonShape& StockProductShape() {
  static const JsonShape* const shape =
      new JsonShape({{"productId"}, {"masterSku"}});
  return *shape;
}

const JsonShape& StockShape() {
  static const JsonShape* const shape =
      new JsonShape({{"product", &StockProductShape()},
                     {"onHandQuantity"},
                     {"lockedQuantity"}});
  return *shape;
}

const JsonShape& LocationShape() {
  static const JsonShape* const totals =
      new JsonShape({{"onHandQuantity"}, {"lockedQuantity"}});
  static const JsonShape* const location = new JsonShape({{"warehouseId"}});
  static const JsonShape* const shape =
      new JsonShape({{"productStockId"},
                     {"product", &StockProductShape()},
                     {"stockLocation", location},
                     {"warehouseStockTotals", totals}});
  return *shape;
}

model::StockRow ReadStock(const RowFields& row, const RowFields& totals,
                          int64_t warehouse_id) {
  const RowFields product = row.Object("product");
  model::StockRow stock;
  stock.warehouse_id = warehouse_id;
  stock.product_id = product.NeededId("productId");
  stock.master_sku = product.NeededKey("masterSku");
  stock.on_hand = totals.NeededInteger("onHandQuantity");
  stock.locked = totals.Integer("lockedQuantity");
  return stock;
}

// One row per product, in the order in which they first appear.
void MergeByProduct(std::vector<model::StockRow>* rows) {
  std::unordered_map<int64_t, size_t> positions;
  size_t kept = 0;
  for (size_t i = 0; i < rows->size(); ++i) {
    model::StockRow& row = (*rows)[i];
    const auto [position, is_new] = positions.emplace(row.product_id, kept);
    if (is_new) ++kept;
    if (position->second != i) (*rows)[position->second] = std::move(row);
  }
  rows->resize(kept);
}

// ---- Products --------------------------------------------------------------

const JsonShape& ProductShape() {
  static const JsonShape* const money =
      new JsonShape({{"amount"}, {"currency"}});
  static const JsonShape* const named = new JsonShape({{"name"}});
  static const JsonShape* const image = new JsonShape({{"url"}, {"rank"}});
  static const JsonShape* const shape = new JsonShape({{"productId"},
                                                       {"masterSku"},
                                                       {"name"},
                                                       {"type"},
                                                       {"active"},
                                                       {"digital"},
                                                       {"brand"},
                                                       {"description"},
                                                       {"upc"},
                                                       {"mpn"},
                                                       {"weight"},
                                                       {"length"},
                                                       {"width"},
                                                       {"height"},
                                                       {"mapPrice", money},
                                                       {"categories", named},
                                                       {"labels", named},
                                                       {"imageUrls", image},
                                                       {"createdDate"},
                                                       {"modifiedDate"}});
  return *shape;
}

// A text, or what an object says in one of its members.
std::string TextOrMember(const RowFields& row, absl::string_view list,
                         const JsonValue& item, absl::string_view member) {
  std::string text =
      DescriptiveText(item.kind() == Kind::kObject ? item[member] : item);
  if (text.empty() && !item.is_nothing()) {
    row.Note(list, absl::StrCat("holds what is not text: ", Describe(item),
                                "; left out"));
  }
  return text;
}

std::vector<std::string> ReadNames(const RowFields& row,
                                   absl::string_view name) {
  std::vector<std::string> names;
  for (const JsonValue& item : row.List(name)) {
    std::string text = TextOrMember(row, name, item, "name");
    if (!text.empty()) names.push_back(std::move(text));
  }
  return names;
}

std::vector<std::string> ReadImageUrls(const RowFields& row) {
  std::vector<std::pair<int64_t, std::string>> ranked;
  for (const JsonValue& item : row.List("imageUrls")) {
    int64_t rank = 0;
    const Reading reading = ReadInteger(item["rank"], &rank);
    if (reading == Reading::kUnreadable) {
      row.Note("imageUrls", "holds a rank that is no number; taken as last");
    }
    if (reading != Reading::kRead) rank = std::numeric_limits<int64_t>::max();
    std::string url = TextOrMember(row, "imageUrls", item, "url");
    if (!url.empty()) ranked.emplace_back(rank, std::move(url));
  }
  std::stable_sort(
      ranked.begin(), ranked.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> urls;
  for (auto& [rank, url] : ranked) urls.push_back(std::move(url));
  return urls;
}

std::optional<model::Money> ReadMoney(const RowFields& row) {
  const JsonValue& value = row.Find("mapPrice");
  if (value.is_nothing() || value.is_empty()) return std::nullopt;
  model::Money money;
  const Reading reading = ReadDecimal(value["amount"], &money.amount);
  if (reading != Reading::kRead) {
    if (reading == Reading::kUnreadable || value.kind() != Kind::kObject) {
      row.NoteLeftOut("mapPrice", "an amount of money", value);
    }
    return std::nullopt;
  }
  money.currency_code = row.Object("mapPrice").Text("currency");
  return money;
}

model::Product ReadProduct(const RowFields& row) {
  model::Product product;
  product.product_id = row.NeededId("productId");
  product.master_sku = row.NeededKey("masterSku");
  product.name = row.Text("name");
  product.type = row.Text("type");
  product.active = row.Flag("active", /*otherwise=*/true);
  product.digital = row.Flag("digital", /*otherwise=*/false);
  product.brand = row.Text("brand");
  product.description = row.Text("description");
  product.upc = row.Text("upc");
  product.mpn = row.Text("mpn");
  product.weight = row.Real("weight");
  product.length = row.Real("length");
  product.width = row.Real("width");
  product.height = row.Real("height");
  product.map_price = ReadMoney(row);
  product.categories = ReadNames(row, "categories");
  product.labels = ReadNames(row, "labels");
  product.image_urls = ReadImageUrls(row);
  product.create_time = row.Time("createdDate");
  product.modify_time = row.Modified("modifiedDate");
  return product;
}

// ---- Listings --------------------------------------------------------------

const JsonShape& ListingShape() {
  static const JsonShape* const shape = new JsonShape({{"listingId"},
                                                       {"listingSku"},
                                                       {"masterSku"},
                                                       {"productId"},
                                                       {"salesChannelId"},
                                                       {"active"},
                                                       {"pushInventory"},
                                                       {"lastModified"}});
  return *shape;
}

model::Listing ReadListing(const RowFields& row, int64_t sales_channel_id) {
  model::Listing listing;
  listing.listing_id = row.NeededId("listingId");
  listing.listing_sku = row.NeededKey("listingSku");
  listing.master_sku = row.Key("masterSku");
  listing.product_id = row.Id("productId");
  listing.sales_channel_id = row.Id("salesChannelId");
  listing.active = row.Flag("active", /*otherwise=*/true);
  listing.push_inventory = row.Flag("pushInventory", /*otherwise=*/true);
  row.Modified("lastModified");
  if (listing.sales_channel_id == 0) {
    listing.sales_channel_id = sales_channel_id;
  } else if (listing.sales_channel_id != sales_channel_id) {
    row.Misfit("salesChannelId",
               absl::StrCat("is ", listing.sales_channel_id, ", not the ",
                            sales_channel_id, " that was asked for"));
  }
  return listing;
}

}  // namespace

absl::StatusOr<Page<model::SalesChannel>> ReadSalesChannels(JsonRows& reader,
                                                            std::string* text) {
  return ReadPage<model::SalesChannel>(
      reader, text,
      {"saleschannels", 0, &ChannelShape(), {"salesChannelId", "name"}},
      &ReadSalesChannel);
}

absl::StatusOr<Page<model::Warehouse>> ReadWarehouses(JsonRows& reader,
                                                      std::string* text) {
  return ReadPage<model::Warehouse>(
      reader, text,
      {"warehouses", 0, &WarehouseShape(), {"warehouseId", "name"}},
      &ReadWarehouse);
}

absl::StatusOr<Page<model::StockRow>> ReadStockTotals(JsonRows& reader,
                                                      std::string* text,
                                                      int64_t warehouse_id,
                                                      int64_t page) {
  return ReadPage<model::StockRow>(reader, text,
                                   {"productstocks/total",
                                    page,
                                    &StockShape(),
                                    {"product.productId", "product.masterSku"}},
                                   [warehouse_id](const RowFields& row) {
                                     return ReadStock(row, row, warehouse_id);
                                   });
}

absl::StatusOr<Page<model::StockRow>> ReadStockByLocation(JsonRows& reader,
                                                          std::string* text,
                                                          int64_t warehouse_id,
                                                          int64_t page) {
  const auto read = [warehouse_id](const RowFields& row) {
    const int64_t told = row.Object("stockLocation").Id("warehouseId");
    if (told != 0 && told != warehouse_id) {
      row.Misfit("stockLocation.warehouseId",
                 absl::StrCat("is ", told, ", not the ", warehouse_id,
                              " that was asked for"));
    }
    return ReadStock(row, row.Object("warehouseStockTotals"), warehouse_id);
  };
  OMS_ASSIGN_OR_RETURN(
      Page<model::StockRow> result,
      ReadPage<model::StockRow>(
          reader, text,
          {"inventory",
           page,
           &LocationShape(),
           {"productStockId", "product.productId", "product.masterSku"}},
          read));
  MergeByProduct(&result.rows);
  return result;
}

absl::StatusOr<Page<model::Product>> ReadProducts(JsonRows& reader,
                                                  std::string* text,
                                                  int64_t page) {
  return ReadPage<model::Product>(
      reader, text,
      {"products", page, &ProductShape(), {"productId", "masterSku"}},
      &ReadProduct);
}

absl::StatusOr<Page<model::Listing>> ReadListings(JsonRows& reader,
                                                  std::string* text,
                                                  int64_t sales_channel_id,
                                                  int64_t page) {
  return ReadPage<model::Listing>(
      reader, text,
      {"listings", page, &ListingShape(), {"listingId", "listingSku"}},
      [sales_channel_id](const RowFields& row) {
        return ReadListing(row, sales_channel_id);
      });
}

}  // namespace oms_connector::order_manager
