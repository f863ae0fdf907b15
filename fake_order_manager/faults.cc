#include "fake_order_manager/faults.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "fake_order_manager/endpoint.h"
#include "fake_order_manager/field_json.h"

namespace oms_connector::testing_support {
namespace {

constexpr std::pair<FaultKind, absl::string_view> kNames[] = {
    {FaultKind::kDelay, "delay"},
    {FaultKind::kHold, "hold"},
    {FaultKind::kPageIgnored, "page_ignored"},
    {FaultKind::kShiftingRows, "shifting_rows"},
    {FaultKind::kGarbledRows, "garbled_rows"},
    {FaultKind::kField, "field"},
    {FaultKind::kWrongTypes, "wrong_types"},
    {FaultKind::kNan, "nan"},
    {FaultKind::kDuplicateKeys, "duplicate_keys"},
    {FaultKind::kBadUtf8, "bad_utf8"},
    {FaultKind::kBody, "body"},
    {FaultKind::kHtmlBody, "html_body"},
    {FaultKind::kEmptyBody, "empty_body"},
    {FaultKind::kByteOrderMark, "byte_order_mark"},
    {FaultKind::kTruncatedJson, "truncated_json"},
    {FaultKind::kNotAnArray, "not_an_array"},
    {FaultKind::kDeepNesting, "deep_nesting"},
    {FaultKind::kGzipBomb, "gzip_bomb"},
    {FaultKind::kPartialBody, "partial_body"},
    {FaultKind::kSlowBody, "slow_body"},
    {FaultKind::kEndlessBody, "endless_body"},
    {FaultKind::kCloseConnection, "close_connection"},
    {FaultKind::kStatus, "status"},
    {FaultKind::kQuota, "quota"},
    {FaultKind::kRedirect, "redirect"},
};

// A fault as control requests spell it.
struct FaultText {
  std::string kind;
  Fault fault;
};

}  // namespace

template <typename T, typename Visitor, IfRow<T, FaultText> = 0>
void VisitWireFields(T& row, Visitor&& visit) {
  visit("kind", row.kind);
  visit("endpoint", row.fault.endpoint);
  visit("parameters", row.fault.parameters);
  visit("fromRequest", row.fault.from_request);
  visit("count", row.fault.count);
  visit("probability", row.fault.probability);
  visit("seed", row.fault.seed);
  visit("processed", row.fault.processed);
  visit("status", row.fault.status);
  visit("retryAfterMs", row.fault.retry_after);
  visit("delayMs", row.fault.delay);
  visit("location", row.fault.location);
  visit("field", row.fault.field);
  visit("json", row.fault.json);
  visit("rows", row.fault.rows);
  visit("toTheEnd", row.fault.to_the_end);
  visit("bytesPerSecond", row.fault.bytes_per_second);
  visit("size", row.fault.size);
}

Fault MakeFault(FaultKind kind, std::string endpoint,
                std::optional<int64_t> count) {
  Fault fault;
  fault.kind = kind;
  fault.endpoint = std::move(endpoint);
  fault.count = count;
  return fault;
}

bool StrikesAfterWork(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kDelay:
    case FaultKind::kHold:
    case FaultKind::kCloseConnection:
    case FaultKind::kStatus:
    case FaultKind::kQuota:
    case FaultKind::kRedirect:
      return fault.processed;
    default:
      return true;
  }
}

absl::string_view FaultKindName(FaultKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  return "";
}

absl::StatusOr<Fault> FaultFromJson(absl::string_view json) {
  const nlohmann::json parsed =
      nlohmann::json::parse(json.begin(), json.end(), /*cb=*/nullptr,
                            /*allow_exceptions=*/false);
  FaultText text;
  FieldReader reader(parsed, absl::UnixEpoch(), "fault");
  reader.Object(text);
  if (!reader.status().ok()) return reader.status();
  if (!text.fault.endpoint.empty() &&
      !EndpointFromName(text.fault.endpoint).has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no such endpoint: ", text.fault.endpoint));
  }
  for (const auto& [kind, name] : kNames) {
    if (name != text.kind) continue;
    text.fault.kind = kind;
    return text.fault;
  }
  return absl::InvalidArgumentError(absl::StrCat("no such kind: ", text.kind));
}

std::string FaultToJson(const Fault& fault) {
  return TextOf(ToJson<Scope::kAll>(
      FaultText{std::string(FaultKindName(fault.kind)), fault}));
}

