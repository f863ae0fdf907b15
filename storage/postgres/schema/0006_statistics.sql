-- SQLite is told here which index to use; PostgreSQL finds out by itself. The
-- step is here so that both databases count alike.
SELECT 1;
