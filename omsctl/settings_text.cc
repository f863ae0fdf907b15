#include "omsctl/settings_text.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "omsctl/table.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {
namespace {

// One value that a setting can have.
struct Choice {
  const char* word;
  const char* meaning;
};

// One of the settings. `get` tells which choice is in force, `set` makes
// the n-th choice the value.
struct Setting {
  const char* name;
  const char* group;  // of its path: "inventory.subtract_locked_quantity"
  std::array<Choice, 2> choices;
  size_t (*get)(const v1::Settings&);
  void (*set)(v1::Settings&, size_t);
};

absl::Span<const Setting> AllSettings() {
  static constexpr Setting kSettings[] = {
      {"inventory_sync_mode",
       "inventory",
       {{{"per-sales-channel", "the Order Manager's own number per listing"},
         {"per-warehouse", "computed here from each warehouse's stock"}}},
       [](const v1::Settings& s) -> size_t {
         return s.inventory().inventory_sync_mode() ==
                v1::INVENTORY_SYNC_MODE_PER_WAREHOUSE;
       },
       [](v1::Settings& s, size_t n) {
         s.mutable_inventory()->set_inventory_sync_mode(
             n == 0 ? v1::INVENTORY_SYNC_MODE_PER_SALES_CHANNEL
                    : v1::INVENTORY_SYNC_MODE_PER_WAREHOUSE);
       }},
      {"subtract_locked_quantity",
       "inventory",
       {{{"no", "publish on hand"},
         {"yes", "publish on hand − locked, per warehouse"}}},
       [](const v1::Settings& s) -> size_t {
         return s.inventory().subtract_locked_quantity();
       },
       [](v1::Settings& s, size_t n) {
         s.mutable_inventory()->set_subtract_locked_quantity(n == 1);
       }},
      {"ignore_inactive_products",
       "inventory",
       {{{"no", "inactive products are treated as any other"},
         {"yes", "inactive products are withheld"}}},
       [](const v1::Settings& s) -> size_t {
         return s.inventory().ignore_inactive_products();
       },
       [](v1::Settings& s, size_t n) {
         s.mutable_inventory()->set_ignore_inactive_products(n == 1);
       }},
      {"download_products_data",
       "inventory",
       {{{"no", "levels only"}, {"yes", "product details beside the levels"}}},
       [](const v1::Settings& s) -> size_t {
         return s.inventory().download_products_data();
       },
       [](v1::Settings& s, size_t n) {
         s.mutable_inventory()->set_download_products_data(n == 1);
       }},
      {"split_order_handling",
       "shipment",
       {{{"immediately-send", "each shipment as soon as it appears"},
         {"wait-for-all-records",
          "all together once the whole order is done"}}},
       [](const v1::Settings& s) -> size_t {
         return s.shipment().split_order_handling() ==
                v1::SPLIT_ORDER_HANDLING_WAIT_FOR_ALL_RECORDS;
       },
       [](v1::Settings& s, size_t n) {
         s.mutable_shipment()->set_split_order_handling(
             n == 0 ? v1::SPLIT_ORDER_HANDLING_IMMEDIATELY_SEND
                    : v1::SPLIT_ORDER_HANDLING_WAIT_FOR_ALL_RECORDS);
       }},
      {"parse_carrier_fallback",
       "shipment",
       {{{"no", "OTHER_CARRIER is passed on"},
         {"yes", "OTHER_CARRIER is looked for elsewhere"}}},
       [](const v1::Settings& s) -> size_t {
         return s.shipment().parse_carrier_fallback();
       },
       [](v1::Settings& s, size_t n) {
         s.mutable_shipment()->set_parse_carrier_fallback(n == 1);
       }},
  };
  return kSettings;
}

// "Per_Warehouse" -> "per-warehouse".
std::string Normalised(absl::string_view text) {
  return absl::StrReplaceAll(
      absl::AsciiStrToLower(absl::StripAsciiWhitespace(text)), {{"_", "-"}});
}

std::string NormalisedValue(absl::string_view text) {
  const std::string value = Normalised(text);
  if (value == "true" || value == "on") return "yes";
  if (value == "false" || value == "off") return "no";
  return value;
}

absl::StatusOr<const Setting*> FindSetting(absl::string_view name) {
  std::vector<std::string> names;
  for (const Setting& setting : AllSettings()) {
    if (Normalised(setting.name) == Normalised(name)) return &setting;
    names.push_back(setting.name);
  }
  return UsageError(absl::StrCat("there is no setting \"", name,
                                 "\"; there are ", absl::StrJoin(names, ", ")));
}

absl::Status SetValue(const Setting& setting, absl::string_view text,
                      v1::Settings& settings) {
  for (size_t i = 0; i < setting.choices.size(); ++i) {
    if (NormalisedValue(text) == setting.choices[i].word) {
      setting.set(settings, i);
      return absl::OkStatus();
    }
  }
  return UsageError(absl::StrCat(setting.name, " is ", setting.choices[0].word,
                                 " or ", setting.choices[1].word, ", not \"",
                                 text, "\""));
}

absl::Status AddPath(const Setting& setting,
                     google::protobuf::FieldMask& mask) {
  const std::string path = absl::StrCat(setting.group, ".", setting.name);
  const auto& paths = mask.paths();
  if (std::find(paths.begin(), paths.end(), path) != paths.end()) {
    return UsageError(absl::StrCat(setting.name, " is given twice"));
  }
  mask.add_paths(path);
  return absl::OkStatus();
}

}  // namespace

