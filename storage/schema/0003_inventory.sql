-- What is known of stock, and the levels computed from it.
--
-- Keys of SKUs are folded for comparison. In the rows of the Order Manager,
-- `pass`, `missed` and `gone` serve the conclusion that a row is gone.

CREATE TABLE inventory_state (
  connection TEXT NOT NULL PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  computed_generation INTEGER NOT NULL DEFAULT 0,
  target_generation INTEGER NOT NULL DEFAULT 0,
  position_step TEXT NOT NULL DEFAULT '',
  position_key TEXT NOT NULL DEFAULT '',
  locations_changed INTEGER NOT NULL DEFAULT 0,
  deferred_by_run TEXT NOT NULL DEFAULT '',
  base_url TEXT NOT NULL DEFAULT '',
  full_pass INTEGER NOT NULL DEFAULT 0,
  last_complete_full_time INTEGER,
  acknowledge_in_flight INTEGER,            -- time; null: none
  gap_time INTEGER,                         -- null: no gap suspected
  last_revision INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE inventory_sources (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  source TEXT NOT NULL,
  mark_time INTEGER NOT NULL,
  PRIMARY KEY (connection, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE sales_channels (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  sales_channel_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  active INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  PRIMARY KEY (connection, sales_channel_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE warehouses (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  warehouse_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  active INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  PRIMARY KEY (connection, warehouse_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  warehouse_id INTEGER NOT NULL,
  product_id INTEGER NOT NULL,
  master_sku TEXT NOT NULL,
  sku_key TEXT NOT NULL,
  on_hand INTEGER NOT NULL,
  locked INTEGER,                           -- null: not told
  value_time INTEGER NOT NULL,
  pass INTEGER NOT NULL,
  missed INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  PRIMARY KEY (connection, warehouse_id, product_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX stock_by_sku ON stock (connection, sku_key);
CREATE INDEX stock_by_product ON stock (connection, product_id);

CREATE TABLE products (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  product_id INTEGER NOT NULL,
  master_sku TEXT NOT NULL,
  sku_key TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  active INTEGER NOT NULL,
  brand TEXT NOT NULL,
  description TEXT NOT NULL,
  upc TEXT NOT NULL,
  mpn TEXT NOT NULL,
  weight REAL,
  length REAL,
  width REAL,
  height REAL,
  map_price_currency TEXT,                  -- null: no price
  map_price_amount TEXT,
  categories TEXT NOT NULL,                 -- packed texts
  labels TEXT NOT NULL,                     -- packed texts
  image_urls TEXT NOT NULL,                 -- packed texts
  create_time INTEGER,
  modify_time INTEGER,
  revision INTEGER NOT NULL,                -- 0: not in the feed
  pass INTEGER NOT NULL,
  missed INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  PRIMARY KEY (connection, product_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX products_by_sku ON products (connection, sku_key);
CREATE INDEX products_by_revision ON products (connection, revision);

CREATE TABLE listings (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  sales_channel_id INTEGER NOT NULL,
  listing_id INTEGER NOT NULL,
  listing_sku TEXT NOT NULL,
  listing_key TEXT NOT NULL,
  master_sku TEXT NOT NULL,
  master_key TEXT NOT NULL,
  product_id INTEGER NOT NULL,              -- 0: not named
  active INTEGER NOT NULL,
  push_inventory INTEGER NOT NULL,
  known INTEGER NOT NULL,
  quantity INTEGER,                         -- null: never told
  value_time INTEGER NOT NULL,
  told_time INTEGER,
  pass INTEGER NOT NULL,
  missed INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  PRIMARY KEY (connection, sales_channel_id, listing_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX listings_by_sku ON listings (connection, sales_channel_id, listing_key);
CREATE INDEX listings_by_master_sku ON listings (connection, sales_channel_id, master_key);
CREATE INDEX listings_by_any_sku ON listings (connection, listing_key);
CREATE INDEX listings_by_any_master_sku ON listings (connection, master_key);
CREATE INDEX listings_by_product ON listings (connection, product_id);

CREATE TABLE levels (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  view TEXT NOT NULL,                       -- cart; empty: the connection's own
  sku_key TEXT NOT NULL,
  location_kind INTEGER NOT NULL,
  location_id INTEGER NOT NULL,
  sku TEXT NOT NULL,
  master_sku TEXT NOT NULL,
  product_id INTEGER NOT NULL,
  available INTEGER,                        -- null while withheld
  reason INTEGER NOT NULL,                  -- 0: published
  clamped_at_zero INTEGER NOT NULL,
  as_of_time INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (connection, view, sku_key, location_kind, location_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX levels_by_revision ON levels (connection, view, revision);
CREATE INDEX levels_ambiguous ON levels (connection, sku_key) WHERE reason = 4;

-- only sqlite
-- How selective the indexes of inventory are. Without this SQLite guesses that a
-- connection has a handful of rows, and reads all of them to find a few SKUs or
-- products. The numbers are rough on purpose and stay as they are: plans do not
-- change with what a store happens to hold. PostgreSQL gathers its own.
ANALYZE connections;  -- makes the table of statistics
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  -- Rows, then how many of them share the first column, the first two, …
  ('stock', 'stock', '100000 10000 5000 1'),
  ('stock', 'stock_by_sku', '100000 10000 2'),
  ('stock', 'stock_by_product', '100000 10000 2'),
  ('products', 'products', '100000 10000 1'),
  ('products', 'products_by_sku', '100000 10000 1'),
  ('products', 'products_by_revision', '100000 10000 1'),
  ('listings', 'listings', '100000 10000 5000 1'),
  ('listings', 'listings_by_sku', '100000 10000 5000 1'),
  ('listings', 'listings_by_master_sku', '100000 10000 5000 1'),
  ('listings', 'listings_by_any_sku', '100000 10000 2'),
  ('listings', 'listings_by_any_master_sku', '100000 10000 2'),
  ('listings', 'listings_by_product', '100000 10000 2'),
  ('levels', 'levels', '100000 10000 5000 2 2 1'),
  ('levels', 'levels_by_revision', '100000 10000 5000 1'),
  ('levels', 'levels_ambiguous', '1000 100 2');
ANALYZE sqlite_schema;  -- reads it
-- end
