#include "order_manager/product_reader.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "order_manager/loose_value.h"
#include "order_manager/page_reader.h"
#include "order_manager/row_fields.h"

namespace oms_connector::order_manager {
namespace {

using Kind = JsonValue::Kind;

// A member of an object that only describes; null for any other value.
JsonValue MemberOf(const JsonValue& object, absl::string_view name) {
  JsonValue found;
  object.ForEachMember([&](absl::string_view key, const JsonValue& value) {
    if (key == name) found = value;
  });
  return found;
}

// The items of a list that only describes; none for any other value.
std::vector<JsonValue> ItemsOf(const RowFields& row, absl::string_view name) {
  std::vector<JsonValue> items = row.Find(name).items();
  items.resize(std::min(items.size(), RowFields::kMaxListItems));
  return items;
}

// A text, or what an object says in one of its members.
std::string TextOrMember(const JsonValue& value, absl::string_view member) {
  return DescriptiveText(value.kind() == Kind::kObject ? MemberOf(value, member)
                                                       : value);
}

std::vector<std::string> ReadNames(const RowFields& row,
                                   absl::string_view name) {
  std::vector<std::string> names;
  for (const JsonValue& item : ItemsOf(row, name)) {
    std::string text = TextOrMember(item, "name");
    if (!text.empty()) names.push_back(std::move(text));
  }
  return names;
}

std::vector<std::string> ReadImageUrls(const RowFields& row) {
  std::vector<std::pair<int64_t, std::string>> ranked;
  for (const JsonValue& item : ItemsOf(row, "imageUrls")) {
    int64_t rank = 0;
    if (ReadInteger(MemberOf(item, "rank"), &rank) != Reading::kRead) {
      rank = std::numeric_limits<int64_t>::max();
    }
    std::string url = TextOrMember(item, "url");
    if (!url.empty()) ranked.emplace_back(rank, std::move(url));
  }
  std::stable_sort(
      ranked.begin(), ranked.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> urls;
  for (auto& [rank, url] : ranked) urls.push_back(std::move(url));
  return urls;
}

std::optional<model::Money> ReadMoney(const JsonValue& value) {
  model::Money money;
  if (ReadDecimal(MemberOf(value, "amount"), &money.amount) != Reading::kRead) {
    return std::nullopt;
  }
  money.currency_code = DescriptiveText(MemberOf(value, "currency"));
  return money;
}

model::Product ReadProduct(const RowFields& row) {
  model::Product product;
  product.product_id = row.Id("productId");
  product.master_sku = row.Key("masterSku");
  product.name = row.Text("name");
  product.type = row.Text("type");
  product.active = row.Flag("active", /*if_absent=*/true);
  product.brand = row.Text("brand");
  product.description = row.Text("description");
  product.upc = row.Text("upc");
  product.mpn = row.Text("mpn");
  product.weight = row.Real("weight");
  product.length = row.Real("length");
  product.width = row.Real("width");
  product.height = row.Real("height");
  product.map_price = ReadMoney(row.Find("mapPrice"));
  product.categories = ReadNames(row, "categories");
  product.labels = ReadNames(row, "labels");
  product.image_urls = ReadImageUrls(row);
  product.create_time = row.Time("createdDate");
  product.modify_time = row.Time("modifiedDate");
  return product;
}

}  // namespace

Page<model::Product> ReadProducts(const JsonDocument& document, int64_t page) {
  return ReadPage<model::Product>(
      document, {"products", page, {"productId", "masterSku"}}, &ReadProduct);
}

}  // namespace oms_connector::order_manager