std::string SettingsText(const v1::Settings& settings, size_t width) {
  Table table({{"SETTING"}, {"VALUE"}, {"MEANS"}});
  for (const Setting& setting : AllSettings()) {
    const Choice& choice = setting.choices[setting.get(settings)];
    table.Add({setting.name, choice.word, choice.meaning});
  }
  std::string text = table.Text(width);
  if (settings.has_update_time()) {
    absl::StrAppend(&text, "as of ", Second(settings.update_time()), ", etag ",
                    settings.etag(), "\n");
  }
  return text;
}

std::string SettingNamesText() {
  Table table({{"NAME"}, {"VALUES"}});
  for (const Setting& setting : AllSettings()) {
    table.Add({setting.name, absl::StrCat(setting.choices[0].word, ", ",
                                          setting.choices[1].word)});
  }
  return table.Text();
}

std::vector<std::string> ChangesBetween(const v1::Settings& before,
                                        const v1::Settings& after) {
  std::vector<std::string> changes;
  for (const Setting& setting : AllSettings()) {
    const size_t from = setting.get(before);
    const size_t to = setting.get(after);
    if (from == to) continue;
    changes.push_back(absl::StrCat(setting.name, ": ",
                                   setting.choices[from].word, " → ",
                                   setting.choices[to].word));
  }
  return changes;
}

std::string SettingsHistoryText(const std::vector<v1::SettingsChange>& changes,
                                size_t width) {
  if (changes.empty()) return "The settings were never changed.\n";
  Table table({{"WHEN"}, {"WHO"}, {"WHAT", Column::kLeft, 0}});
  for (const v1::SettingsChange& change : changes) {
    std::string when = Second(change.change_time());
    std::string who = change.principal();
    for (const std::string& what :
         ChangesBetween(change.old_settings(), change.new_settings())) {
      table.Add({std::move(when), std::move(who), what});
      when.clear();  // once for all that changed together
      who.clear();
    }
  }
  return table.Text(width);
}

absl::StatusOr<SettingsEdit> ParseSettingsEdit(
    const std::vector<std::string>& assignments,
    const std::vector<std::string>& resets) {
  SettingsEdit edit;
  for (const std::string& assignment : assignments) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(assignment, absl::MaxSplits('=', 1));
    OMS_ASSIGN_OR_RETURN(const Setting* setting, FindSetting(parts.first));
    OMS_RETURN_IF_ERROR(AddPath(*setting, edit.update_mask));
    OMS_RETURN_IF_ERROR(SetValue(*setting, parts.second, edit.settings));
  }
  for (const std::string& name : resets) {
    OMS_ASSIGN_OR_RETURN(const Setting* setting, FindSetting(name));
    OMS_RETURN_IF_ERROR(AddPath(*setting, edit.update_mask));
  }
  if (edit.update_mask.paths().empty()) {
    return UsageError(
        "nothing to change: give NAME=VALUE, or --reset NAME for its default");
  }
  return edit;
}

}  // namespace oms_connector::omsctl
