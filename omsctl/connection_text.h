#ifndef OMS_CONNECTOR_OMSCTL_CONNECTION_TEXT_H_
#define OMS_CONNECTOR_OMSCTL_CONNECTION_TEXT_H_

// Connections and their carts in words. Pure functions.
//
// Carts as they are typed: KEY=VALUE, separated by commas; lists by semicolons.
//
//   id=shop,channel=Northwind Shop,sku=listing,warehouses=1;2,
//   custom-field=customField1,carriers=PUROLATOR;INTELCOM,
//   family=field:customField2,max-hold=48h,name=The shop
//
// What cannot be said so, for example a pattern with a comma in it, goes into a
// file for --from-file.

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "oms_connector/v1/connection_service.pb.h"
#include "oms_connector/v1/connections.pb.h"

namespace oms_connector::omsctl {

// One connection: account, carts, intervals, how it is doing. Never its token.
std::string ConnectionText(const v1::Connection& connection, absl::Time now,
                           size_t width = 0);

// One line each.
std::string ConnectionsText(const std::vector<v1::Connection>& connections,
                            absl::Time now, size_t width = 0);

// Which sales channel each cart means, or why none: a line each.
std::string CartChannelsText(const v1::TestConnectionResponse& answer);

// What the Order Manager answered: channels and warehouses, or the error.
std::string TestText(const v1::TestConnectionResponse& answer,
                     size_t width = 0);

// For help texts.
inline constexpr char kCartSyntax[] =
    "id=ID,channel=NAME_OR_ID,sku=master|listing,warehouses=ID;ID,"
    "custom-field=FIELD,carriers=CODE;CODE,"
    "family=related|prefix:PATTERN|field:FIELD,max-hold=TIME,name=TEXT";

// A usage error for unknown keys, keys that come twice, values that cannot be
// read, and a missing id. Whether they make sense, the server decides.
absl::StatusOr<v1::Cart> ParseCart(absl::string_view text);

}  // namespace oms_connector::omsctl

#endif  // OMS_CONNECTOR_OMSCTL_CONNECTION_TEXT_H_