namespace {

bool HasParameter(const QueryParameters& parameters, const std::string& name,
                  const std::string& value) {
  const auto [first, last] = parameters.equal_range(name);
  if (first == last) return name == "page" && value == "1";
  for (auto parameter = first; parameter != last; ++parameter) {
    if (parameter->second == value) return true;
  }
  return false;
}

bool IsMeant(const Fault& fault, absl::string_view endpoint,
             const QueryParameters& parameters) {
  if (!fault.endpoint.empty() && fault.endpoint != endpoint) return false;
  for (const auto& [name, value] : fault.parameters) {
    if (!HasParameter(parameters, name, value)) return false;
  }
  return true;
}

}  // namespace

int64_t FaultPlan::Add(Fault fault) {
  absl::MutexLock lock(&mutex_);
  const int64_t id = next_id_++;
  Entry& entry = entries_[id];
  entry.random.seed(static_cast<uint64_t>(fault.seed));
  entry.fault = std::move(fault);
  return id;
}

bool FaultPlan::Release(int64_t id) {
  absl::MutexLock lock(&mutex_);
  const auto entry = entries_.find(id);
  if (entry == entries_.end() || !entry->second.in_force) return false;
  entry->second.in_force = false;
  return true;
}

void FaultPlan::ReleaseAll() {
  absl::MutexLock lock(&mutex_);
  for (auto& [id, entry] : entries_) entry.in_force = false;
}

int64_t FaultPlan::hits(int64_t id) const {
  absl::MutexLock lock(&mutex_);
  const auto entry = entries_.find(id);
  return entry == entries_.end() ? 0 : entry->second.hits;
}

bool FaultPlan::WaitUntilHeld(int64_t id, absl::Duration timeout) const {
  absl::MutexLock lock(&mutex_);
  const auto is_held = [this, id]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    const auto entry = entries_.find(id);
    return entry != entries_.end() && entry->second.held > 0;
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&is_held), timeout);
}

std::string FaultPlan::ToJson() const {
  absl::MutexLock lock(&mutex_);
  std::string json = "[";
  for (const auto& [id, entry] : entries_) {
    if (!entry.in_force) continue;
    absl::StrAppend(&json, json.size() > 1 ? ",\n" : "", "{\"id\":", id,
                    ",\"hits\":", entry.hits, ",\"held\":", entry.held,
                    ",\"fault\":", FaultToJson(entry.fault), "}");
  }
  return absl::StrCat(json, "]");
}

std::vector<StruckFault> FaultPlan::Strike(absl::string_view endpoint,
                                           const QueryParameters& parameters) {
  absl::MutexLock lock(&mutex_);
  std::vector<StruckFault> struck;
  for (auto& [id, entry] : entries_) {
    if (!entry.in_force || !IsMeant(entry.fault, endpoint, parameters) ||
        !StrikesNow(entry)) {
      continue;
    }
    ++entry.hits;
    struck.push_back({id, entry.fault});
  }
  return struck;
}

bool FaultPlan::StrikesNow(Entry& entry) {
  const Fault& fault = entry.fault;
  ++entry.matches;
  if (entry.matches < fault.from_request) return false;
  if (fault.count.has_value() && entry.hits >= *fault.count) return false;
  // Drawn by hand: the standard's distributions differ between libraries, and
  // a seed must mean the same faults everywhere.
  constexpr double kSpan = 1ull << 53;
  return (entry.random() >> 11) / kSpan < fault.probability;
}

void FaultPlan::Wait(const StruckFault& struck) {
  absl::MutexLock lock(&mutex_);
  const auto may_go = [this, &struck]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopped_ || !IsInForce(struck.id);
  };
  if (struck.fault.kind == FaultKind::kDelay) {
    mutex_.AwaitWithTimeout(absl::Condition(&may_go), struck.fault.delay);
  } else if (struck.fault.kind == FaultKind::kHold) {
    ++entries_[struck.id].held;
    mutex_.Await(absl::Condition(&may_go));
    --entries_[struck.id].held;
  }
}

void FaultPlan::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

bool FaultPlan::IsInForce(int64_t id) const {
  const auto entry = entries_.find(id);
  return entry != entries_.end() && entry->second.in_force;
}

}  // namespace oms_connector::testing_support
