-- Pulls: runs, and per feed the lease, the checkpoint and the freshness.

CREATE TABLE sync_runs (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  run_id TEXT NOT NULL,
  feed BIGINT NOT NULL,
  state BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  trigger BIGINT NOT NULL,
  start_time BIGINT NOT NULL,
  end_time BIGINT,
  requests BIGINT NOT NULL,
  pages BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  levels_changed BIGINT NOT NULL,
  levels_unchanged BIGINT NOT NULL,
  levels_withheld BIGINT NOT NULL,
  products_changed BIGINT NOT NULL,
  rows_rejected BIGINT NOT NULL,
  skus_ambiguous BIGINT NOT NULL,
  error TEXT NOT NULL,            -- as SerializeStatus of the errors' catalogue
  resume_time BIGINT,
  rejected_rows TEXT NOT NULL,    -- packed rows: endpoint, page, identifier, reason
  ambiguous_skus TEXT NOT NULL,   -- packed texts
  cart_errors TEXT NOT NULL,      -- packed rows: cart, status
  delta_gap_suspected BIGINT NOT NULL,
  PRIMARY KEY (connection, run_id)
);

CREATE INDEX sync_runs_newest ON sync_runs (connection, feed, start_time, run_id);
CREATE INDEX sync_runs_by_time ON sync_runs (start_time);

-- One row per feed, made when something is first said of it.
CREATE TABLE pulls (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  feed BIGINT NOT NULL,
  run_id TEXT NOT NULL DEFAULT '',              -- empty: nobody holds the lease
  holder TEXT NOT NULL DEFAULT '',
  fence BIGINT NOT NULL DEFAULT 0,
  lease_expire_time BIGINT NOT NULL DEFAULT 0,
  checkpoint TEXT NOT NULL DEFAULT '',
  last_success_time BIGINT,
  last_full_success_time BIGINT,
  last_error TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (connection, feed)
);
