#include "tests/faults/store_check.h"

#include <sqlite3.h>

#include "absl/strings/str_cat.h"

namespace oms_connector::testing_support {
namespace {

struct Rule {
  const char* name;
  const char* breaches;  // a query that gives a row for each
};

constexpr Rule kRules[] = {
    {"integrity",
     "SELECT integrity_check FROM pragma_integrity_check "
     "WHERE integrity_check <> 'ok'"},
    {"a row has no parent", "SELECT \"table\" FROM pragma_foreign_key_check"},
    {"held_orders is miscounted",
     "SELECT s.connection FROM shipment_states AS s WHERE s.held_orders <> "
     "(SELECT count(*) FROM held_orders AS h WHERE h.connection = "
     "s.connection)"},
    {"held shipments of an order are miscounted",
     "SELECT h.order_id FROM held_orders AS h WHERE h.shipments <> "
     "(SELECT count(*) FROM deliveries AS p JOIN shipments AS o ON "
     "o.connection = p.connection AND o.shipment_id = p.shipment_id "
     "WHERE p.connection = h.connection "
     "AND o.order_id = h.order_id AND p.waits = 1)"},
    {"held shipments are not counted",
     "SELECT p.shipment_id FROM deliveries AS p JOIN shipments AS o ON "
     "o.connection = p.connection AND o.shipment_id = p.shipment_id "
     "WHERE p.waits = 1 AND NOT EXISTS "
     "(SELECT 1 FROM held_orders AS h WHERE h.connection = p.connection AND "
     "h.order_id = o.order_id)"},
    {"nothing is decided about a shipment and nothing will be",
     "SELECT s.shipment_id FROM shipments AS s WHERE NOT EXISTS (SELECT 1 "
     "FROM deliveries AS d WHERE d.connection = s.connection AND "
     "d.shipment_id = s.shipment_id) AND NOT EXISTS (SELECT 1 FROM "
     "pending_orders AS p WHERE p.connection = s.connection AND "
     "p.order_id = s.order_id)"},
    {"a delivery has no view",
     "SELECT d.shipment_id FROM deliveries AS d WHERE NOT EXISTS (SELECT 1 "
     "FROM shipment_views AS v WHERE v.connection = d.connection AND "
     "v.shipment_id = d.shipment_id)"},
    {"a view has no delivery",
     "SELECT v.shipment_id FROM shipment_views AS v WHERE NOT EXISTS (SELECT 1 "
     "FROM deliveries AS d WHERE d.connection = v.connection AND "
     "d.shipment_id = v.shipment_id)"},
    {"a delivery has no shipment",
     "SELECT d.shipment_id FROM deliveries AS d WHERE NOT EXISTS (SELECT 1 "
     "FROM shipments AS s WHERE s.connection = d.connection AND "
     "s.shipment_id = d.shipment_id)"},
    // 2 = READY
    {"ready_shipments is miscounted",
     "SELECT s.connection FROM shipment_states AS s WHERE s.ready_shipments <> "
     "(SELECT count(*) FROM deliveries AS p WHERE p.connection = s.connection "
     "AND p.state = 2)"},
    {"a delivery waits for what its state does not say",
     "SELECT shipment_id FROM deliveries WHERE (state = 2) <> (waits = 2)"},
    {"an event is newer than its connection",
     "SELECT e.sequence FROM shipment_events AS e JOIN counters AS c ON "
     "c.connection = e.connection WHERE e.sequence > c.last_sequence"},
    {"the newest event is not the state's",
     "SELECT s.connection FROM shipment_states AS s WHERE s.last_sequence < "
     "(SELECT coalesce(max(e.sequence), 0) FROM shipment_events AS e WHERE "
     "e.connection = s.connection)"},
    {"a shipment's last event is another one's",
     "SELECT p.shipment_id FROM deliveries AS p JOIN shipment_events AS e ON "
     "e.connection = p.connection AND e.sequence = p.last_sequence WHERE "
     "e.shipment_id <> p.shipment_id"},
    {"a shipment is behind its events",
     "SELECT p.shipment_id FROM deliveries AS p JOIN shipment_events AS e ON "
     "e.connection = p.connection AND e.shipment_id = p.shipment_id WHERE "
     "e.sequence > p.last_sequence"},
    {"a cart has more events than it counts",
     "SELECT c.number FROM shipment_carts AS c WHERE c.events < "
     "(SELECT coalesce(max(e.ordinal), 0) FROM shipment_events AS e WHERE "
     "e.connection = c.connection AND e.cart = c.number)"},
    {"two events of a cart have one place",
     "SELECT connection FROM shipment_events GROUP BY connection, cart, "
     "ordinal HAVING count(*) > 1"},
    {"stock is newer than its connection",
     "SELECT s.product_id FROM stock AS s JOIN counters AS c ON c.connection = "
     "s.connection WHERE s.revision > c.last_revision"},
    {"a level is newer than its connection",
     "SELECT l.sku FROM levels AS l JOIN counters AS c ON c.connection = "
     "l.connection WHERE l.revision > c.last_revision"},
    {"a product is newer than its connection",
     "SELECT p.product_id FROM products AS p JOIN counters AS c ON "
     "c.connection = p.connection WHERE p.revision > c.last_revision"},
    {"a level has two rows of stock",
     "SELECT connection FROM stock WHERE revision > 0 GROUP BY connection, "
     "revision HAVING count(*) > 1"},
    {"a SKU has no spelling",
     "SELECT s.sku FROM stock AS s WHERE s.sku <> 0 AND NOT EXISTS (SELECT 1 "
     "FROM skus AS k WHERE k.connection = s.connection AND k.number = s.sku)"},
    {"a connection has no counters",
     "SELECT c.connection FROM connections AS c WHERE NOT EXISTS (SELECT 1 "
     "FROM counters AS k WHERE k.connection = c.number)"},
};

}  // namespace

std::string Breaches(const std::string& path) {
  sqlite3* database = nullptr;
  std::string found;
  if (sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE,
                      nullptr) != SQLITE_OK) {
    found = absl::StrCat("cannot be opened: ", sqlite3_errmsg(database), "\n");
  }
  sqlite3_busy_timeout(database, 10'000);
  for (const Rule& rule : kRules) {
    if (!found.empty() && found.rfind("cannot", 0) == 0) break;
    sqlite3_stmt* statement = nullptr;
    int code =
        sqlite3_prepare_v2(database, rule.breaches, -1, &statement, nullptr);
    if (code == SQLITE_OK) {
      while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const unsigned char* text = sqlite3_column_text(statement, 0);
        absl::StrAppend(
            &found, rule.name, ": ",
            text == nullptr ? "" : reinterpret_cast<const char*>(text), "\n");
      }
    }
    if (code != SQLITE_DONE) {
      absl::StrAppend(&found, rule.name,
                      ": cannot be asked: ", sqlite3_errmsg(database), "\n");
    }
    sqlite3_finalize(statement);
  }
  sqlite3_close(database);
  return found;
}

}  // namespace oms_connector::testing_support
