#ifndef OMS_CONNECTOR_OMSCTL_LEVEL_TEXT_H_
#define OMS_CONNECTOR_OMSCTL_LEVEL_TEXT_H_

// Stock levels in words: how much, where, and why. Pure functions.

#include <string>
#include <vector>

#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/inventory.pb.h"
#include "oms_connector/v1/products.pb.h"

namespace oms_connector::omsctl {

// How the number came about: "on hand 12 − locked 5 = 7", "on hand −3:
// published as 0", "the Order Manager's number"; for withheld levels the
// reason, "INACTIVE_PRODUCT: the product is inactive".
std::string WhyText(const v1::InventoryLevel& level);

// The name of the warehouse or sales channel; its id where it has no name.
std::string LocationText(const v1::InventoryLevel& level);

// One line each, in the feed's order.
std::string LevelsText(const std::vector<v1::InventoryLevel>& levels);
std::string ProductsText(const std::vector<v1::Product>& products);

// What a change of settings would do: the counts in a sentence, then each level
// that would change.
std::string PreviewText(const v1::PreviewSettingsResponse& preview);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_LEVEL_TEXT_H_
