-- Connections, their carts and settings, and what is remembered of changes.
--
-- Times are microseconds since the epoch, durations microseconds, flags 0 or 1,
-- enumerations the numbers of domain/model, lists as storage/sql/packed_list.h
-- packs them. Every key starts with the connection, and every table goes with
-- it.

CREATE TABLE connections (
  connection TEXT NOT NULL PRIMARY KEY,
  epoch TEXT NOT NULL,
  display_name TEXT NOT NULL,
  base_url TEXT NOT NULL,
  path_prefix TEXT NOT NULL,
  sealed_token BYTEA NOT NULL,
  token_fingerprint TEXT NOT NULL,
  inventory_interval BIGINT NOT NULL,
  shipment_interval BIGINT NOT NULL,
  earliest_shipment_time BIGINT NOT NULL,
  view_generation BIGINT NOT NULL,
  etag TEXT NOT NULL,
  create_time BIGINT NOT NULL,
  update_time BIGINT NOT NULL
);

CREATE TABLE carts (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  position BIGINT NOT NULL,               -- its place in the list of carts
  cart TEXT NOT NULL,
  display_name TEXT NOT NULL,
  sales_channel TEXT NOT NULL,
  sku_source BIGINT NOT NULL,
  warehouse_ids TEXT NOT NULL,             -- packed integers
  carrier_custom_field TEXT NOT NULL,
  carrier_candidates TEXT NOT NULL,        -- packed texts
  family_rule BIGINT NOT NULL,
  order_number_pattern TEXT NOT NULL,
  family_custom_field TEXT NOT NULL,
  max_hold BIGINT,                        -- null: for ever
  PRIMARY KEY (connection, position),
  UNIQUE (connection, cart)
);

-- Where the connection's numbers come from: a writer that takes some locks the
-- row until it commits, so numbers become visible in their order.
CREATE TABLE counters (
  connection TEXT NOT NULL PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  last_revision BIGINT NOT NULL,
  last_sequence BIGINT NOT NULL,
  last_change BIGINT NOT NULL
);

CREATE TABLE settings (
  connection TEXT NOT NULL PRIMARY KEY REFERENCES connections ON DELETE CASCADE,
  inventory_sync_mode BIGINT NOT NULL,
  subtract_locked_quantity BIGINT NOT NULL,
  ignore_inactive_products BIGINT NOT NULL,
  download_products_data BIGINT NOT NULL,
  split_order_handling BIGINT NOT NULL,
  parse_carrier_fallback BIGINT NOT NULL,
  etag TEXT NOT NULL,
  update_time BIGINT NOT NULL
);

CREATE TABLE settings_changes (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  change_id BIGINT NOT NULL,
  change_time BIGINT NOT NULL,
  principal TEXT NOT NULL,
  request_id TEXT NOT NULL,
  old_inventory_sync_mode BIGINT NOT NULL,
  old_subtract_locked_quantity BIGINT NOT NULL,
  old_ignore_inactive_products BIGINT NOT NULL,
  old_download_products_data BIGINT NOT NULL,
  old_split_order_handling BIGINT NOT NULL,
  old_parse_carrier_fallback BIGINT NOT NULL,
  new_inventory_sync_mode BIGINT NOT NULL,
  new_subtract_locked_quantity BIGINT NOT NULL,
  new_ignore_inactive_products BIGINT NOT NULL,
  new_download_products_data BIGINT NOT NULL,
  new_split_order_handling BIGINT NOT NULL,
  new_parse_carrier_fallback BIGINT NOT NULL,
  PRIMARY KEY (connection, change_id)
);

CREATE INDEX settings_changes_by_time ON settings_changes (change_time);

CREATE TABLE remembered_requests (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  principal TEXT NOT NULL,
  rpc TEXT NOT NULL,
  request_id TEXT NOT NULL,
  fingerprint BYTEA NOT NULL,
  answer BYTEA NOT NULL,
  expire_time BIGINT NOT NULL,
  PRIMARY KEY (connection, principal, rpc, request_id)
);

CREATE INDEX remembered_requests_by_expiry ON remembered_requests (expire_time);

-- One row for each transaction that wrote, so that a server which lost the
-- answer to its commit can find out; kept for an hour.
CREATE TABLE commit_markers (
  marker TEXT NOT NULL PRIMARY KEY,
  committed BIGINT NOT NULL,               -- 0: it never will be
  commit_time BIGINT NOT NULL
);

CREATE INDEX commit_markers_by_time ON commit_markers (commit_time);
