// Whatever text a caller, or an operator, hands to us: it is refused, or read
// as exactly one thing. The first byte says as what.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/pattern.h"
#include "base/text_fold.h"
#include "domain/carriers/carrier_detector.h"
#include "domain/carriers/tracking_number.h"
#include "model/field_mask.h"
#include "server/convert/cursor_token.h"
#include "server/convert/page_token.h"
#include "server/convert/resource_names.h"
#include "server/convert/to_grpc_status.h"
#include "server/rpc/principals.h"

namespace oms_connector::server {
namespace {

void Require(bool promise) {
  if (!promise) std::abort();
}

// What the caller gets of an error is short, whatever was sent: a message of
// 1 KiB and details of 3.
void RequireShort(const absl::Status& status) {
  if (!status.ok()) Require(ToRpcStatus(status).ByteSizeLong() <= 5'000);
}

// A text stands for one position, and one position has one text: whoever
// changes a byte of a cursor holds none.
void ReadCursors(absl::string_view text) {
  for (const model::Feed feed :
       {model::Feed::kInventory, model::Feed::kShipments}) {
    const auto read = CursorFromText(feed, "cursor", text);
    RequireShort(read.status());
    if (!read.ok() || text.empty()) continue;
    Require(read->position >= 0);
  }
  const auto token = DecodePageToken("list", text);
  RequireShort(token.status());
  if (token.ok() && !text.empty()) {
    Require(EncodePageToken("list", *token) == text);
  }
}

void ReadNames(absl::string_view text) {
  const auto connection = ParseConnectionName("name", text);
  if (connection.ok()) Require(ConnectionName(*connection) == text);
  const auto settings = ParseSettingsName("name", text);
  if (settings.ok()) Require(SettingsName(*settings) == text);
  const auto shipment = ParseShipmentName("name", text);
  if (shipment.ok()) {
    Require(ShipmentName(shipment->connection, shipment->shipment_id) == text);
  }
  const auto run = ParseSyncRunName("name", text);
  if (run.ok()) Require(SyncRunName(run->connection, run->run_id) == text);
  // No text is the name of two kinds of things.
  Require(connection.ok() + settings.ok() + shipment.ok() + run.ok() <= 1);
  RequireShort(connection.status());
  RequireShort(settings.status());
  RequireShort(shipment.status());
  RequireShort(run.status());
  RequireShort(CheckConsumerName("consumer", text));
  RequireShort(CheckRequestId(text));
}

void ReadMask(absl::string_view text) {
  const std::vector<std::string> mask =
      absl::StrSplit(text, ',', absl::SkipEmpty());
  const std::vector<std::string> leaves = {"a", "b.c", "b.d"};
  const auto expanded = model::ExpandMask(mask, leaves, {"a"});
  if (!expanded.ok()) return RequireShort(expanded.status());
  for (const std::string& leaf : *expanded) {
    Require(leaf == "a" || leaf == "b.c" || leaf == "b.d");
  }
}

void ReadPattern(absl::string_view text) {
  const auto pattern = base::Pattern::Compile(text.substr(0, 256));
  if (!pattern.ok()) return;
  const std::string found = (*pattern)->FirstGroup("A-1001-2 7");
  Require(absl::string_view("A-1001-2 7").find(found) !=
          absl::string_view::npos);
}

void ReadTrackingNumber(absl::string_view text) {
  // Callers' texts and the Order Manager's are UTF-8 by the time they are here.
  if (!base::IsValidUtf8(text)) return;
  const std::string normal = carriers::NormalizeTrackingNumber(text);
  Require(carriers::NormalizeTrackingNumber(normal) == normal);
  const carriers::CarrierDetector all({});
  const auto detected = all.Detect(text, "US");
  const auto again = all.Detect(normal, "US");
  Require(detected.code == again.code && detected.rule == again.rule);
}

void ReadPrincipals(absl::string_view text) {
  const auto principals = ParsePrincipals(text);
  if (!principals.ok()) return;
  Require(!principals->empty());
  std::set<std::string> names;
  for (const Principal& principal : *principals) {
    Require(!principal.name.empty() && names.insert(principal.name).second);
    Require(!principal.token_sha256.empty() ||
            !principal.client_certificates.empty());
    for (const std::string& hash : principal.token_sha256) {
      Require(hash.size() == 64);
    }
  }
}

}  // namespace
}  // namespace oms_connector::server

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view text(reinterpret_cast<const char*>(data) + 1,
                               size - 1);
  switch (data[0]) {
    case 'c':
      oms_connector::server::ReadCursors(text);
      break;
    case 'n':
      oms_connector::server::ReadNames(text);
      break;
    case 'm':
      oms_connector::server::ReadMask(text);
      break;
    case 'p':
      oms_connector::server::ReadPattern(text);
      break;
    case 't':
      oms_connector::server::ReadTrackingNumber(text);
      break;
    case 'w':
      oms_connector::server::ReadPrincipals(text);
      break;
    default:
      break;
  }
  return 0;
}
