-- Orders, shipments, the events of their feed, and its consumers.

-- How far the mirror and the decisions have come.
CREATE TABLE shipment_states (
  connection TEXT NOT NULL PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  orders_read_through BIGINT,
  shipments_read_through BIGINT,
  decided_under TEXT NOT NULL,
  keyed_under TEXT NOT NULL,
  next_hold_end BIGINT,
  pruned_through BIGINT NOT NULL
);

-- Names of sales channels, warehouses and services.
CREATE TABLE reference_names (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  kind BIGINT NOT NULL,
  parent_id BIGINT NOT NULL,
  id BIGINT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (connection, kind, parent_id, id)
);

CREATE TABLE orders (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  order_id BIGINT NOT NULL,
  order_number TEXT NOT NULL,
  status TEXT NOT NULL,
  sales_channel_id BIGINT NOT NULL,
  ship_country TEXT NOT NULL,
  modify_time BIGINT,
  custom_fields TEXT NOT NULL,      -- packed texts: three
  related_order_ids TEXT NOT NULL,  -- packed integers; also in order_links
  lines TEXT NOT NULL,              -- packed rows: listing sku, master sku, quantity
  shipment_items TEXT NOT NULL,     -- packed rows: shipment id, then as above
  external BIGINT NOT NULL,
  suppress_channel_update BIGINT NOT NULL,
  known BIGINT NOT NULL,           -- 0: never read
  readable BIGINT NOT NULL,        -- 0: the last try to read it failed
  read_time BIGINT NOT NULL,
  status_time BIGINT NOT NULL,
  cart TEXT NOT NULL,
  family_key TEXT NOT NULL,
  released BIGINT NOT NULL,
  pending BIGINT NOT NULL,         -- 1: waits to be decided
  PRIMARY KEY (connection, order_id)
);

CREATE INDEX orders_pending ON orders (connection, order_id) WHERE pending = 1;
CREATE INDEX orders_unreadable ON orders (connection, read_time)
  WHERE readable = 0;
CREATE INDEX orders_by_family ON orders (connection, cart, family_key)
  WHERE family_key <> '';
CREATE INDEX orders_by_read_time ON orders (read_time);

-- Which orders name which others as related; followed in both directions.
CREATE TABLE order_links (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  order_id BIGINT NOT NULL,
  related_id BIGINT NOT NULL,
  PRIMARY KEY (connection, order_id, related_id)
);

CREATE INDEX order_links_back ON order_links (connection, related_id, order_id);

CREATE TABLE shipments (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  shipment_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  order_number TEXT NOT NULL,
  voided BIGINT NOT NULL,
  tracking_number TEXT NOT NULL,
  tracking_key TEXT NOT NULL,       -- normalised, for finding
  shipping_carrier TEXT NOT NULL,
  shipping_provider_id BIGINT NOT NULL,
  shipping_service_id BIGINT NOT NULL,
  warehouse_id BIGINT NOT NULL,
  external BIGINT NOT NULL,
  ship_time BIGINT,
  create_time BIGINT,
  cart TEXT NOT NULL,
  family_order_ids TEXT NOT NULL,   -- packed integers
  carrier_code TEXT NOT NULL,
  carrier_name TEXT NOT NULL,
  carrier_source BIGINT NOT NULL,
  carrier_rule TEXT NOT NULL,
  carrier_confidence BIGINT NOT NULL,
  carrier_candidates TEXT NOT NULL, -- packed texts
  carrier_service TEXT NOT NULL,
  items TEXT NOT NULL,              -- packed rows: sku, master sku, quantity
  warehouse_name TEXT NOT NULL,
  state BIGINT NOT NULL,
  state_time BIGINT NOT NULL,
  hold_reason BIGINT NOT NULL,
  hold_time BIGINT,
  blocking_orders TEXT NOT NULL,    -- packed rows: id, number, status, since
  outcome_reason TEXT NOT NULL,
  outcome_time BIGINT,
  last_sequence BIGINT NOT NULL,   -- 0: never handed out
  last_kind BIGINT NOT NULL,       -- and what the last event told
  sent_tracking_number TEXT NOT NULL,
  sent_carrier_code TEXT NOT NULL,
  seen_shipping_carrier TEXT NOT NULL,
  seen_tracking_number TEXT NOT NULL,
  seen_custom_field TEXT NOT NULL,
  seen_custom_text TEXT NOT NULL,
  PRIMARY KEY (connection, shipment_id)
);

CREATE INDEX shipments_by_order ON shipments (connection, order_id, shipment_id);
CREATE INDEX shipments_by_state ON shipments (connection, state, shipment_id);
CREATE INDEX shipments_by_age ON shipments (connection, state, state_time);
CREATE INDEX shipments_by_number ON shipments (connection, order_number);
CREATE INDEX shipments_by_tracking ON shipments (connection, tracking_key)
  WHERE tracking_key <> '';

-- A shipment as it was at each of its events.
CREATE TABLE shipment_events (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  sequence BIGINT NOT NULL,
  shipment_id BIGINT NOT NULL,
  cart TEXT NOT NULL,
  kind BIGINT NOT NULL,
  event_time BIGINT NOT NULL,
  release_group BIGINT NOT NULL,
  release_group_size BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  order_number TEXT NOT NULL,
  family_order_ids TEXT NOT NULL,
  tracking_number TEXT NOT NULL,
  carrier_code TEXT NOT NULL,
  carrier_name TEXT NOT NULL,
  carrier_source BIGINT NOT NULL,
  carrier_rule TEXT NOT NULL,
  carrier_confidence BIGINT NOT NULL,
  carrier_candidates TEXT NOT NULL,
  carrier_service TEXT NOT NULL,
  items TEXT NOT NULL,
  ship_time BIGINT,
  create_time BIGINT,
  warehouse_id BIGINT NOT NULL,
  warehouse_name TEXT NOT NULL,
  external BIGINT NOT NULL,
  PRIMARY KEY (connection, sequence)
);

CREATE INDEX shipment_events_by_cart
  ON shipment_events (connection, cart, sequence);
CREATE INDEX shipment_events_by_shipment
  ON shipment_events (connection, shipment_id, sequence);
CREATE INDEX shipment_events_by_time ON shipment_events (event_time);

CREATE TABLE shipment_consumers (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  consumer TEXT NOT NULL,
  cart TEXT NOT NULL,
  position BIGINT NOT NULL,
  position_time BIGINT,
  PRIMARY KEY (connection, consumer)
);
