// A cart that reads the feed as a consumer, and crashes now and then: what it
// had read and not acknowledged is forgotten then, and must come again.
#ifndef OMS_CONNECTOR_TESTS_SHIPMENTS_FEED_READER_H_
#define OMS_CONNECTOR_TESTS_SHIPMENTS_FEED_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/shipments/acknowledgement.h"
#include "tests/shipments/shipment_world.h"

namespace oms_connector::shipments {

// What becomes of a page.
enum class PageFate {
  kAcknowledged,
  kForgotten,   // a crash before it was acknowledged
  kAnswerLost,  // a crash after; it is acknowledged once more
};

class FeedReader {
 public:
  // `cart` empty = all carts.
  FeedReader(std::string consumer, std::string cart);

  // Reads one page of at most `size` events and lets that become of it. Fails
  // the test when what was forgotten does not come again, first and in order.
  // Returns how many came.
  size_t Read(ShipmentWorld& world, int size, PageFate fate);

  // The sequences of what was acknowledged, in the order in which it came.
  const std::vector<int64_t>& acknowledged() const { return acknowledged_; }
  const std::string& cart() const { return cart_; }

 private:
  void Acknowledge(ShipmentWorld& world, int64_t cursor);

  const std::string consumer_;
  const std::string cart_;
  std::vector<int64_t> acknowledged_;
  std::vector<int64_t> forgotten_;
  std::optional<int64_t> unanswered_;  // the cursor of a kAnswerLost
};

}  // namespace oms_connector::shipments

#endif  // OMS_CONNECTOR_TESTS_SHIPMENTS_FEED_READER_H_
