-- Connections, their carts and settings, and what is remembered of changes.
--
-- Times are microseconds since the epoch, flags 0 or 1. A column named
-- `document` or one that says so holds a value of model/ as storage/document.h
-- writes it; other columns are what is searched, sorted or changed by itself.
-- Every table below `connections` has the connection's number as the first
-- column of its key, and goes with the number.

-- The numbers whose rows other tables may hold. A connection that is deleted
-- leaves `connections` at once, and its number stays here until all of its rows
-- have gone, some at a time, so that no transaction has to remove them all.
CREATE TABLE connection_numbers (
  number INTEGER NOT NULL PRIMARY KEY,
  deleted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX connection_numbers_deleted ON connection_numbers (number)
  WHERE deleted = 1;

CREATE TABLE connections (
  connection TEXT NOT NULL PRIMARY KEY,    -- its id
  number INTEGER NOT NULL UNIQUE           -- the key of its rows elsewhere
    REFERENCES connection_numbers (number),
  -- A restored store draws new epochs, and cursors carry the epoch; the access
  -- token stays sealed under the epoch of its own time. '': under `epoch`.
  epoch TEXT NOT NULL,
  sealed_under TEXT NOT NULL,
  account TEXT NOT NULL,                   -- whose stock it reads: base URL and token
  view_generation INTEGER NOT NULL,        -- a change of settings raises it
  document BLOB NOT NULL,                  -- Connection, with its carts
  settings BLOB NOT NULL                   -- StoredSettings
) STRICT, WITHOUT ROWID;

CREATE INDEX connections_by_account ON connections (account, number);

-- The newest number that a connection was given: one row.
CREATE TABLE last_connection_number (
  id INTEGER NOT NULL PRIMARY KEY,
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the connection's numbers come from: a writer that takes some locks the
-- row until it commits, so numbers become visible in their order.
CREATE TABLE counters (
  connection INTEGER NOT NULL PRIMARY KEY
    REFERENCES connection_numbers (number) ON DELETE CASCADE,
  last_revision INTEGER NOT NULL,
  last_sequence INTEGER NOT NULL,
  last_change INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings_changes (
  connection INTEGER NOT NULL
    REFERENCES connection_numbers (number) ON DELETE CASCADE,
  change_id INTEGER NOT NULL,
  change_time INTEGER NOT NULL,
  document BLOB NOT NULL,                  -- SettingsChange
  PRIMARY KEY (connection, change_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX settings_changes_by_time ON settings_changes (change_time);

CREATE TABLE remembered_requests (
  connection INTEGER NOT NULL
    REFERENCES connection_numbers (number) ON DELETE CASCADE,
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

-- only sqlite
-- Which file this is: one row. A copy that takes a store's place is another
-- one, so that the log of the old file is not taken for its own.
CREATE TABLE store_identity (
  id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

INSERT INTO store_identity (id) VALUES (lower(hex(randomblob(16))));
-- end
