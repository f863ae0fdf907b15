// How much one request may ask and how much may be kept for a caller: what all
// callers meet, with the reason for each number. Beyond one of these a call is
// INVALID_ARGUMENT and names the field and the limit.
#ifndef OMS_CONNECTOR_MODEL_LIMITS_H_
#define OMS_CONNECTOR_MODEL_LIMITS_H_

#include <cstddef>

namespace oms_connector::model {

// ---- Requests

// Outcomes of one acknowledgement: as many as a page has events at most.
inline constexpr int kMaxOutcomes = 5'000;
// A longer reason would be kept with the shipment for good.
inline constexpr size_t kMaxReasonBytes = 1024;
// Shipments that one call releases or replays by name: all or none of them, so
// all in one transaction, which other writers wait for.
inline constexpr int kMaxShipmentNames = 5'000;
// Shipments that one replay of a range puts at the head of the feed: about
// 0.3 s of one transaction.
inline constexpr int kMaxReplayed = 10'000;
// Paths of an update mask: several times as many as there are fields. Each one
// that is wrong gets a line in the answer.
inline constexpr int kMaxMaskPaths = 100;

// ---- What a connection keeps

// More carts than any known seller has; each costs a view of all levels.
inline constexpr size_t kMaxCarts = 100;
inline constexpr size_t kMaxWarehousesOfACart = 1000;
inline constexpr size_t kMaxCarrierCandidates = 50;
// Names that people give; they stand in answers, logs and pages.
inline constexpr size_t kMaxNameBytes = 256;
inline constexpr size_t kMaxPatternBytes = 256;
// Longer tokens are no bearer tokens of the Order Manager's.
inline constexpr size_t kMaxTokenBytes = 8192;
// A consumer is made by its first poll and stays until it is deleted, so a
// caller that makes up a new name each time would fill the store. Far more than
// a connection has readers, and few enough to be listed in one answer.
inline constexpr int kMaxConsumers = 1000;

}  // namespace oms_connector::model

#endif  // OMS_CONNECTOR_MODEL_LIMITS_H_
