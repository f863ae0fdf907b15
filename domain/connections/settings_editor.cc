#include "domain/connections/settings_editor.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "domain/connections/stored_connection.h"
#include "model/errors.h"
#include "model/settings_merge.h"

namespace oms_connector::connections {
namespace {

constexpr size_t kEtagBytes = 8;
// The settings of so many connections are at hand.
constexpr size_t kKeptSettings = 64;

// Stores `after` in place of `before`. Levels have to be computed anew where
// an inventory setting changed.
absl::Status StoreChange(storage::WriteTransaction& txn,
                         const SettingsUpdate& update,
                         const model::StoredSettings& before,
                         const model::StoredSettings& after) {
  OMS_RETURN_IF_ERROR(txn.connections().UpdateSettings(
      update.connection, after,
      !model::SameInventorySettings(before.values, after.values)));
  model::SettingsChange change;
  change.change_time = after.update_time;
  change.principal = update.principal;
  change.old_settings = before.values;
  change.new_settings = after.values;
  if (update.call.id.key.has_value()) {
    change.request_id = update.call.id.key->request_id;
  }
  return txn.connections().AppendSettingsChange(update.connection, change);
}

// The settings that `update` makes of `before`: with the new etag and time only
// if they differ.
absl::StatusOr<model::StoredSettings> Merge(const SettingsUpdate& update,
                                            const model::StoredSettings& before,
                                            absl::Time now,
                                            const std::string& new_etag) {
  if (!update.etag.empty() && update.etag != before.etag) {
    return model::EtagMismatch(
        absl::StrCat("connections/", update.connection, "/settings"));
  }
  OMS_ASSIGN_OR_RETURN(
      const model::Settings merged,
      model::MergeSettings(before.values, update.sent, update.mask));
  if (merged == before.values) return before;
  return model::StoredSettings{merged, new_etag, now};
}

}  // namespace

SettingsEditor::SettingsEditor(storage::Store* store, base::IdGenerator* ids)
    : store_(store), ids_(ids), kept_(kKeptSettings) {}

absl::StatusOr<model::StoredSettings> SettingsEditor::Get(
    const base::CallContext& context, const std::string& connection) {
  model::StoredSettings settings;
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(const std::string snapshot, txn.Snapshot());
        OMS_ASSIGN_OR_RETURN(settings,
                             kept_.FindOrRead(snapshot, connection, [&] {
                               return FindSettings(txn, connection);
                             }));
        return absl::OkStatus();
      }));
  return settings;
}

absl::StatusOr<storage::Answer<model::StoredSettings>> SettingsEditor::Update(
    const base::CallContext& context, const SettingsUpdate& update) {
  const std::string new_etag = ids_->NewToken(kEtagBytes);
  storage::Answer<model::StoredSettings> answer;
  if (update.validate_only) {
    OMS_ASSIGN_OR_RETURN(const model::StoredSettings before,
                         Get(context, update.connection));
    OMS_ASSIGN_OR_RETURN(answer.result,
                         Merge(update, before, before.update_time, new_etag));
    answer.result.etag.clear();  // of nothing that is stored
    return answer;
  }
  OMS_RETURN_IF_ERROR(store_->Write(
      context, [&](storage::WriteTransaction& txn) -> absl::Status {
        OMS_ASSIGN_OR_RETURN(const absl::Time now, txn.Now());
        OMS_ASSIGN_OR_RETURN(
            answer,
            storage::IdempotentReplay<model::StoredSettings>(
                txn.connections(), update.call, now,
                [&]() -> absl::StatusOr<model::StoredSettings> {
                  OMS_ASSIGN_OR_RETURN(const model::StoredSettings before,
                                       FindSettings(txn, update.connection));
                  OMS_ASSIGN_OR_RETURN(model::StoredSettings after,
                                       Merge(update, before, now, new_etag));
                  if (after.values != before.values) {
                    OMS_RETURN_IF_ERROR(
                        StoreChange(txn, update, before, after));
                  }
                  return after;
                }));
        return absl::OkStatus();
      }));
  return answer;
}

absl::StatusOr<std::vector<model::SettingsChange>> SettingsEditor::ListChanges(
    const base::CallContext& context, absl::string_view connection,
    int64_t before, int limit) {
  std::vector<model::SettingsChange> changes;
  OMS_RETURN_IF_ERROR(
      store_->Read(context, [&](storage::ReadTransaction& txn) -> absl::Status {
        OMS_RETURN_IF_ERROR(FindConnection(txn, connection).status());
        OMS_ASSIGN_OR_RETURN(changes, txn.connections().ListSettingsChanges(
                                          connection, before, limit));
        return absl::OkStatus();
      }));
  return changes;
}

}  // namespace oms_connector::connections
