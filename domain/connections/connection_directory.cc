#include "domain/connections/connection_directory.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "domain/connections/connection_rules.h"
#include "domain/connections/stored_connection.h"
#include "model/errors.h"
#include "model/field_mask.h"
#include "model/limits.h"

namespace oms_connector::connections {
namespace {

constexpr size_t kEtagBytes = 8;
constexpr size_t kEpochBytes = 16;
// How far back a new connection reads shipments (api.md, Connection).
constexpr absl::Duration kDefaultShipmentHistory = absl::Hours(7 * 24);
// How many connections one read of the store fetches when it filters.
constexpr int kListBatch = 200;
constexpr char kTokenField[] = "order_manager.access_token";
constexpr char kTokenPath[] = "connection.order_manager.access_token";

const std::vector<std::string>& Leaves() {
  static const auto& leaves =
      *new std::vector<std::string>{"display_name",
                                    "order_manager.base_url",
                                    "order_manager.path_prefix",
                                    kTokenField,
                                    "carts",
                                    "inventory_interval",
                                    "shipment_interval",
                                    "earliest_shipment_time"};
  return leaves;
}

std::set<std::string> PresentLeaves(const ConnectionDraft& sent) {
  const bool present[] = {sent.display_name.has_value(),
                          sent.base_url.has_value(),
                          sent.path_prefix.has_value(),
                          sent.access_token.has_value(),
                          sent.carts.has_value(),
                          sent.inventory_interval.has_value(),
                          sent.shipment_interval.has_value(),
                          sent.earliest_shipment_time.has_value()};
  std::set<std::string> leaves;
  for (size_t i = 0; i < Leaves().size(); ++i) {
    if (present[i]) leaves.insert(Leaves()[i]);
  }
  return leaves;
}

// Writes the fields of `leaves` from `sent`, absent ones as their default. The
// token is the caller's to seal.
void Apply(const std::set<std::string>& leaves, const ConnectionDraft& sent,
           model::Connection* connection) {
  const auto write = [&](const char* leaf, const auto& value, auto fallback,
                         auto* field) {
    if (leaves.count(leaf) > 0) *field = value.value_or(std::move(fallback));
  };
  const model::Connection defaults;
  write("display_name", sent.display_name, std::string(),
        &connection->display_name);
  write("order_manager.base_url", sent.base_url, std::string(),
        &connection->order_manager.base_url);
  write("order_manager.path_prefix", sent.path_prefix, std::string(),
        &connection->order_manager.path_prefix);
  write("carts", sent.carts, std::vector<model::Cart>(), &connection->carts);
  write("inventory_interval", sent.inventory_interval,
        defaults.inventory_interval, &connection->inventory_interval);
  write("shipment_interval", sent.shipment_interval, defaults.shipment_interval,
        &connection->shipment_interval);
  write("earliest_shipment_time", sent.earliest_shipment_time,
        connection->create_time - kDefaultShipmentHistory,
        &connection->earliest_shipment_time);
}

absl::Status CheckToken(const base::SecretString& token) {
  if (token.empty()) return model::InvalidField(kTokenPath, "is required");
  if (token.Reveal().size() > model::kMaxTokenBytes) {
    return model::InvalidField(kTokenPath, "is too long for a token");
  }
  for (const char c : token.Reveal()) {
    // A control character would end or split the header that it is sent in.
    if (c <= ' ' || c > '~') {
      return model::InvalidField(kTokenPath,
                                 "must consist of printable ASCII characters");
    }
  }
  return absl::OkStatus();
}

// Whether nothing that a caller can set differs.
bool SameContent(const model::Connection& a, const model::Connection& b) {
  return a.display_name == b.display_name && a.carts == b.carts &&
         a.inventory_interval == b.inventory_interval &&
         a.shipment_interval == b.shipment_interval &&
         a.earliest_shipment_time == b.earliest_shipment_time &&
         a.order_manager.base_url == b.order_manager.base_url &&
         a.order_manager.path_prefix == b.order_manager.path_prefix &&
         a.order_manager.sealed_token == b.order_manager.sealed_token;
}

// Whether both read the same stock and orders, as far as one can know.
bool SameAccount(const model::OrderManagerAccount& a,
                 const model::OrderManagerAccount& b) {
  return a.base_url == b.base_url && a.token_fingerprint == b.token_fingerprint;
}

// The token that an update writes; nullopt when the stored one is kept. Under a
// path above it an absent token is kept; named itself it must be there.
std::optional<base::SecretString> TokenToWrite(
    const ConnectionUpdate& update, const std::set<std::string>& leaves) {
  const bool named = absl::c_linear_search(update.mask, kTokenField);
  const bool sent = update.sent.access_token.has_value();
  if (!named && (leaves.count(kTokenField) == 0 || !sent)) return std::nullopt;
  return update.sent.access_token.value_or(base::SecretString());
}

// Remembers the violations of `status`.
void Collect(const absl::Status& status,
             std::vector<model::FieldViolation>* found) {
  const std::optional<model::ErrorDetails> details = model::DetailsOf(status);
  if (!details.has_value()) return;
  found->insert(found->end(), details->violations.begin(),
                details->violations.end());
}

absl::Status Refusal(std::vector<model::FieldViolation> found) {
  return found.empty() ? absl::OkStatus()
                       : model::InvalidFields(std::move(found));
}

// How far the orders of another account were read says nothing of this one's.
// What was read of its stock is for the next pull to forget.
absl::Status ForgetOrders(storage::WriteTransaction& txn,
                          absl::string_view connection) {
  OMS_ASSIGN_OR_RETURN(model::ShipmentSummary shipments,
                       txn.shipments().GetShipmentSummary(connection));
  shipments.state.orders_read_through.reset();
  shipments.state.orders_again_from.reset();
  shipments.state.shipments_read_through.reset();
  return txn.shipments().PutShipmentState(connection, shipments.state);
}

// What was pulled from one account says nothing of another: the next pull is a
// full one from the start, and one that still runs has lost its lease, so that
// it cannot write what it read there.
absl::Status ForgetPulls(storage::WriteTransaction& txn,
                         absl::string_view connection, absl::Time now) {
  OMS_RETURN_IF_ERROR(ForgetOrders(txn, connection));
  for (const model::Feed feed :
       {model::Feed::kInventory, model::Feed::kShipments}) {
    OMS_ASSIGN_OR_RETURN(model::PullStatus status,
                         txn.runs().GetPullStatus(connection, feed));
    status.last_full_success_time.reset();
    OMS_RETURN_IF_ERROR(txn.runs().PutPullStatus(connection, feed, status));
    OMS_RETURN_IF_ERROR(txn.runs().PutCheckpoint(connection, feed, ""));
    OMS_ASSIGN_OR_RETURN(const model::PullLease lease,
                         txn.runs().GetLease(connection, feed));
    if (lease.run_id.empty()) continue;
    // It cannot say itself how it ended, either.
    absl::StatusOr<model::SyncRun> run =
        txn.runs().GetRun(connection, lease.run_id);
    if (run.ok()) {
      run->state = model::SyncState::kCancelled;
      run->error = model::RunCancelled(run->run_id);
      run->end_time = now;
      OMS_RETURN_IF_ERROR(txn.runs().PutRun(connection, *run));
    } else if (!absl::IsNotFound(run.status())) {
      return run.status();
    }
    OMS_RETURN_IF_ERROR(
        txn.runs().ReleaseLease(connection, feed, model::FenceOf(lease)));
  }
  return absl::OkStatus();
}

}  // namespace

ConnectionDirectory::ConnectionDirectory(Options options, storage::Store* store,
                                         base::Clock* clock,
                                         base::IdGenerator* ids,
                                         const base::SecretBox* secrets)
    : options_(std::move(options)),
      store_(store),
      clock_(clock),
      ids_(ids),
      secrets_(secrets) {}

void ConnectionDirectory::SealToken(const base::SecretString& token,
                                    model::Connection* connection) const {
  connection->order_manager.sealed_token =
      secrets_->Seal(token, connection->epoch);
  connection->order_manager.sealed_under.clear();
  connection->order_manager.token_fingerprint =
      secrets_->Fingerprint("access_token", token.Reveal()).substr(0, 16);
}

absl::StatusOr<base::SecretString> ConnectionDirectory::OpenToken(
    const model::Connection& connection) const {
  const model::OrderManagerAccount& account = connection.order_manager;
  absl::StatusOr<base::SecretString> token = secrets_->Open(
      account.sealed_token,
      account.sealed_under.empty() ? connection.epoch : account.sealed_under);
  if (!token.ok()) return model::AccessTokenUnreadable(connection.id);
  return token;
}

absl::Status ConnectionDirectory::CheckAndNormalise(
    model::Connection* connection) const {
  model::OrderManagerAccount& account = connection->order_manager;
  OMS_ASSIGN_OR_RETURN(
      model::CheckedBaseUrl checked,
      model::CheckBaseUrl(account.base_url, options_.base_url_policy,
                          "connection.order_manager.base_url"));
  account.base_url = std::move(checked.url);
  OMS_RETURN_IF_ERROR(model::CheckPathPrefix(
      account.path_prefix, "connection.order_manager.path_prefix"));
  return CheckConnection(*connection, options_.is_known_carrier);
}

absl::Status ConnectionDirectory::CheckUrl(
    const model::OrderManagerAccount& account) const {
  return model::CheckBaseUrl(account.base_url, options_.base_url_policy,
                             "connection.order_manager.base_url")
      .status();
}

absl::Status ConnectionDirectory::CheckNew(absl::string_view connection_id,
                                           const ConnectionDraft& draft) const {
  model::Connection connection;
  Apply({Leaves().begin(), Leaves().end()}, draft, &connection);
  std::vector<model::FieldViolation> found;
  Collect(CheckConnectionId(connection_id), &found);
  Collect(CheckToken(draft.access_token.value_or(base::SecretString())),
          &found);
  Collect(CheckUrl(connection.order_manager), &found);
  Collect(model::CheckPathPrefix(connection.order_manager.path_prefix,
                                 "connection.order_manager.path_prefix"),
          &found);
  Collect(CheckConnection(connection, options_.is_known_carrier), &found);
  return Refusal(std::move(found));
}

absl::Status ConnectionDirectory::CheckUpdate(
    const ConnectionUpdate& update) const {
  std::vector<model::FieldViolation> found;
  const std::set<std::string> present = PresentLeaves(update.sent);
  const auto leaves = model::ExpandMask(update.mask, Leaves(), present);
  Collect(leaves.status(), &found);
  const std::set<std::string>& written = leaves.ok() ? *leaves : present;
  model::Connection connection;
  Apply(written, update.sent, &connection);
  const auto token = TokenToWrite(update, written);
  if (token.has_value()) Collect(CheckToken(*token), &found);
  if (written.count("order_manager.base_url") > 0) {
    Collect(CheckUrl(connection.order_manager), &found);
  }
  Collect(model::CheckPathPrefix(connection.order_manager.path_prefix,
                                 "connection.order_manager.path_prefix"),
          &found);
  Collect(CheckConnection(connection, options_.is_known_carrier), &found);
  return Refusal(std::move(found));
}

absl::StatusOr<storage::Answer<model::Connection>> ConnectionDirectory::Create(
    const base::CallContext& context, const std::string& connection_id,
    const ConnectionDraft& draft, const ConnectionCall& call) {
  model::Connection connection;
  connection.id = connection_id;
  connection.epoch = ids_->NewToken(kEpochBytes);
  connection.etag = ids_->NewToken(kEtagBytes);
  connection.create_time = clock_->Now();
  Apply({Leaves().begin(), Leaves().end()}, draft, &connection);
  OMS_RETURN_IF_ERROR(CheckNew(connection_id, draft));
  OMS_RETURN_IF_ERROR(CheckAndNormalise(&connection));
  SealToken(*draft.access_token, &connection);
  model::StoredSettings settings{{}, ids_->NewToken(kEtagBytes), {}};
  storage::Answer<model::Connection> answer;
  OMS_RETURN_IF_ERROR(store_->Write(
      context, [&](storage::WriteTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
        // By the clock that all servers go by: who came first matters.
        connection.create_time = connection.update_time = now;
        settings.update_time = now;
        if (!draft.earliest_shipment_time.has_value()) {
          connection.earliest_shipment_time = now - kDefaultShipmentHistory;
        }
        OMS_ASSIGN_OR_RETURN(
            answer, storage::IdempotentReplay<model::Connection>(
                        txn.connections(), call, now,
                        [&]() -> absl::StatusOr<model::Connection> {
                          const absl::Status inserted =
                              txn.connections().InsertConnection(connection,
                                                                 settings);
                          if (absl::IsAlreadyExists(inserted)) {
                            return model::ConnectionExists(connection_id);
                          }
                          OMS_RETURN_IF_ERROR(inserted);
                          return connection;
                        }));
        return absl::OkStatus();
      }));
  return answer;
}

absl::StatusOr<model::Connection> ConnectionDirectory::Get(
    const base::CallContext& context, absl::string_view connection) {
  model::Connection result;
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(result, FindConnection(txn, connection));
        return absl::OkStatus();
      }));
  return result;
}

