-- Pulls: runs, and per feed the lease, the checkpoint and the freshness.

CREATE TABLE sync_runs (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  run_id TEXT NOT NULL,
  feed INTEGER NOT NULL,
  state INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  trigger INTEGER NOT NULL,
  start_time INTEGER NOT NULL,
  end_time INTEGER,
  requests INTEGER NOT NULL,
  pages INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  levels_changed INTEGER NOT NULL,
  levels_unchanged INTEGER NOT NULL,
  levels_withheld INTEGER NOT NULL,
  products_changed INTEGER NOT NULL,
  rows_rejected INTEGER NOT NULL,
  skus_ambiguous INTEGER NOT NULL,
  error TEXT NOT NULL,            -- as SerializeStatus of the errors' catalogue
  resume_time INTEGER,
  rejected_rows TEXT NOT NULL,    -- packed rows: endpoint, page, identifier, reason
  ambiguous_skus TEXT NOT NULL,   -- packed texts
  cart_errors TEXT NOT NULL,      -- packed rows: cart, status
  delta_gap_suspected INTEGER NOT NULL,
  PRIMARY KEY (connection, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sync_runs_newest ON sync_runs (connection, feed, start_time, run_id);
CREATE INDEX sync_runs_by_time ON sync_runs (start_time);

-- One row per feed, made when something is first said of it.
CREATE TABLE pulls (
  connection TEXT NOT NULL REFERENCES connections ON DELETE CASCADE,
  feed INTEGER NOT NULL,
  run_id TEXT NOT NULL DEFAULT '',              -- empty: nobody holds the lease
  holder TEXT NOT NULL DEFAULT '',
  fence INTEGER NOT NULL DEFAULT 0,
  lease_expire_time INTEGER NOT NULL DEFAULT 0,
  checkpoint TEXT NOT NULL DEFAULT '',
  last_success_time INTEGER,
  last_full_success_time INTEGER,
  last_error TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (connection, feed)
) STRICT, WITHOUT ROWID;
