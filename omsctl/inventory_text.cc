#include "omsctl/inventory_text.h"

#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "oms_connector/client/rpc_status.h"
#include "omsctl/table.h"
#include "omsctl/words.h"

namespace oms_connector::omsctl {

namespace {

// Enough for the longest reason.
constexpr size_t kWhyWidth = 90;

const char* ReasonText(v1::InventoryLevel::WithheldReason reason) {
  switch (reason) {
    case v1::InventoryLevel::WITHHELD_REASON_MODE_CHANGED:
      return "belongs to the inventory sync mode that was left";
    case v1::InventoryLevel::WITHHELD_REASON_ABSENT_FROM_FULL_PULL:
      return "the Order Manager no longer lists it";
    case v1::InventoryLevel::WITHHELD_REASON_INACTIVE_LOCATION:
      return "its warehouse or channel is inactive, or not this cart's";
    case v1::InventoryLevel::WITHHELD_REASON_AMBIGUOUS_SKU:
      return "more than one product or listing claims this SKU";
    case v1::InventoryLevel::WITHHELD_REASON_INACTIVE_PRODUCT:
      return "the product is inactive";
    case v1::InventoryLevel::WITHHELD_REASON_INACTIVE_LISTING:
      return "the listing is inactive";
    case v1::InventoryLevel::WITHHELD_REASON_PUSH_DISABLED:
      return "the listing is set not to push inventory";
    case v1::InventoryLevel::WITHHELD_REASON_NO_LISTING:
      return "the cart has no listing for it";
    case v1::InventoryLevel::WITHHELD_REASON_QUANTITY_UNKNOWN:
      return "the Order Manager has not told the quantity";
    default:
      return "";
  }
}

std::string WithheldText(const v1::InventoryLevel& level) {
  constexpr size_t kPrefix = sizeof("WITHHELD_REASON_") - 1;
  const std::string name =
      v1::InventoryLevel::WithheldReason_Name(level.withheld_reason());
  const char* text = ReasonText(level.withheld_reason());
  if (name.size() <= kPrefix || *text == '\0') return "for an unknown reason";
  return absl::StrCat(name.substr(kPrefix), ": ", text);
}

// With a minus sign as wide as a digit. Wide enough for any difference of
// quantities.
std::string Number(absl::int128 number) {
  std::ostringstream text;
  text << number;
  if (number >= 0) return text.str();
  return absl::StrCat("−", text.str().substr(1));
}

std::string WarehouseStockText(const v1::Derivation& derivation) {
  if (!derivation.has_on_hand()) return "stock in the warehouse";
  std::string text = absl::StrCat("on hand ", Number(derivation.on_hand()));
  if (derivation.locked_subtracted()) {
    if (!derivation.has_locked()) return text + " − locked unknown";
    if (derivation.locked() < 0) {
      return absl::StrCat(text, " (locked ", Number(derivation.locked()),
                          ", counted as 0)");
    }
    absl::StrAppend(
        &text, " − locked ", Number(derivation.locked()), " = ",
        Number(absl::int128(derivation.on_hand()) - derivation.locked()));
  } else if (derivation.locked() > 0) {
    absl::StrAppend(&text, " (", Number(derivation.locked()),
                    " locked, not subtracted)");
  }
  return text;
}

std::string AvailableText(const v1::InventoryLevel& level) {
  return level.has_available() ? absl::StrCat(level.available()) : "withheld";
}

template <typename Location>
std::string NameOrId(const Location& location) {
  return location.name().empty() ? absl::StrCat(location.id())
                                 : location.name();
}

std::string BeforeOrAfterText(bool present, const v1::InventoryLevel& level) {
  return present ? AvailableText(level) : "–";
}

}  // namespace

std::string WhyText(const v1::InventoryLevel& level) {
  if (level.state() == v1::InventoryLevel::STATE_WITHHELD) {
    return WithheldText(level);
  }
  const v1::Derivation& derivation = level.derivation();
  const std::string text =
      derivation.source() == v1::Derivation::SOURCE_CHANNEL_ALLOCATION
          ? "the Order Manager's number"
          : WarehouseStockText(derivation);
  return derivation.clamped_at_zero() ? absl::StrCat(text, ": published as 0")
                                      : text;
}

std::string LocationText(const v1::InventoryLevel& level) {
  if (level.has_warehouse()) return NameOrId(level.warehouse());
  if (level.has_sales_channel()) return NameOrId(level.sales_channel());
  return "";
}

std::string LevelsText(const std::vector<v1::InventoryLevel>& levels,
                       size_t width) {
  Table table({{"SKU"},
               {"LOCATION"},
               {"AVAILABLE", Column::kRight},
               {"WHY", Column::kLeft, kWhyWidth}});
  for (const v1::InventoryLevel& level : levels) {
    table.Add({level.sku(), LocationText(level), AvailableText(level),
               WhyText(level)});
  }
  return table.Text(width);
}

std::string ProductsText(const std::vector<v1::Product>& products,
                         size_t width) {
  Table table({{"MASTER SKU"},
               {"NAME"},
               {"BRAND"},
               {"UPC"},
               {"MAP", Column::kRight},
               {"ACTIVE"}});
  for (const v1::Product& product : products) {
    const v1::Money& price = product.map_price();
    table.Add({product.master_sku(), product.name(), product.brand(),
               product.upc(),
               product.has_map_price()
                   ? absl::StrCat(price.amount(), " ", price.currency_code())
                   : "",
               product.active() ? "yes" : "no"});
  }
  return table.Text(width);
}

namespace {

std::string CountOrUnknown(bool known, int64_t count) {
  return known ? absl::StrCat(count) : "not told";
}

// What stands against a claim, in the order in which the levels' reasons go.
std::string ClaimNotes(const v1::LevelClaim& claim) {
  std::vector<std::string> notes;
  if (claim.absent_from_full_pull()) {
    notes.emplace_back("absent from the last full pull");
  }
  if (!claim.product_active()) notes.emplace_back("product inactive");
  if (!claim.listing_active()) notes.emplace_back("listing inactive");
  if (!claim.push_inventory()) notes.emplace_back("push disabled");
  return absl::StrJoin(notes, ", ");
}

std::string IdOrNone(int64_t id) { return id == 0 ? "" : absl::StrCat(id); }

std::string ClaimsText(const v1::LevelExplanation& one, size_t width) {
  Table table({{"  CLAIMED BY PRODUCT"},
               {"LISTING"},
               {"MASTER SKU"},
               {"LISTING SKU"},
               {"ON HAND", Column::kRight},
               {"LOCKED", Column::kRight},
               {"NUMBER", Column::kRight},
               {"FIRST READ"},
               {"NOTE"}});
  const bool in_warehouse = one.level().has_warehouse();
  for (const v1::LevelClaim& claim : one.claims()) {
    table.Add(
        {absl::StrCat("  ", IdOrNone(claim.product_id())),
         IdOrNone(claim.listing_id()), claim.master_sku(), claim.listing_sku(),
         in_warehouse ? CountOrUnknown(claim.has_on_hand(), claim.on_hand())
                      : "",
         in_warehouse ? CountOrUnknown(claim.has_locked(), claim.locked()) : "",
         in_warehouse ? ""
                      : CountOrUnknown(claim.has_quantity(), claim.quantity()),
         Minute(claim.value_time()), ClaimNotes(claim)});
  }
  return table.Text(width);
}

}  // namespace

std::string ExplanationText(absl::string_view sku,
                            const v1::ExplainLevelResponse& explained,
                            absl::Time now, size_t width) {
  if (explained.levels().empty()) {
    return absl::StrCat(
        "No level of ", Printable(sku),
        ": nothing that was pulled bears this SKU, as a master SKU or as a "
        "listing's.\n");
  }
  std::string text;
  for (const v1::LevelExplanation& one : explained.levels()) {
    const v1::InventoryLevel& level = one.level();
    absl::StrAppend(&text, text.empty() ? "" : "\n", Printable(level.sku()),
                    " at ", Printable(LocationText(level)), ": ",
                    AvailableText(level), "\n  ", Printable(one.text()), "\n  ",
                    level.state() == v1::InventoryLevel::STATE_PUBLISHED
                        ? "Its quantity was first read "
                        : "It is so since ",
                    Second(one.change_time()), " (",
                    Ago(one.change_time(), now), ").\n",
                    ClaimsText(one, width));
  }
  if (explained.truncated()) absl::StrAppend(&text, "… and more\n");
  return text;
}

std::string PreviewText(const v1::PreviewSettingsResponse& preview,
                        size_t width) {
  const v1::SettingsPreviewCounts& counts = preview.counts();
  std::string text = absl::StrCat(
      "Of ", Counted(counts.levels(), "level"), ", ", counts.changed(),
      " would change: ", counts.newly_published(), " newly published, ",
      counts.newly_withheld(), " newly withheld.\n");
  Table table({{"SKU"},
               {"LOCATION"},
               {"NOW", Column::kRight},
               {"THEN", Column::kRight},
               {"WHY", Column::kLeft, kWhyWidth}});
  for (const v1::SettingsPreviewRow& row : preview.rows()) {
    const v1::InventoryLevel& shown =
        row.has_after() ? row.after() : row.before();
    table.Add({shown.sku(), LocationText(shown),
               BeforeOrAfterText(row.has_before(), row.before()),
               BeforeOrAfterText(row.has_after(), row.after()),
               row.has_after() ? WhyText(row.after()) : ""});
  }
  return absl::StrCat(text, table.Text(width));
}

namespace {

std::string StateText(const v1::SyncRun& run) {
  return Spoken(v1::SyncRun::State_Name(run.state()), "STATE_");
}

std::string KindText(const v1::SyncRun& run) {
  return Spoken(v1::SyncKind_Name(run.kind()), "SYNC_KIND_");
}

std::string TookText(const v1::SyncRun& run) {
  if (!run.has_end_time()) return "";
  return Roughly(FromProto(run.end_time()) - FromProto(run.start_time()));
}

std::string CountsText(const v1::SyncCounts& counts) {
  return absl::StrCat(
      Counted(counts.requests(), "request"), ", ",
      Counted(counts.rows(), "row"), "; ",
      Counted(counts.levels_changed(), "level"), " changed, ",
      counts.levels_unchanged(), " unchanged, ", counts.levels_withheld(),
      " withheld",
      counts.products_changed() == 0
          ? ""
          : absl::StrCat("; ", Counted(counts.products_changed(), "product"),
                         " changed"));
}

// What deserves a look, one line each.
std::string TroubleText(const v1::SyncRun& run) {
  std::string text;
  if (run.has_error()) {
    absl::StrAppend(&text, "  ended by ", ErrorLine(run.error()), "\n");
  }
  if (run.has_resume_time()) {
    absl::StrAppend(&text, "  goes on when asked after ",
                    Second(run.resume_time()), "\n");
  }
  for (const v1::CartError& error : run.cart_errors()) {
    absl::StrAppend(&text, "  cart ", error.cart(),
                    " was left out: ", ErrorLine(error.status()), "\n");
  }
  if (run.counts().rows_rejected() > 0) {
    absl::StrAppend(&text, "  ", Counted(run.counts().rows_rejected(), "row"),
                    " could not be read\n");
  }
  if (run.counts().skus_ambiguous() > 0) {
    absl::StrAppend(&text, "  ", Counted(run.counts().skus_ambiguous(), "SKU"),
                    " claimed more than once\n");
  }
  if (run.delta_gap_suspected()) {
    absl::StrAppend(&text,
                    "  changes of channel quantities may be lost: touch the "
                    "listings in the Order Manager, or go per warehouse\n");
  }
  return text;
}

}  // namespace

std::string ErrorLine(const google::rpc::Status& error) {
  const absl::Status status = client::ToAbslStatus(error);
  const std::string reason = client::ReasonOf(status);
  return Printable(absl::StrCat(absl::StatusCodeToString(status.code()), " ",
                                reason, reason.empty() ? "" : ": ",
                                status.message()));
}

std::string RunSummary(const v1::SyncRun& run) {
  if (run.name().empty()) return "";
  const std::string took = TookText(run);
  return absl::StrCat("run ", IdOf(run.name()), " (", KindText(run), ") ",
                      StateText(run), took.empty() ? "" : " in ", took, ": ",
                      CountsText(run.counts()), "\n", TroubleText(run));
}

std::string RunText(const v1::SyncRun& run, size_t width) {
  std::string text = absl::StrCat(
      RunSummary(run), "  started ", Second(run.start_time()), " by ",
      Spoken(v1::SyncRun::Trigger_Name(run.trigger()), "TRIGGER_"), "\n");
  Table rejected({{"REJECTED ROW"},
                  {"ENDPOINT"},
                  {"PAGE", Column::kRight},
                  {"WHY", Column::kLeft, 90}});
  for (const v1::RejectedRow& row : run.rejected_rows()) {
    rejected.Add({row.identifier().empty() ? "(unknown)" : row.identifier(),
                  row.endpoint(), absl::StrCat(row.page()), row.reason()});
  }
  Table ambiguous({{"AMBIGUOUS SKU"}});
  for (const std::string& sku : run.ambiguous_skus()) ambiguous.Add({sku});
  return absl::StrCat(text, rejected.Text(width), ambiguous.Text(width));
}

std::string RunsText(const std::vector<v1::SyncRun>& runs, size_t width) {
  Table table({{"RUN"},
               {"KIND"},
               {"STATE"},
               {"STARTED"},
               {"TOOK", Column::kRight},
               {"ROWS", Column::kRight},
               {"CHANGED", Column::kRight},
               {"WITHHELD", Column::kRight},
               {"REJECTED", Column::kRight},
               {"ERROR", Column::kLeft, 90}});
  for (const v1::SyncRun& run : runs) {
    const v1::SyncCounts& counts = run.counts();
    table.Add({IdOf(run.name()), KindText(run), StateText(run),
               Second(run.start_time()), TookText(run),
               absl::StrCat(counts.rows()),
               absl::StrCat(counts.levels_changed()),
               absl::StrCat(counts.levels_withheld()),
               absl::StrCat(counts.rows_rejected()),
               run.has_error() ? ErrorLine(run.error()) : ""});
  }
  return table.Text(width);
}

std::string FreshnessText(const v1::PullStatus& pull, absl::Time now) {
  std::string text =
      pull.has_last_success_time()
          ? absl::StrCat("fresh as of ", Second(pull.last_success_time()), " (",
                         Ago(pull.last_success_time(), now), ")")
          : "never pulled yet";
  if (pull.has_last_error()) {
    absl::StrAppend(&text,
                    "; the last pull failed: ", ErrorLine(pull.last_error()));
  }
  return text;
}

}  // namespace oms_connector::omsctl
