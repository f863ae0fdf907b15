#include "server/listen/unknown_methods.h"

#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "model/errors.h"
#include "server/convert/to_grpc_status.h"

namespace oms_connector::server {
namespace {

// Longer than any name of ours; the path is the caller's.
constexpr size_t kMaxShownPath = 120;

class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const grpc::Status& status) { Finish(status); }

 private:
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  const absl::string_view shown =
      absl::string_view(context->method()).substr(0, kMaxShownPath);
  return new Refusal(ToGrpcStatus(model::UnknownMethod(absl::CHexEscape(shown)),
                                  "unknown", ids_));
}

}  // namespace oms_connector::server
