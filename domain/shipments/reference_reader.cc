#include "domain/shipments/reference_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/status_macros.h"
#include "domain/shipments/cart_directory.h"
#include "domain/shipments/family_loader.h"
#include "model/errors.h"
#include "model/fields.h"
#include "model/shipment.h"

namespace oms_connector::shipments {
namespace {

using model::ReferenceName;
// A list that was read.
struct NameList {
  std::vector<ReferenceName> names;
  bool complete = true;  // false: rows of it could not be read
};
using Names = std::optional<NameList>;

bool ConcernsTheAccount(const absl::Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsResourceExhausted(status) ||
         absl::IsCancelled(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsInvalidArgument(status);
}

bool IsRefusal(const absl::Status& status) {
  return absl::IsPermissionDenied(status) || absl::IsNotFound(status) ||
         absl::IsUnimplemented(status);
}

// In the store's order, each key once.
std::vector<ReferenceName> Sorted(std::vector<ReferenceName> names) {
  std::map<std::pair<int64_t, int64_t>, ReferenceName> by_key;
  for (ReferenceName& name : names) {
    const std::pair<int64_t, int64_t> key(name.parent_id, name.id);
    by_key[key] = std::move(name);
  }
  std::vector<ReferenceName> sorted;
  for (auto& [key, name] : by_key) sorted.push_back(std::move(name));
  return sorted;
}

template <typename Row, typename ToName>
absl::StatusOr<Names> Read(feeds::PullSession& session, const char* list,
                           bool needed,
                           const absl::StatusOr<order_manager::Page<Row>>& page,
                           ToName to_name) {
  if (!page.ok()) {
    if (ConcernsTheAccount(page.status()) ||
        (needed && !IsRefusal(page.status()))) {
      return page.status();
    }
    base::LogWarning("names could not be read; those known stay",
                     {{"connection", session.connection().id},
                      {"list", list},
                      {"error", page.status()}});
    return Names();
  }
  session.AddFindings(*page);
  NameList read;
  for (const Row& row : page->rows) read.names.push_back(to_name(row));
  read.complete = page->rejected.empty();
  return Names(std::move(read));
}

// Takes over names that were read; whether they differ from those known.
bool Take(feeds::PullSession& session, const Names& read, const char* list,
          std::vector<ReferenceName>& known,
          std::vector<std::string>& doubted) {
  if (!read.has_value()) return false;
  const bool doubtful = read->names.empty() && read->complete && !known.empty();
  if (!feeds::BelievesList(list, doubtful, &doubted)) {
    session.NoteDoubtedList(list);
    return false;
  }
  std::vector<ReferenceName> names;
  if (!read->complete) names = known;
  names.insert(names.end(), read->names.begin(), read->names.end());
  names = Sorted(std::move(names));
  const bool same = model::internal::SameValue(names, known);
  if (!same) known = std::move(names);
  return !same;
}

// Carts and families of the orders depend on the channels' names.
absl::Status ForgetFiling(storage::WriteTransaction& txn,
                          const std::string& connection) {
  OMS_ASSIGN_OR_RETURN(const model::ShipmentSummary summary,
                       txn.shipments().GetShipmentSummary(connection));
  model::ShipmentState state = summary.state;
  state.keyed_under.clear();
  state.decided_under.clear();
  return txn.shipments().PutShipmentState(connection, state);
}

absl::Status NoteCartErrors(storage::WriteTransaction& txn,
                            const std::string& connection,
                            model::SyncRun& run) {
  OMS_ASSIGN_OR_RETURN(const CartDirectory directory,
                       LoadCartDirectory(txn, connection));
  run.cart_errors = directory.CartErrors();
  OMS_ASSIGN_OR_RETURN(const model::ShipmentSummary summary,
                       txn.shipments().GetShipmentSummary(connection));
  model::ShipmentState state = summary.state;
  const std::string& etag = directory.connection().etag;
  if (state.carts_checked_under == etag) return absl::OkStatus();
  state.carts_checked_under = etag;
  return txn.shipments().PutShipmentState(connection, state);
}

}  // namespace

absl::Status ReadReferences(feeds::PullSession& session,
                            order_manager::OrderManager& order_manager) {
  OMS_ASSIGN_OR_RETURN(
      Names channels, Read(session, "saleschannels", true,
                           order_manager.ListSalesChannels(session.call()),
                           [](const model::SalesChannel& row) -> ReferenceName {
                             return {0, row.id, row.name};
                           }));
  OMS_ASSIGN_OR_RETURN(Names warehouses,
                       Read(session, "warehouses", false,
                            order_manager.ListWarehouses(session.call()),
                            [](const model::Warehouse& row) -> ReferenceName {
                              return {0, row.id, row.name};
                            }));
  OMS_ASSIGN_OR_RETURN(
      Names services,
      Read(session, "shipment/providers", false,
           order_manager.ListShippingServices(session.call()),
           [](const model::ShippingService& row) -> ReferenceName {
             return {row.provider_id, row.service_id, row.name};
           }));

  const std::string id = session.connection().id;
  return session.Commit(
      session.checkpoint(), [&](storage::WriteTransaction& txn) {
        OMS_ASSIGN_OR_RETURN(model::ReferenceNames names,
                             txn.shipments().GetReferenceNames(id));
        const model::ReferenceNames before = names;
        std::vector<std::string>& doubted = names.doubted_lists;
        const bool refile = Take(session, channels, "saleschannels",
                                 names.sales_channels, doubted);
        Take(session, warehouses, "warehouses", names.warehouses, doubted);
        Take(session, services, "shipment/providers", names.services, doubted);
        names.channels_read =
            names.channels_read || (channels.has_value() && channels->complete);
        if (!model::SameFields(before, names)) {
          OMS_RETURN_IF_ERROR(txn.shipments().PutReferenceNames(id, names));
        }
        if (refile) OMS_RETURN_IF_ERROR(ForgetFiling(txn, id));
        return NoteCartErrors(txn, id, session.run());
      });
}

}  // namespace oms_connector::shipments
