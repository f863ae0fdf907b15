-- What is known of stock, and the levels computed from it.
--
-- Rows that come by the hundred thousand are integers alone: a SKU is a number
-- (skus), and in keys it is the number that all its spellings share, sku_key.
-- Number 0 is the empty SKU, which has no row. New numbers go up, so that a
-- list that is read in the order of its ids is appended to every table.

CREATE TABLE inventory_state (
  connection INTEGER NOT NULL PRIMARY KEY
    REFERENCES connection_numbers (number) ON DELETE CASCADE,
  document BLOB NOT NULL                    -- model::InventoryState
) STRICT, WITHOUT ROWID;

-- Sales channels and warehouses as the Order Manager last listed them.
CREATE TABLE locations (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  location_kind INTEGER NOT NULL,
  location_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  active INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  withheld INTEGER NOT NULL,                -- of the connection's own levels
  away INTEGER NOT NULL,                    -- no cart wanted it, or it was not there
  read_from INTEGER,                        -- null: was never away
  numbers_in_use INTEGER NOT NULL,          -- another connection is told them
  PRIMARY KEY (connection, location_kind, location_id)
) STRICT, WITHOUT ROWID;

-- The views of carts. The connection's own has number 0 and no row.
CREATE TABLE cart_views (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  view INTEGER NOT NULL,
  cart TEXT NOT NULL,
  PRIMARY KEY (connection, view)
) STRICT, WITHOUT ROWID;

-- Where a cart sees the connection's own levels, or has seen them: since which
-- revision it does, or does not any more.
CREATE TABLE view_locations (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  view INTEGER NOT NULL,
  location_kind INTEGER NOT NULL,
  location_id INTEGER NOT NULL,
  shown INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (connection, view, location_kind, location_id)
) STRICT, WITHOUT ROWID;

