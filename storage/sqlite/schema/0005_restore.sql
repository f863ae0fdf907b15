-- What a store that was restored from a copy needs. Cursors carry the
-- connection's epoch, which is drawn anew then; the access token stays sealed
-- under the epoch of its own time.
ALTER TABLE connections
  ADD COLUMN sealed_under TEXT NOT NULL DEFAULT '';  -- '': under the epoch
