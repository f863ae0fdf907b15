-- Connections, their carts and settings, and what is remembered of changes.
--
-- Times are microseconds since the epoch, durations microseconds, flags 0 or 1,
-- enumerations the numbers of model, lists as storage/sql/packed_list.h
-- packs them. Every key starts with the connection, and every table goes with
-- it.

CREATE TABLE connections (
  connection TEXT NOT NULL PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,          -- the key of its rows elsewhere
  epoch TEXT NOT NULL,
  display_name TEXT NOT NULL,
  base_url TEXT NOT NULL,
  path_prefix TEXT NOT NULL,
  sealed_token BLOB NOT NULL,
  token_fingerprint TEXT NOT NULL,
  inventory_interval INTEGER NOT NULL,
  shipment_interval INTEGER NOT NULL,
  earliest_shipment_time INTEGER NOT NULL,
  view_generation INTEGER NOT NULL,
  etag TEXT NOT NULL,
  create_time INTEGER NOT NULL,
  update_time INTEGER NOT NULL,
  -- A restored store draws new epochs, and cursors carry the epoch; the access
  -- token stays sealed under the epoch of its own time. '': under `epoch`.
  sealed_under TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The newest number that a connection was given: one row.
CREATE TABLE last_connection_number (
  id INTEGER NOT NULL PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE carts (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  position INTEGER NOT NULL,               -- its place in the list of carts
  cart TEXT NOT NULL,
  display_name TEXT NOT NULL,
  sales_channel TEXT NOT NULL,
  sku_source INTEGER NOT NULL,
  warehouse_ids TEXT NOT NULL,             -- packed integers
  carrier_custom_field TEXT NOT NULL,
  carrier_candidates TEXT NOT NULL,        -- packed texts
  family_rule INTEGER NOT NULL,
  order_number_pattern TEXT NOT NULL,
  family_custom_field TEXT NOT NULL,
  max_hold INTEGER,                        -- null: for ever
  PRIMARY KEY (connection, position),
  UNIQUE (connection, cart)
) STRICT, WITHOUT ROWID;

-- Where the connection's numbers come from: a writer that takes some locks the
-- row until it commits, so numbers become visible in their order.
CREATE TABLE counters (
  connection TEXT NOT NULL PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  last_revision INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  last_change INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  connection TEXT NOT NULL PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  inventory_sync_mode INTEGER NOT NULL,
  subtract_locked_quantity INTEGER NOT NULL,
  ignore_inactive_products INTEGER NOT NULL,
  download_products_data INTEGER NOT NULL,
  split_order_handling INTEGER NOT NULL,
  parse_carrier_fallback INTEGER NOT NULL,
  etag TEXT NOT NULL,
  update_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings_changes (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  change_id INTEGER NOT NULL,
  change_time INTEGER NOT NULL,
  principal TEXT NOT NULL,
  request_id TEXT NOT NULL,
  old_inventory_sync_mode INTEGER NOT NULL,
  old_subtract_locked_quantity INTEGER NOT NULL,
  old_ignore_inactive_products INTEGER NOT NULL,
  old_download_products_data INTEGER NOT NULL,
  old_split_order_handling INTEGER NOT NULL,
  old_parse_carrier_fallback INTEGER NOT NULL,
  new_inventory_sync_mode INTEGER NOT NULL,
  new_subtract_locked_quantity INTEGER NOT NULL,
  new_ignore_inactive_products INTEGER NOT NULL,
  new_download_products_data INTEGER NOT NULL,
  new_split_order_handling INTEGER NOT NULL,
  new_parse_carrier_fallback INTEGER NOT NULL,
  PRIMARY KEY (connection, change_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX settings_changes_by_time ON settings_changes (change_time);

CREATE TABLE remembered_requests (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  principal TEXT NOT NULL,
  rpc TEXT NOT NULL,
  request_id TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  answer BLOB NOT NULL,
  expire_time INTEGER NOT NULL,
  PRIMARY KEY (connection, principal, rpc, request_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX remembered_requests_by_expiry ON remembered_requests (expire_time);

-- only postgres
-- One row for each transaction that wrote, so that a server which lost the
-- answer to its commit can find out; kept for an hour.
CREATE TABLE commit_markers (
  marker TEXT NOT NULL PRIMARY KEY,
  committed INTEGER NOT NULL,              -- 0: it never will be
  commit_time INTEGER NOT NULL
);

CREATE INDEX commit_markers_by_time ON commit_markers (commit_time);
-- end
