-- Pulls: runs, and per feed the lease, the checkpoint and the freshness.

CREATE TABLE sync_runs (
  connection INTEGER NOT NULL
    REFERENCES connection_numbers (number) ON DELETE CASCADE,
  run_id TEXT NOT NULL,
  feed INTEGER NOT NULL,
  start_time INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  document BLOB NOT NULL,                       -- SyncRun
  PRIMARY KEY (connection, run_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sync_runs_of_feed
  ON sync_runs (connection, feed, start_time, run_id);
CREATE INDEX sync_runs_of_both ON sync_runs (connection, start_time, run_id);
CREATE INDEX sync_runs_by_time ON sync_runs (start_time);

-- One row per feed, made when something is first said of it.
CREATE TABLE pulls (
  connection INTEGER NOT NULL
    REFERENCES connection_numbers (number) ON DELETE CASCADE,
  feed INTEGER NOT NULL,
  run_id TEXT NOT NULL DEFAULT '',              -- empty: nobody holds the lease
  holder TEXT NOT NULL DEFAULT '',
  fence INTEGER NOT NULL DEFAULT 0,
  lease_expire_time INTEGER NOT NULL DEFAULT 0,
  checkpoint BLOB,                              -- where its pull goes on; null: from the start
  status BLOB,                                  -- PullStatus; null: a default one
  PRIMARY KEY (connection, feed)
) STRICT, WITHOUT ROWID;
