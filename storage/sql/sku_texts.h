#ifndef OMS_CONNECTOR_STORAGE_SQL_SKU_TEXTS_H_
#define OMS_CONNECTOR_STORAGE_SQL_SKU_TEXTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "storage/sql_connection.h"

namespace oms_connector::storage {

// SKUs by their numbers.
class SkuTexts {
 public:
  struct Entry {
    int64_t number = 0;
    int64_t key = 0;
    std::string text;
  };

  void reserve(size_t count) { entries_.reserve(count); }
  // By ascending numbers.
  void Add(Entry entry) { entries_.push_back(std::move(entry)); }
  // All zero and empty where there is none.
  const Entry& At(int64_t number) const;

 private:
  std::vector<Entry> entries_;
  Entry none_;
};

// Each SKU once, however many rows have it. SKUs are numbered as they come, so
// those of a page lie together and are read as a range; joined they would be
// found one by one, which slows a pull that changes nothing by a sixteenth.
absl::StatusOr<SkuTexts> ReadSkus(SqlConnection& sql, int64_t connection,
                                  std::vector<int64_t> numbers);

// Sets key and text of the SKUs of stock or products.
template <typename Row>
absl::Status NameSkus(SqlConnection& sql, int64_t connection,
                      std::vector<Row>* rows) {
  std::vector<int64_t> numbers;
  numbers.reserve(rows->size());
  for (const Row& row : *rows) numbers.push_back(row.sku.number);
  OMS_ASSIGN_OR_RETURN(const SkuTexts skus,
                       ReadSkus(sql, connection, std::move(numbers)));
  for (Row& row : *rows) {
    const SkuTexts::Entry& sku = skus.At(row.sku.number);
    row.sku.key = sku.key;
    row.master_sku = sku.text;
  }
  return absl::OkStatus();
}

}  // namespace oms_connector::storage

#endif  // OMS_CONNECTOR_STORAGE_SQL_SKU_TEXTS_H_
