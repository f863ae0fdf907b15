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
