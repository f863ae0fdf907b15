#ifndef OMS_CONNECTOR_OMSCTL_CART_ARGUMENT_H_
#define OMS_CONNECTOR_OMSCTL_CART_ARGUMENT_H_

// Carts as they are typed: KEY=VALUE, separated by commas; lists by semicolons.
//
//   id=shop,channel=Northwind Shop,sku=listing,warehouses=1;2,
//   custom-field=customField1,carriers=PUROLATOR;INTELCOM,
//   family=field:customField2,max-hold=48h,name=The shop
//
// What cannot be said so, for example a pattern with a comma in it, goes into a
// file for --from-file.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "oms_connector/v1/connections.pb.h"

namespace oms_connector::omsctl {

// For help texts.
inline constexpr char kCartSyntax[] =
    "id=ID,channel=NAME_OR_ID,sku=master|listing,warehouses=ID;ID,"
    "custom-field=FIELD,carriers=CODE;CODE,"
    "family=related|prefix:PATTERN|field:FIELD,max-hold=TIME,name=TEXT";

// A usage error for unknown keys, keys that come twice, values that cannot be
// read, and a missing id. Whether they make sense, the server decides.
absl::StatusOr<v1::Cart> ParseCart(absl::string_view text);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_CART_ARGUMENT_H_