absl::StatusOr<std::vector<model::Connection>> ConnectionDirectory::List(
    const base::CallContext& context, absl::string_view after, int limit,
    const std::function<bool(absl::string_view)>& visible) {
  std::vector<model::Connection> result;
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        result.clear();
        std::string last(after);
        while (static_cast<int>(result.size()) < limit) {
          OMS_ASSIGN_OR_RETURN(
              std::vector<model::Connection> batch,
              txn.connections().ListConnections(last, kListBatch));
          if (batch.empty()) break;
          last = batch.back().id;
          for (model::Connection& connection : batch) {
            if (static_cast<int>(result.size()) == limit) break;
            if (visible(connection.id)) result.push_back(std::move(connection));
          }
        }
        return absl::OkStatus();
      }));
  return result;
}

absl::StatusOr<model::Connection> ConnectionDirectory::Merge(
    const ConnectionUpdate& update, model::Connection connection,
    absl::Time now, const std::string& new_etag) const {
  if (!update.etag.empty() && update.etag != connection.etag) {
    return model::EtagMismatch(absl::StrCat("connections/", update.connection));
  }
  OMS_ASSIGN_OR_RETURN(
      const std::set<std::string> leaves,
      model::ExpandMask(update.mask, Leaves(), PresentLeaves(update.sent)));
  const model::Connection before = connection;
  Apply(leaves, update.sent, &connection);
  const auto token = TokenToWrite(update, leaves);
  if (token.has_value()) {
    OMS_RETURN_IF_ERROR(CheckToken(*token));
    const absl::StatusOr<base::SecretString> known = OpenToken(before);
    const bool same = known.ok() && known->Reveal() == token->Reveal();
    if (!same) SealToken(*token, &connection);
  }
  OMS_RETURN_IF_ERROR(CheckAndNormalise(&connection));
  // Otherwise whoever may change the address could have the token sent to one
  // where he reads it.
  if (!token.has_value() &&
      connection.order_manager.base_url != before.order_manager.base_url) {
    return model::InvalidField(kTokenPath,
                               "is required again where base_url changes");
  }
  if (SameContent(before, connection)) return before;
  if (!SameViews(before.carts, connection.carts)) ++connection.view_generation;
  connection.etag = new_etag;
  connection.update_time = now;
  return connection;
}

