#include "server/convert/page_token.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "model/errors.h"
#include "server/convert/token_text.h"

namespace oms_connector::server {
namespace {

absl::StatusOr<int> Size(absl::string_view field, int32_t size,
                         int default_size, int cap) {
  if (size < 0) return model::InvalidField(field, "must not be negative");
  return size == 0 ? default_size : std::min<int>(size, cap);
}

void Clear(google::protobuf::Message* message, const char* field) {
  const auto* descriptor = message->GetDescriptor()->FindFieldByName(field);
  if (descriptor != nullptr) {
    message->GetReflection()->ClearField(message, descriptor);
  }
}

std::string Purpose(absl::string_view list) {
  return absl::StrCat("page of ", list);
}

}  // namespace

absl::StatusOr<int> PageSize(int32_t page_size) {
  return Size("page_size", page_size, kDefaultPageSize, kMaxPageSize);
}

absl::StatusOr<int> MaxResults(int32_t max_results) {
  return Size("max_results", max_results, kDefaultMaxResults, kMaxMaxResults);
}

std::string ListIdentity(absl::string_view rpc,
                         const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> rest(request.New());
  rest->CopyFrom(request);
  Clear(rest.get(), "page_size");
  Clear(rest.get(), "page_token");
  return absl::StrCat(rpc, "\n", rest->SerializeAsString());
}

std::string EncodePageToken(absl::string_view list,
                            absl::string_view position) {
  return EncodeToken(Purpose(list), position);
}

absl::StatusOr<std::string> DecodePageToken(absl::string_view list,
                                            absl::string_view token) {
  if (token.empty()) return std::string();
  std::optional<std::string> position = DecodeToken(Purpose(list), token);
  if (!position.has_value()) {
    return model::InvalidField(
        "page_token",
        "is no token of this list; send a next_page_token exactly as it was "
        "returned, with all else but page_size as it was");
  }
  return *std::move(position);
}

int64_t ListPosition::AfterNumber(RequestReader& read) const {
  int64_t number = 0;
  if (!after.empty() && !absl::SimpleAtoi(after, &number)) {
    read.Check(model::InvalidField("page_token", "is no token of this list"));
  }
  return number;
}

}  // namespace oms_connector::server
