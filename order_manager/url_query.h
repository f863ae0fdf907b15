// The query part of a URL, put together from names and values that may hold
// anything.
//
//   UrlQuery query;
//   query.Add("sku", "A&B").Add("orderId[]", 7);
//   query.AppendTo("/v1/x")  ->  "/v1/x?sku=A%26B&orderId%5B%5D=7"
#ifndef OMS_CONNECTOR_ORDER_MANAGER_URL_QUERY_H_
#define OMS_CONNECTOR_ORDER_MANAGER_URL_QUERY_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace oms_connector::order_manager {

// Every byte but RFC 3986's unreserved ones as %XX.
std::string PercentEncode(absl::string_view text);

class UrlQuery {
 public:
  // Names may repeat; the order stays.
  UrlQuery& Add(absl::string_view name, absl::string_view value);
  UrlQuery& Add(absl::string_view name, int64_t value);

  // `path` alone where nothing was added.
  std::string AppendTo(absl::string_view path) const;

 private:
  std::string text_;
};

}  // namespace oms_connector::order_manager

#endif  // OMS_CONNECTOR_ORDER_MANAGER_URL_QUERY_H_