absl::StatusOr<storage::Answer<model::Connection>> ConnectionDirectory::Update(
    const base::CallContext& context, const ConnectionUpdate& update) {
  const std::string new_etag = ids_->NewToken(kEtagBytes);
  bool forgotten = false;
  storage::Answer<model::Connection> answer;
  OMS_RETURN_IF_ERROR(store_->Write(
      context, [&](storage::WriteTransaction& txn) -> absl::Status {
        forgotten = false;
        OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
        OMS_ASSIGN_OR_RETURN(
            answer,
            storage::IdempotentReplay<model::Connection>(
                txn.connections(), update.call, now,
                [&]() -> absl::StatusOr<model::Connection> {
                  OMS_ASSIGN_OR_RETURN(const model::Connection before,
                                       FindConnection(txn, update.connection));
                  OMS_ASSIGN_OR_RETURN(model::Connection after,
                                       Merge(update, before, now, new_etag));
                  forgotten =
                      !SameAccount(before.order_manager, after.order_manager);
                  if (forgotten) {
                    OMS_RETURN_IF_ERROR(ForgetPulls(txn, after.id, now));
                  }
                  OMS_RETURN_IF_ERROR(
                      txn.connections().UpdateConnection(after));
                  return after;
                }));
        return absl::OkStatus();
      }));
  // They can write nothing more; this spares the other Order Manager requests.
  if (forgotten) options_.stop_pulls(update.connection);
  return answer;
}

absl::Status ConnectionDirectory::Delete(const base::CallContext& context,
                                         absl::string_view connection,
                                         absl::string_view etag) {
  OMS_RETURN_IF_ERROR(store_->Write(
      context, [&](storage::WriteTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(const model::Connection current,
                             FindConnection(txn, connection));
        if (!etag.empty() && etag != current.etag) {
          return model::EtagMismatch(absl::StrCat("connections/", connection));
        }
        return txn.connections().DeleteConnection(connection);
      }));
  // They can write nothing more, whatever is made under this id.
  options_.stop_pulls(connection);
  return absl::OkStatus();
}

}  // namespace oms_connector::connections
