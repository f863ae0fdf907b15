#include "domain/inventory/known_skus.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"

namespace oms_connector::inventory {

std::vector<int64_t> KnownSkus::SetKnown(
    std::vector<model::StandingStock>* stock) const {
  std::vector<int64_t> unknown;
  for (model::StandingStock& row : *stock) {
    const auto found = texts_.find(row.sku);
    if (found != texts_.end()) {
      row.master_sku = found->second;
    } else {
      unknown.push_back(row.sku);
    }
  }
  std::sort(unknown.begin(), unknown.end());
  unknown.erase(std::unique(unknown.begin(), unknown.end()), unknown.end());
  return unknown;
}

absl::Status KnownSkus::Spell(
    std::vector<model::StandingStock>* stock,
    absl::FunctionRef<
        absl::StatusOr<std::vector<std::string>>(const std::vector<int64_t>&)>
        ask) {
  std::vector<int64_t> unknown = SetKnown(stock);
  if (unknown.empty()) return absl::OkStatus();
  if (texts_.size() + unknown.size() > most_) {
    texts_.clear();
    unknown = SetKnown(stock);
  }
  OMS_ASSIGN_OR_RETURN(std::vector<std::string> texts, ask(unknown));
  for (size_t i = 0; i < unknown.size(); ++i) {
    texts_.emplace(unknown[i], std::move(texts[i]));
  }
  SetKnown(stock);
  return absl::OkStatus();
}

}  // namespace oms_connector::inventory
