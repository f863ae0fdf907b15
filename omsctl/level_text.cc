#include "omsctl/level_text.h"

#include <cstddef>
#include <sstream>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "omsctl/table.h"
#include "omsctl/wording.h"

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

std::string LevelsText(const std::vector<v1::InventoryLevel>& levels) {
  Table table({{"SKU"},
               {"LOCATION"},
               {"AVAILABLE", Column::kRight},
               {"WHY", Column::kLeft, kWhyWidth}});
  for (const v1::InventoryLevel& level : levels) {
    table.Add({level.sku(), LocationText(level), AvailableText(level),
               WhyText(level)});
  }
  return table.Text();
}

std::string ProductsText(const std::vector<v1::Product>& products) {
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
  return table.Text();
}

std::string PreviewText(const v1::PreviewSettingsResponse& preview) {
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
  return absl::StrCat(text, table.Text());
}

}  // namespace oms_connector::omsctl
