#include "domain/inventory/inventory_feed.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "base/status_macros.h"
#include "model/size_estimate.h"

namespace oms_connector::inventory {
namespace {

using model::InventoryLevel;
using model::ViewLocation;

// How many pages' worth of the connection's levels are looked through for one
// page of a cart that is told few of them.
constexpr int kPagesLookedThrough = 20;
constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();

// Rows by revision, read up to a horizon: what is newer is not known of.
template <typename Row>
struct Stream {
  std::vector<Row> rows;
  size_t next = 0;
  int64_t horizon = kEnd;

  bool has_next() const { return next < rows.size(); }
  int64_t revision() const { return has_next() ? rows[next].revision : kEnd; }
};

class PageReader {
 public:
  PageReader(storage::InventoryReader& reader, const InventoryContext& context,
             const FeedRequest& request)
      : reader_(reader),
        context_(context),
        request_(request),
        budget_(request.max_bytes) {
    page_.next = request.position;
  }

  absl::StatusOr<FeedPage> Read();

 private:
  const std::string& id() const { return context_.connection.id; }
  absl::Status Open();
  absl::Status OpenOwnLevels();
  bool Sees(const InventoryLevel& level) const;
  absl::StatusOr<Stream<InventoryLevel>> LevelsOf(int64_t view);
  // False when the page is full.
  bool Add(InventoryLevel level);
  bool Add(model::Product product);
  bool HasRoom() const {
    return page_.levels.size() + page_.products.size() <
           static_cast<size_t>(request_.limit);
  }
  // Tells a location that was gained or lost; false when the page is full.
  absl::StatusOr<bool> TellLocation(const ViewLocation& location);

