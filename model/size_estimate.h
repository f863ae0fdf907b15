// How many bytes a noun may take in an answer: never less than it does, so that
// pages can be cut by size before they are written. Pure; the contract's
// encoding is server/convert's, which holds this against it in a test.
#ifndef OMS_CONNECTOR_MODEL_SIZE_ESTIMATE_H_
#define OMS_CONNECTOR_MODEL_SIZE_ESTIMATE_H_

#include <cstddef>

#include "model/inventory.h"
#include "model/shipment.h"

namespace oms_connector::model {

// A page is cut before it grows beyond this: clients that keep gRPC's default
// take messages of 4 MiB, and a page's run and cursor need some as well.
inline constexpr size_t kMaxPageBytes = 3 * 1024 * 1024;

size_t EstimatedBytes(const InventoryLevel& level);
size_t EstimatedBytes(const Product& product);
size_t EstimatedBytes(const ShipmentEvent& event);

// Counts what goes into one page. The first item always fits: a page that is
// empty would never get on.
class PageBudget {
 public:
  explicit PageBudget(size_t bytes) : left_(bytes) {}

  // Whether an item of this size goes in; if so, it is counted.
  bool Take(size_t bytes) {
    const bool fits = first_ || bytes <= left_;
    first_ = false;
    if (fits) left_ -= bytes < left_ ? bytes : left_;
    return fits;
  }

 private:
  size_t left_;
  bool first_ = true;
};

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_SIZE_ESTIMATE_H_
