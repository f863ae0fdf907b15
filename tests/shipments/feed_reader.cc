#include "tests/shipments/feed_reader.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "model/errors.h"

namespace oms_connector::shipments {

FeedReader::FeedReader(std::string consumer, std::string cart)
    : consumer_(std::move(consumer)), cart_(std::move(cart)) {}

size_t FeedReader::Read(ShipmentWorld& world, int size, PageFate fate) {
  if (unanswered_.has_value()) Acknowledge(world, *unanswered_);
  unanswered_.reset();

  PollRequest request;
  request.consumer = consumer_;
  request.cart = cart_;
  request.max_results = size;
  request.max_staleness = absl::Hours(24 * 365);
  request.max_wait = absl::ZeroDuration();
  const absl::StatusOr<PollPage> page = world.Poll(request);
  if (!page.ok()) {
    // A cart without its sales channel is refused where it has read all.
    EXPECT_TRUE(!cart_.empty() && forgotten_.empty() &&
                model::ReasonOf(page.status()) == "SALES_CHANNEL_NOT_FOUND")
        << page.status();
    return 0;
  }

  std::vector<int64_t> sequences;
  for (const model::ShipmentEvent& event : page->events) {
    EXPECT_TRUE(cart_.empty() || event.shipment.cart_id == cart_)
        << event.sequence;
    sequences.push_back(event.sequence);
  }
  const size_t again = std::min(forgotten_.size(), sequences.size());
  EXPECT_TRUE(std::equal(forgotten_.begin(),
                         forgotten_.begin() + static_cast<int64_t>(again),
                         sequences.begin()))
      << consumer_ << " has lost what it did not acknowledge";
  if (!forgotten_.empty()) {
    EXPECT_FALSE(sequences.empty()) << consumer_;
  }
  if (fate == PageFate::kForgotten) {
    forgotten_ = sequences;
    return sequences.size();
  }
  forgotten_.clear();
  Acknowledge(world, page->next_cursor);
  acknowledged_.insert(acknowledged_.end(), sequences.begin(), sequences.end());
  if (fate == PageFate::kAnswerLost) unanswered_ = page->next_cursor;
  return sequences.size();
}

void FeedReader::Acknowledge(ShipmentWorld& world, int64_t cursor) {
  AcknowledgeRequest request;
  request.connection = kConnection;
  request.consumer = consumer_;
  request.cursor = cursor;
  const auto errors =
      Acknowledgement(world.store.get()).Acknowledge(world.context, request);
  EXPECT_TRUE(errors.ok()) << errors.status();
}

}  // namespace oms_connector::shipments
