#include "storage/sql/sku_texts.h"

#include <algorithm>
#include <utility>

#include "storage/sql/sql_query.h"

namespace oms_connector::storage {
namespace {

#define SELECT_SKU \
  "SELECT number, sku_key, text FROM skus WHERE connection = $1 "
constexpr char kSkuRange[] =
    SELECT_SKU "AND number BETWEEN $2 AND $3 ORDER BY number LIMIT $4";
constexpr char kFindSku[] = SELECT_SKU "AND number = $2";
#undef SELECT_SKU

}  // namespace

const SkuTexts::Entry& SkuTexts::At(int64_t number) const {
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), number,
      [](const Entry& each, int64_t wanted) { return each.number < wanted; });
  return found != entries_.end() && found->number == number ? *found : none_;
}

absl::StatusOr<SkuTexts> ReadSkus(SqlConnection& sql, int64_t connection,
                                  std::vector<int64_t> numbers) {
  SkuTexts skus;
  skus.reserve(numbers.size());
  OMS_RETURN_IF_ERROR(
      QueryKeyPage(sql, {kSkuRange, kFindSku}, {connection},
                   Ascending(std::move(numbers)), [&](const SqlRow& row) {
                     skus.Add({row.Int64(0), row.Int64(1), row.String(2)});
                   }));
  return skus;
}

}  // namespace oms_connector::storage
