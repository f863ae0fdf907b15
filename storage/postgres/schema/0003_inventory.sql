-- What is known of stock, and the levels computed from it.
--
-- Keys of SKUs are folded for comparison. In the rows of the Order Manager,
-- `pass`, `missed` and `gone` serve the conclusion that a row is gone.

CREATE TABLE inventory_state (
  connection TEXT NOT NULL PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  computed_generation BIGINT NOT NULL DEFAULT 0,
  target_generation BIGINT NOT NULL DEFAULT 0,
  position_step TEXT NOT NULL DEFAULT '',
  position_key TEXT NOT NULL DEFAULT '',
  locations_changed BIGINT NOT NULL DEFAULT 0,
  deferred_by_run TEXT NOT NULL DEFAULT '',
  base_url TEXT NOT NULL DEFAULT '',
  full_pass BIGINT NOT NULL DEFAULT 0,
  last_complete_full_time BIGINT,
  acknowledge_in_flight BIGINT,            -- time; null: none
  gap_time BIGINT,                         -- null: no gap suspected
  last_revision BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE inventory_sources (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  source TEXT NOT NULL,
  mark_time BIGINT NOT NULL,
  PRIMARY KEY (connection, source)
);

CREATE TABLE sales_channels (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  sales_channel_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  active BIGINT NOT NULL,
  listed BIGINT NOT NULL,
  PRIMARY KEY (connection, sales_channel_id)
);

CREATE TABLE warehouses (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  warehouse_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  active BIGINT NOT NULL,
  listed BIGINT NOT NULL,
  PRIMARY KEY (connection, warehouse_id)
);

CREATE TABLE stock (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  warehouse_id BIGINT NOT NULL,
  product_id BIGINT NOT NULL,
  master_sku TEXT NOT NULL,
  sku_key TEXT NOT NULL,
  on_hand BIGINT NOT NULL,
  locked BIGINT,                           -- null: not told
  value_time BIGINT NOT NULL,
  pass BIGINT NOT NULL,
  missed BIGINT NOT NULL,
  gone BIGINT NOT NULL,
  PRIMARY KEY (connection, warehouse_id, product_id)
);

CREATE INDEX stock_by_sku ON stock (connection, sku_key);
CREATE INDEX stock_by_product ON stock (connection, product_id);

CREATE TABLE products (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  product_id BIGINT NOT NULL,
  master_sku TEXT NOT NULL,
  sku_key TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  active BIGINT NOT NULL,
  brand TEXT NOT NULL,
  description TEXT NOT NULL,
  upc TEXT NOT NULL,
  mpn TEXT NOT NULL,
  weight DOUBLE PRECISION,
  length DOUBLE PRECISION,
  width DOUBLE PRECISION,
  height DOUBLE PRECISION,
  map_price_currency TEXT,                  -- null: no price
  map_price_amount TEXT,
  categories TEXT NOT NULL,                 -- packed texts
  labels TEXT NOT NULL,                     -- packed texts
  image_urls TEXT NOT NULL,                 -- packed texts
  create_time BIGINT,
  modify_time BIGINT,
  revision BIGINT NOT NULL,                -- 0: not in the feed
  pass BIGINT NOT NULL,
  missed BIGINT NOT NULL,
  gone BIGINT NOT NULL,
  PRIMARY KEY (connection, product_id)
);

CREATE INDEX products_by_sku ON products (connection, sku_key);
CREATE INDEX products_by_revision ON products (connection, revision);

CREATE TABLE listings (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  sales_channel_id BIGINT NOT NULL,
  listing_id BIGINT NOT NULL,
  listing_sku TEXT NOT NULL,
  listing_key TEXT NOT NULL,
  master_sku TEXT NOT NULL,
  master_key TEXT NOT NULL,
  product_id BIGINT NOT NULL,              -- 0: not named
  active BIGINT NOT NULL,
  push_inventory BIGINT NOT NULL,
  known BIGINT NOT NULL,
  quantity BIGINT,                         -- null: never told
  value_time BIGINT NOT NULL,
  told_time BIGINT,
  pass BIGINT NOT NULL,
  missed BIGINT NOT NULL,
  gone BIGINT NOT NULL,
  PRIMARY KEY (connection, sales_channel_id, listing_id)
);

CREATE INDEX listings_by_sku ON listings (connection, sales_channel_id, listing_key);
CREATE INDEX listings_by_master_sku ON listings (connection, sales_channel_id, master_key);
CREATE INDEX listings_by_any_sku ON listings (connection, listing_key);
CREATE INDEX listings_by_any_master_sku ON listings (connection, master_key);
CREATE INDEX listings_by_product ON listings (connection, product_id);

CREATE TABLE levels (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  view TEXT NOT NULL,                       -- cart; empty: the connection's own
  sku_key TEXT NOT NULL,
  location_kind BIGINT NOT NULL,
  location_id BIGINT NOT NULL,
  sku TEXT NOT NULL,
  master_sku TEXT NOT NULL,
  product_id BIGINT NOT NULL,
  available BIGINT,                        -- null while withheld
  reason BIGINT NOT NULL,                  -- 0: published
  clamped_at_zero BIGINT NOT NULL,
  as_of_time BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (connection, view, sku_key, location_kind, location_id)
);

CREATE INDEX levels_by_revision ON levels (connection, view, revision);
CREATE INDEX levels_ambiguous ON levels (connection, sku_key) WHERE reason = 4;
