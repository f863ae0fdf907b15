-- Orders, shipments, the events of their feed, and its consumers.

-- How far the mirror and the decisions have come.
CREATE TABLE shipment_states (
  connection TEXT NOT NULL PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  orders_read_through INTEGER,
  shipments_read_through INTEGER,
  decided_under TEXT NOT NULL,
  keyed_under TEXT NOT NULL,
  next_hold_end INTEGER,
  pruned_through INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Names of sales channels, warehouses and services.
CREATE TABLE reference_names (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  parent_id INTEGER NOT NULL,
  id INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (connection, kind, parent_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  order_id INTEGER NOT NULL,
  order_number TEXT NOT NULL,
  status TEXT NOT NULL,
  sales_channel_id INTEGER NOT NULL,
  ship_country TEXT NOT NULL,
  modify_time INTEGER,
  custom_fields TEXT NOT NULL,      -- packed texts: three
  related_order_ids TEXT NOT NULL,  -- packed integers; also in order_links
  lines TEXT NOT NULL,              -- packed rows: listing sku, master sku, quantity
  shipment_items TEXT NOT NULL,     -- packed rows: shipment id, then as above
  external INTEGER NOT NULL,
  suppress_channel_update INTEGER NOT NULL,
  known INTEGER NOT NULL,           -- 0: never read
  readable INTEGER NOT NULL,        -- 0: the last try to read it failed
  read_time INTEGER NOT NULL,
  status_time INTEGER NOT NULL,
  cart TEXT NOT NULL,
  family_key TEXT NOT NULL,
  released INTEGER NOT NULL,
  pending INTEGER NOT NULL,         -- 1: waits to be decided
  PRIMARY KEY (connection, order_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX orders_pending ON orders (connection, order_id) WHERE pending = 1;
CREATE INDEX orders_unreadable ON orders (connection, read_time)
  WHERE readable = 0;
CREATE INDEX orders_by_family ON orders (connection, cart, family_key)
  WHERE family_key <> '';
CREATE INDEX orders_by_read_time ON orders (read_time);

-- Which orders name which others as related; followed in both directions.
CREATE TABLE order_links (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  order_id INTEGER NOT NULL,
  related_id INTEGER NOT NULL,
  PRIMARY KEY (connection, order_id, related_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX order_links_back ON order_links (connection, related_id, order_id);

CREATE TABLE shipments (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  shipment_id INTEGER NOT NULL,
  order_id INTEGER NOT NULL,
  order_number TEXT NOT NULL,
  voided INTEGER NOT NULL,
  tracking_number TEXT NOT NULL,
  tracking_key TEXT NOT NULL,       -- normalised, for finding
  shipping_carrier TEXT NOT NULL,
  shipping_provider_id INTEGER NOT NULL,
  shipping_service_id INTEGER NOT NULL,
  warehouse_id INTEGER NOT NULL,
  external INTEGER NOT NULL,
  ship_time INTEGER,
  create_time INTEGER,
  cart TEXT NOT NULL,
  family_order_ids TEXT NOT NULL,   -- packed integers
  carrier_code TEXT NOT NULL,
  carrier_name TEXT NOT NULL,
  carrier_source INTEGER NOT NULL,
  carrier_rule TEXT NOT NULL,
  carrier_confidence INTEGER NOT NULL,
  carrier_candidates TEXT NOT NULL, -- packed texts
  carrier_service TEXT NOT NULL,
  items TEXT NOT NULL,              -- packed rows: sku, master sku, quantity
  warehouse_name TEXT NOT NULL,
  state INTEGER NOT NULL,
  state_time INTEGER NOT NULL,
  hold_reason INTEGER NOT NULL,
  hold_time INTEGER,
  blocking_orders TEXT NOT NULL,    -- packed rows: id, number, status, since
  outcome_reason TEXT NOT NULL,
  outcome_time INTEGER,
  last_sequence INTEGER NOT NULL,   -- 0: never handed out
  last_kind INTEGER NOT NULL,       -- and what the last event told
  sent_tracking_number TEXT NOT NULL,
  sent_carrier_code TEXT NOT NULL,
  seen_shipping_carrier TEXT NOT NULL,
  seen_tracking_number TEXT NOT NULL,
  seen_custom_field TEXT NOT NULL,
  seen_custom_text TEXT NOT NULL,
  PRIMARY KEY (connection, shipment_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX shipments_by_order ON shipments (connection, order_id, shipment_id);
CREATE INDEX shipments_by_state ON shipments (connection, state, shipment_id);
CREATE INDEX shipments_by_age ON shipments (connection, state, state_time);
CREATE INDEX shipments_by_number ON shipments (connection, order_number);
CREATE INDEX shipments_by_tracking ON shipments (connection, tracking_key)
  WHERE tracking_key <> '';

-- A shipment as it was at each of its events.
CREATE TABLE shipment_events (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  shipment_id INTEGER NOT NULL,
  cart TEXT NOT NULL,
  kind INTEGER NOT NULL,
  event_time INTEGER NOT NULL,
  release_group INTEGER NOT NULL,
  release_group_size INTEGER NOT NULL,
  order_id INTEGER NOT NULL,
  order_number TEXT NOT NULL,
  family_order_ids TEXT NOT NULL,
  tracking_number TEXT NOT NULL,
  carrier_code TEXT NOT NULL,
  carrier_name TEXT NOT NULL,
  carrier_source INTEGER NOT NULL,
  carrier_rule TEXT NOT NULL,
  carrier_confidence INTEGER NOT NULL,
  carrier_candidates TEXT NOT NULL,
  carrier_service TEXT NOT NULL,
  items TEXT NOT NULL,
  ship_time INTEGER,
  create_time INTEGER,
  warehouse_id INTEGER NOT NULL,
  warehouse_name TEXT NOT NULL,
  external INTEGER NOT NULL,
  PRIMARY KEY (connection, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX shipment_events_by_cart
  ON shipment_events (connection, cart, sequence);
CREATE INDEX shipment_events_by_shipment
  ON shipment_events (connection, shipment_id, sequence);
CREATE INDEX shipment_events_by_time ON shipment_events (event_time);

CREATE TABLE shipment_consumers (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
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
  ('orders', 'orders_pending', '1000 100 1'),
  ('orders', 'orders_unreadable', '1000 100 2'),
  ('orders', 'orders_by_family', '100000 10000 5000 2'),
  ('orders', 'orders_by_read_time', '100000 2'),
  ('order_links', 'order_links', '100000 10000 2 1'),
  ('order_links', 'order_links_back', '100000 10000 2 1'),
  ('shipments', 'shipments', '100000 10000 1'),
  ('shipments', 'shipments_by_order', '100000 10000 2 1'),
  ('shipments', 'shipments_by_state', '100000 10000 2500 1'),
  ('shipments', 'shipments_by_age', '100000 10000 2500 2'),
  ('shipments', 'shipments_by_number', '100000 10000 2'),
  ('shipments', 'shipments_by_tracking', '100000 10000 2'),
  ('shipment_events', 'shipment_events', '100000 10000 1'),
  ('shipment_events', 'shipment_events_by_cart', '100000 10000 2000 1'),
  ('shipment_events', 'shipment_events_by_shipment', '100000 10000 2 1'),
  ('shipment_events', 'shipment_events_by_time', '100000 2');
ANALYZE sqlite_schema;
-- end