-- Each spelling once. Spellings that differ in case only share sku_key, which
-- is the number of the first of them, and fold_hash.
CREATE TABLE skus (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  sku_key INTEGER NOT NULL,
  fold_hash INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (connection, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX skus_by_fold ON skus (connection, fold_hash);

-- Products that have, or had, stock under a SKU, in any warehouse: what may
-- claim it. Stock itself needs no index for that.
CREATE TABLE stock_skus (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  sku_key INTEGER NOT NULL,
  product_id INTEGER NOT NULL,
  PRIMARY KEY (connection, sku_key, product_id)
) STRICT, WITHOUT ROWID;

-- Stock, with the connection's own level of the row's SKU at its warehouse
-- beside it where the level tells of this row. Other levels are in `levels`.
CREATE TABLE stock (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  warehouse_id INTEGER NOT NULL,
  product_id INTEGER NOT NULL,
  sku INTEGER NOT NULL,
  on_hand INTEGER NOT NULL,
  locked INTEGER,                           -- null: not told
  value_time INTEGER NOT NULL,
  missed INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  revision INTEGER NOT NULL,                -- 0: no level stands here
  available INTEGER,                        -- null while withheld
  reason INTEGER NOT NULL,                  -- 0: published
  clamped_at_zero INTEGER NOT NULL,
  as_of_time INTEGER,                       -- null: value_time
  PRIMARY KEY (connection, warehouse_id, product_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX stock_by_revision ON stock (connection, revision);
-- 4 = AMBIGUOUS_SKU
CREATE INDEX stock_ambiguous ON stock (connection, sku) WHERE reason = 4;
-- 9 = QUANTITY_UNKNOWN
CREATE INDEX stock_unknown ON stock (connection) WHERE reason = 9;

CREATE TABLE products (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  product_id INTEGER NOT NULL,
  sku INTEGER NOT NULL,
  sku_key INTEGER NOT NULL,
  active INTEGER NOT NULL,
  missed INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  revision INTEGER NOT NULL,                -- 0: not in the feed
  details BLOB NOT NULL,                    -- model::Product
  PRIMARY KEY (connection, product_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX products_by_sku ON products (connection, sku_key);
CREATE INDEX products_by_revision ON products (connection, revision);

CREATE TABLE listings (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  sales_channel_id INTEGER NOT NULL,
  listing_id INTEGER NOT NULL,
  sku INTEGER NOT NULL,
  sku_key INTEGER NOT NULL,
  master_sku INTEGER NOT NULL,
  master_key INTEGER NOT NULL,
  product_id INTEGER NOT NULL,              -- 0: not named
  active INTEGER NOT NULL,
  push_inventory INTEGER NOT NULL,
  known INTEGER NOT NULL,
  quantity INTEGER,                         -- null: not known
  value_time INTEGER NOT NULL,
  told_time INTEGER,
  missed INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  PRIMARY KEY (connection, sales_channel_id, listing_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX listings_by_sku ON listings (connection, sales_channel_id, sku_key);
CREATE INDEX listings_by_master
  ON listings (connection, sales_channel_id, master_key);
CREATE INDEX listings_by_product ON listings (connection, product_id);

-- Levels that do not stand beside stock: those in sales channels, those of
-- carts with listing SKUs, and what is left of SKUs that no row has any more.
CREATE TABLE levels (
  connection INTEGER NOT NULL REFERENCES connection_numbers (number) ON DELETE CASCADE,
  view INTEGER NOT NULL,                    -- 0: the connection's own
  sku_key INTEGER NOT NULL,
  location_kind INTEGER NOT NULL,
  location_id INTEGER NOT NULL,
  sku INTEGER NOT NULL,
  master_sku INTEGER NOT NULL,
  product_id INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  available INTEGER,                        -- null while withheld
  reason INTEGER NOT NULL,                  -- 0: published
  clamped_at_zero INTEGER NOT NULL,
  as_of_time INTEGER NOT NULL,
  PRIMARY KEY (connection, view, sku_key, location_kind, location_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX levels_by_revision ON levels (connection, view, revision);
-- 4 = AMBIGUOUS_SKU
CREATE INDEX levels_ambiguous ON levels (connection, sku_key) WHERE reason = 4;
-- 9 = QUANTITY_UNKNOWN
CREATE INDEX levels_unknown ON levels (connection, view) WHERE reason = 9;

-- only sqlite
-- How selective the indexes of inventory are. Without this SQLite guesses that a
-- connection has a handful of rows, and reads all of them to find a few SKUs or
-- products. The numbers are rough on purpose and stay as they are: plans do not
-- change with what a store happens to hold. PostgreSQL gathers its own.
ANALYZE connections;  -- makes the table of statistics
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  -- Rows, then how many of them share the first column, the first two, …
  ('skus', 'skus', '100000 10000 1'),
  ('skus', 'skus_by_fold', '100000 10000 1'),
  ('stock_skus', 'stock_skus', '100000 10000 2 1'),
  ('stock', 'stock', '100000 10000 5000 1'),
  ('stock', 'stock_by_revision', '100000 10000 2'),
  ('stock', 'stock_ambiguous', '1000 100 2'),
  ('stock', 'stock_unknown', '1000 100'),
  ('products', 'products', '100000 10000 1'),
  ('products', 'products_by_sku', '100000 10000 1'),
  ('products', 'products_by_revision', '100000 10000 1'),
  ('listings', 'listings', '100000 10000 5000 1'),
  ('listings', 'listings_by_sku', '100000 10000 5000 1'),
  ('listings', 'listings_by_master', '100000 10000 5000 1'),
  ('listings', 'listings_by_product', '100000 10000 2'),
  ('levels', 'levels', '100000 10000 5000 2 2 1'),
  ('levels', 'levels_by_revision', '100000 10000 5000 1'),
  ('levels', 'levels_ambiguous', '1000 100 2'),
  ('levels', 'levels_unknown', '1000 100 50');
ANALYZE sqlite_schema;  -- reads it
-- end
