#include "tests/support/fault.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tests/support/endpoint.h"
#include "tests/support/field_reader.h"
#include "tests/support/field_writer.h"

namespace oms_connector::testing_support {
namespace {

constexpr std::pair<FaultKind, absl::string_view> kNames[] = {
    {FaultKind::kDelay, "delay"},
    {FaultKind::kHold, "hold"},
    {FaultKind::kPageIgnored, "page_ignored"},
    {FaultKind::kShiftingRows, "shifting_rows"},
    {FaultKind::kGarbledRows, "garbled_rows"},
    {FaultKind::kWrongTypes, "wrong_types"},
    {FaultKind::kNan, "nan"},
    {FaultKind::kDuplicateKeys, "duplicate_keys"},
    {FaultKind::kBadUtf8, "bad_utf8"},
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
  visit("rows", row.fault.rows);
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
  std::string out;
  JsonWriter json(&out);
  FieldWriter<Scope::kAll>(&json).Object(
      FaultText{std::string(FaultKindName(fault.kind)), fault});
  return out;
}

}  // namespace oms_connector::testing_support