  storage::InventoryReader& reader_;
  const InventoryContext& context_;
  const FeedRequest& request_;
  model::PageBudget budget_;
  FeedPage page_;
  model::Location name_of_;  // the last location whose name was looked up
  // Of a cart that sees the connection's own levels, by revision.
  std::vector<ViewLocation> locations_;
  std::vector<ViewLocation> to_tell_;
  Stream<InventoryLevel> own_;   // the connection's
  Stream<InventoryLevel> view_;  // the cart's
  Stream<model::Product> products_;
};

absl::StatusOr<Stream<InventoryLevel>> PageReader::LevelsOf(int64_t view) {
  Stream<InventoryLevel> stream;
  // One more than fits shows whether something is left.
  const int limit = request_.limit + 1;
  OMS_ASSIGN_OR_RETURN(
      stream.rows,
      reader_.ListLevels(id(), view, request_.position.revision, limit));
  if (stream.rows.size() == static_cast<size_t>(limit)) {
    stream.horizon = stream.rows.back().revision;
  }
  return stream;
}

bool PageReader::Sees(const InventoryLevel& level) const {
  for (const ViewLocation& location : locations_) {
    if (location.kind == level.location.kind &&
        location.location_id == level.location.id) {
      return location.shown && level.revision > location.revision;
    }
  }
  return false;
}

absl::Status PageReader::OpenOwnLevels() {
  const int limit = request_.limit + 1;
  int64_t after = request_.position.revision;
  for (int i = 0; i < kPagesLookedThrough; ++i) {
    OMS_ASSIGN_OR_RETURN(std::vector<InventoryLevel> levels,
                         reader_.ListLevels(id(), /*view=*/0, after, limit));
    const bool last = levels.size() < static_cast<size_t>(limit);
    if (!levels.empty()) after = levels.back().revision;
    levels.erase(std::remove_if(levels.begin(), levels.end(),
                                [this](const InventoryLevel& level) {
                                  return !Sees(level);
                                }),
                 levels.end());
    if (own_.rows.empty()) {
      own_.rows = std::move(levels);
    } else {
      std::move(levels.begin(), levels.end(), std::back_inserter(own_.rows));
    }
    own_.horizon = last ? kEnd : after;
    if (last || own_.rows.size() >= static_cast<size_t>(limit)) break;
  }
  return absl::OkStatus();
}

absl::Status PageReader::Open() {
  const std::vector<View> views = BuildViews(context_);
  const auto view =
      std::find_if(views.begin(), views.end(),
                   [&](const View& each) { return each.id == request_.cart; });
  if (context_.settings.download_products_data) {
    const int limit = request_.limit + 1;
    OMS_ASSIGN_OR_RETURN(
        products_.rows,
        reader_.ListChangedProducts(id(), request_.position.revision, limit));
    if (products_.rows.size() == static_cast<size_t>(limit)) {
      products_.horizon = products_.rows.back().revision;
    }
  }
  // A cart whose view is still to be made sees nothing yet.
  if (view == views.end() || (!view->is_own() && view->number == 0)) {
    return absl::OkStatus();
  }
  OMS_ASSIGN_OR_RETURN(view_, LevelsOf(view->number));
  if (view->has_levels()) return absl::OkStatus();
  for (const ViewLocation& location : context_.view_locations) {
    if (location.view != view->number) continue;
    locations_.push_back(location);
    if (location.revision > request_.position.revision) {
      to_tell_.push_back(location);
    }
  }
  std::sort(to_tell_.begin(), to_tell_.end(),
            [](const ViewLocation& a, const ViewLocation& b) {
              return a.revision < b.revision;
            });
  return OpenOwnLevels();
}

bool PageReader::Add(InventoryLevel level) {
  if (!HasRoom()) return false;
  // Its name counts too. Levels of one location come one after the other.
  if (name_of_.kind != level.location.kind ||
      name_of_.id != level.location.id) {
    name_of_ = level.location;
    name_of_.name =
        LocationName(context_, level.location.kind, level.location.id);
  }
  level.location.name = name_of_.name;
  if (!budget_.Take(model::EstimatedBytes(level))) return false;
  level.view = request_.cart;
  level.derivation.locked_subtracted =
      level.location.kind == model::LocationKind::kWarehouse &&
      context_.settings.subtract_locked_quantity;
  if (page_.levels.empty()) {
    page_.levels.reserve(
        std::min<size_t>(request_.limit, own_.rows.size() + view_.rows.size()));
  }
  page_.levels.push_back(std::move(level));
  return true;
}

bool PageReader::Add(model::Product product) {
  if (!HasRoom() || !budget_.Take(model::EstimatedBytes(product))) return false;
  page_.products.push_back(std::move(product));
  return true;
}

absl::StatusOr<bool> PageReader::TellLocation(const ViewLocation& location) {
  // Where an earlier page has stopped, if it was at this location.
  model::LocationPlace place;
  if (page_.next.inside.has_value() &&
      page_.next.revision + 1 == location.revision) {
    place = *page_.next.inside;
  }
  page_.next = {location.revision - 1, place};
  for (int i = 0; i < kPagesLookedThrough; ++i) {
    OMS_ASSIGN_OR_RETURN(
        std::vector<model::PlacedLevel> placed,
        reader_.ListLevelsAt(id(), location.kind, location.location_id, place,
                             request_.limit));
    if (placed.empty()) return true;
    for (model::PlacedLevel& each : placed) {
      if (each.level.has_value()) {
        InventoryLevel& level = *each.level;
        const bool told_later =
            location.shown && level.revision > location.revision;
        level.revision = location.revision;
        if (!location.shown &&
            level.withheld_reason != model::WithheldReason::kModeChanged &&
            level.withheld_reason !=
                model::WithheldReason::kAbsentFromFullPull) {
          level.withheld_reason = model::WithheldReason::kInactiveLocation;
          level.state = model::LevelState::kWithheld;
          level.available.reset();
          level.derivation.clamped_at_zero = false;
        }
        if (!told_later && !Add(std::move(level))) return false;
      }
      place = each.place;
      page_.next.inside = place;
    }
  }
  return false;
}

absl::StatusOr<FeedPage> PageReader::Read() {
  if (request_.position.revision >= request_.head &&
      !request_.position.inside.has_value()) {
    page_.exhausted = true;
    return std::move(page_);
  }
  OMS_RETURN_IF_ERROR(Open());
  const int64_t horizon =
      std::min({own_.horizon, view_.horizon, products_.horizon});
  auto location = to_tell_.begin();
  for (;;) {
    const int64_t told = location == to_tell_.end() ? kEnd : location->revision;
    const int64_t next = std::min(
        {own_.revision(), view_.revision(), products_.revision(), told});
    if (next == kEnd || next > horizon) {
      page_.exhausted = next == kEnd && horizon == kEnd;
      page_.next = {page_.exhausted
                        ? std::max(page_.next.revision, request_.head)
                        : horizon,
                    std::nullopt};
      return std::move(page_);
    }
    bool fits = true;
    if (told == next) {
      OMS_ASSIGN_OR_RETURN(fits, TellLocation(*location));
      ++location;
    } else if (own_.revision() == next) {
      fits = Add(std::move(own_.rows[own_.next++]));
    } else if (view_.revision() == next) {
      fits = Add(std::move(view_.rows[view_.next++]));
    } else {
      fits = Add(std::move(products_.rows[products_.next++]));
    }
    if (!fits) return std::move(page_);
    page_.next = {next, std::nullopt};
  }
}

}  // namespace

absl::StatusOr<FeedPage> ReadFeedPage(storage::InventoryReader& reader,
                                      const InventoryContext& context,
                                      const FeedRequest& request) {
  return PageReader(reader, context, request).Read();
}

}  // namespace oms_connector::inventory
