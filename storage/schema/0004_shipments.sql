-- Orders, shipments, the events of their feed, and its consumers.
--
-- A document holds the whole of its row (model/order.h, model/shipment.h); the
-- columns beside it are for what is searched, sorted or counted. A shipment has
-- three: as it was read, as it is shown, and what became of it.

-- How far the replica and the decisions have come, and the counts that answers
-- show: kept by every write, so that no answer has to count.
CREATE TABLE shipment_states (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  state BLOB NOT NULL,              -- ShipmentState
  held_orders INTEGER NOT NULL,     -- as many as rows of held_orders
  ready_shipments INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,   -- of the newest event
  PRIMARY KEY (connection)
) STRICT, WITHOUT ROWID;

-- Names of sales channels, warehouses and services.
CREATE TABLE reference_names (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  names BLOB NOT NULL,              -- ReferenceNames
  PRIMARY KEY (connection)
) STRICT, WITHOUT ROWID;

-- The carts that orders and events were ever filed under; '' is none. Their
-- numbers stand for them in the rows below. A cart that is removed stays here,
-- as its shipments do.
CREATE TABLE shipment_carts (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  cart TEXT NOT NULL,
  events INTEGER NOT NULL,          -- how many it ever had
  pruned_through INTEGER NOT NULL,  -- its events up to this sequence may be gone
  confirms INTEGER NOT NULL,        -- 1: it has confirmed a shipment
  PRIMARY KEY (connection, number),
  UNIQUE (connection, cart)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  order_id INTEGER NOT NULL,
  cart INTEGER NOT NULL,
  family_key TEXT NOT NULL,
  read_time INTEGER NOT NULL,
  readable INTEGER NOT NULL,        -- 0: to be tried again at each pull
  blocking INTEGER NOT NULL,        -- 1: held parcels wait for it
  open INTEGER NOT NULL,            -- 1: read once a day (model::IsOpen)
  stored_order BLOB NOT NULL,       -- StoredOrder
  PRIMARY KEY (connection, order_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX orders_unreadable ON orders (connection, read_time, order_id)
  WHERE readable = 0;
CREATE INDEX orders_blocking ON orders (connection, read_time, order_id)
  WHERE blocking = 1;
CREATE INDEX orders_open ON orders (connection, read_time, order_id)
  WHERE open = 1;
CREATE INDEX orders_by_family ON orders (connection, cart, family_key, order_id)
  WHERE family_key <> '';
CREATE INDEX orders_by_read_time ON orders (connection, read_time, order_id);

-- Orders whose shipments went. A table of its own: nearly every order comes to
-- it, and marking its row would write that anew.
CREATE TABLE released_orders (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  order_id INTEGER NOT NULL,
  PRIMARY KEY (connection, order_id)
) STRICT, WITHOUT ROWID;

-- Orders that wait to be decided.
CREATE TABLE pending_orders (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  order_id INTEGER NOT NULL,
  PRIMARY KEY (connection, order_id)
) STRICT, WITHOUT ROWID;

-- Which orders name an order as related; whom an order names stands in its own
-- document.
CREATE TABLE order_links (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  related_id INTEGER NOT NULL,
  order_id INTEGER NOT NULL,
  PRIMARY KEY (connection, related_id, order_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE shipments (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  shipment_id INTEGER NOT NULL,
  order_id INTEGER NOT NULL,
  order_number TEXT NOT NULL,
  tracking_key TEXT NOT NULL,       -- normalised, for finding
  record BLOB NOT NULL,             -- ShipmentRecord
  PRIMARY KEY (connection, shipment_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX shipments_by_order ON shipments (connection, order_id, shipment_id);
CREATE INDEX shipments_by_number
  ON shipments (connection, order_number, shipment_id);
CREATE INDEX shipments_by_tracking
  ON shipments (connection, tracking_key, shipment_id)
  WHERE tracking_key <> '';

-- How each shipment is shown to its cart. One that was read and about which
-- nothing was decided yet has no row here and none in deliveries.
CREATE TABLE shipment_views (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  shipment_id INTEGER NOT NULL,
  view BLOB NOT NULL,               -- ShipmentView
  PRIMARY KEY (connection, shipment_id)
) STRICT, WITHOUT ROWID;

-- What becomes of each shipment. A table of its own: the answers of carts
-- change it and nothing else, and its rows are a tenth of a shipment's.
CREATE TABLE deliveries (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  shipment_id INTEGER NOT NULL,
  cart INTEGER NOT NULL,
  state INTEGER NOT NULL,
  state_time INTEGER NOT NULL,
  waits INTEGER NOT NULL,           -- 1: to be released, 2: for its cart's
                                    -- answer, 0: for nothing
  last_sequence INTEGER NOT NULL,   -- of its last event; 0: never handed out
  delivery BLOB NOT NULL,           -- Delivery
  PRIMARY KEY (connection, shipment_id)
) STRICT, WITHOUT ROWID;

-- But CONFIRMED, as nearly all are: 3
CREATE INDEX deliveries_by_state ON deliveries (connection, state, shipment_id)
  WHERE state <> 3;
CREATE INDEX deliveries_by_age ON deliveries (connection, waits, state_time)
  WHERE waits <> 0;

-- How many held shipments an order has; no row where it has none.
CREATE TABLE held_orders (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  order_id INTEGER NOT NULL,
  shipments INTEGER NOT NULL,
  PRIMARY KEY (connection, order_id)
) STRICT, WITHOUT ROWID;

-- A shipment as it was at each of its events. Only ever appended.
CREATE TABLE shipment_events (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  cart INTEGER NOT NULL,
  ordinal INTEGER NOT NULL,         -- among all events of its cart, from 1
  shipment_id INTEGER NOT NULL,
  event_time INTEGER NOT NULL,
  event BLOB NOT NULL,              -- ShipmentEvent
  PRIMARY KEY (connection, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX shipment_events_by_cart
  ON shipment_events (connection, cart, sequence);

CREATE TABLE shipment_consumers (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  consumer TEXT NOT NULL,
  cart TEXT NOT NULL,
  position INTEGER NOT NULL,
  position_time INTEGER,
  PRIMARY KEY (connection, consumer)
) STRICT, WITHOUT ROWID;

-- only sqlite
-- As for inventory: a connection has far more orders and shipments than one
-- order or one state has.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('orders', 'orders', '100000 10000 1'),
  ('orders', 'orders_unreadable', '1000 100 2 1'),
  ('orders', 'orders_blocking', '1000 100 2 1'),
  ('orders', 'orders_open', '1000 100 2 1'),
  ('orders', 'orders_by_family', '100000 10000 5000 2 1'),
  ('orders', 'orders_by_read_time', '100000 10000 2 1'),
  ('released_orders', 'released_orders', '100000 10000 1'),
  ('pending_orders', 'pending_orders', '1000 100 1'),
  ('order_links', 'order_links', '100000 10000 2 1'),
  ('shipments', 'shipments', '100000 10000 1'),
  ('shipments', 'shipments_by_order', '100000 10000 2 1'),
  ('shipments', 'shipments_by_number', '100000 10000 2 1'),
  ('shipments', 'shipments_by_tracking', '100000 10000 2 1'),
  ('shipment_views', 'shipment_views', '100000 10000 1'),
  ('deliveries', 'deliveries', '100000 10000 1'),
  ('deliveries', 'deliveries_by_state', '10000 1000 250 1'),
  ('deliveries', 'deliveries_by_age', '10000 1000 500 2'),
  ('held_orders', 'held_orders', '1000 100 1'),
  ('shipment_events', 'shipment_events', '100000 10000 1'),
  ('shipment_events', 'shipment_events_by_cart', '100000 10000 2000 1');
ANALYZE sqlite_schema;
-- end
