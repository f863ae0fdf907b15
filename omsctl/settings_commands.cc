#include "omsctl/settings_commands.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "omsctl/command.h"
#include "omsctl/inventory_text.h"
#include "omsctl/settings_text.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {
namespace {

struct GetFlags {
  std::string connection;
};

struct SetFlags {
  std::string connection;
  std::vector<std::string> assignments;
  std::vector<std::string> resets;
  bool validate_only = false;
  std::string etag;
};

struct HistoryFlags {
  std::string connection;
  int32_t limit = 20;
};

struct PreviewFlags {
  std::string connection;
  std::vector<std::string> assignments;
  std::vector<std::string> resets;
  std::string cart;
  int32_t limit = 100;
};

absl::StatusOr<v1::Settings> InForce(const std::string& connection,
                                     Session& session) {
  v1::GetSettingsRequest request;
  request.set_name(SettingsName(connection));
  OMS_ASSIGN_OR_RETURN(auto answer, session.connector.GetSettings(request));
  return std::move(*answer.mutable_settings());
}

absl::Status Get(const GetFlags& flags, Session& session) {
  OMS_ASSIGN_OR_RETURN(const v1::Settings settings,
                       InForce(flags.connection, session));
  return Show(session, settings, SettingsText(settings, session.width()));
}

std::string ChangedText(const v1::Settings& before, const v1::Settings& after,
                        bool validate_only) {
  const std::vector<std::string> changes = ChangesBetween(before, after);
  if (changes.empty()) return "Nothing changes: it is so already.\n";
  return absl::StrCat(validate_only ? "Would change, and was not stored:\n"
                                    : "Changed, with effect from the next "
                                      "sync or poll:\n",
                      "  ", absl::StrJoin(changes, "\n  "), "\n");
}

absl::Status Set(const SetFlags& flags, Session& session) {
  OMS_ASSIGN_OR_RETURN(SettingsEdit edit,
                       ParseSettingsEdit(flags.assignments, flags.resets));
  OMS_ASSIGN_OR_RETURN(const v1::Settings before,
                       InForce(flags.connection, session));
  v1::UpdateSettingsRequest request;
  *request.mutable_settings() = std::move(edit.settings);
  *request.mutable_update_mask() = std::move(edit.update_mask);
  request.mutable_settings()->set_name(SettingsName(flags.connection));
  request.mutable_settings()->set_etag(flags.etag);
  request.set_validate_only(flags.validate_only);
  OMS_ASSIGN_OR_RETURN(const auto answer,
                       session.connector.UpdateSettings(request));
  return Show(session, answer.settings(),
              ChangedText(before, answer.settings(), flags.validate_only));
}

absl::Status History(const HistoryFlags& flags, Session& session) {
  v1::ListSettingsChangesRequest request;
  request.set_parent(ConnectionName(flags.connection));
  OMS_ASSIGN_OR_RETURN(
      const auto answer,
      (ReadPages<v1::ListSettingsChangesRequest,
                 v1::ListSettingsChangesResponse>(
          request, flags.limit,
          [&](const auto& page) {
            return session.connections.ListSettingsChanges(page);
          },
          &v1::ListSettingsChangesResponse::changes)));
  return Show(session, answer,
              absl::StrCat(SettingsHistoryText({answer.changes().begin(),
                                                answer.changes().end()},
                                               session.width()),
                           MoreText(answer.next_page_token(), flags.limit)));
}

absl::Status Preview(const PreviewFlags& flags, Session& session) {
  OMS_ASSIGN_OR_RETURN(SettingsEdit edit,
                       ParseSettingsEdit(flags.assignments, flags.resets));
  v1::PreviewSettingsRequest request;
  request.set_name(SettingsName(flags.connection));
  request.set_cart(flags.cart);
  *request.mutable_settings() = std::move(edit.settings);
  *request.mutable_update_mask() = std::move(edit.update_mask);
  request.mutable_settings()->set_name(request.name());
  OMS_ASSIGN_OR_RETURN(
      const auto answer,
      (ReadPages<v1::PreviewSettingsRequest, v1::PreviewSettingsResponse>(
          request, flags.limit,
          [&](const auto& page) {
            return session.connections.PreviewSettings(page);
          },
          &v1::PreviewSettingsResponse::rows)));
  return Show(session, answer,
              absl::StrCat(PreviewText(answer, session.width()),
                           MoreText(answer.next_page_token(), flags.limit)));
}

void AddEdit(CLI::App& app, std::vector<std::string>& assignments,
             std::vector<std::string>& resets) {
  app.add_option("assignments", assignments,
                 "NAME=VALUE, for example subtract_locked_quantity=yes");
  AddRepeated(app, "--reset", resets, "NAME of a setting, back to its default");
}

}  // namespace

void AddSettingsCommands(CLI::App& app, Action& chosen) {
  CLI::App& group = AddGroup(app, "settings", "what is published, and when");
  const std::string names = SettingNamesText();
  group.footer(names);
  auto [get, get_flags] =
      AddCommand(group, chosen, "get", "shows the settings in force", &Get);
  AddConnectionId(get, get_flags.connection);
  AddExamples(get, {"omsctl settings get acme"});

  auto [set, set_flags] =
      AddCommand(group, chosen, "set", "changes settings", &Set);
  AddConnectionId(set, set_flags.connection);
  AddEdit(set, set_flags.assignments, set_flags.resets);
  set.add_flag("--validate-only", set_flags.validate_only,
               "check and show the result, store nothing");
  set.add_option("--etag", set_flags.etag, "change only this version");
  set.footer(
      absl::StrCat(names,
                   "\n\nExamples:\n"
                   "  omsctl settings set acme subtract_locked_quantity=yes\n"
                   "  omsctl settings set acme --reset inventory_sync_mode"));

  auto [history, history_flags] = AddCommand(
      group, chosen, "history", "who changed what, newest first", &History);
  AddConnectionId(history, history_flags.connection);
  AddLimit(history, history_flags.limit);
  AddExamples(history, {"omsctl settings history acme"});

  auto [preview, preview_flags] = AddCommand(
      group, chosen, "preview",
      "what would be published after a change, against now", &Preview);
  AddConnectionId(preview, preview_flags.connection);
  AddEdit(preview, preview_flags.assignments, preview_flags.resets);
  preview.footer(absl::StrCat(
      names,
      "\n\nExamples:\n"
      "  omsctl settings preview acme inventory_sync_mode=per-warehouse"));
  preview.add_option("--cart", preview_flags.cart, "as this cart sees it");
  AddLimit(preview, preview_flags.limit);
}

}  // namespace oms_connector::omsctl
