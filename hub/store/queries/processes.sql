-- Who is at work on this database, who has which platform connection, and what they leave for each other.

-- name: beat
INSERT INTO process (id, role, region, state, version, schema_number, host, started_ms, seen_ms)
VALUES (:id, :role, :region, :state, :version, :schema_number, :host, :now, :now)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, seen_ms = excluded.seen_ms

-- name: known
SELECT id, role, region, state, version, schema_number, host, CAST(:now AS BIGINT) - started_ms AS age_ms,
  CAST(:now AS BIGINT) - seen_ms AS silent_ms
FROM process ORDER BY role, region, id

-- name: holders
SELECT id, process FROM account_holder WHERE process <> '' ORDER BY id

-- name: hold expects 1
INSERT INTO account_holder (id, process, since_ms) VALUES (:account, :process, :now)
ON CONFLICT (id) DO UPDATE SET process = :process, since_ms = :now
WHERE account_holder.process = '' OR NOT EXISTS (
  SELECT 1 FROM process p
  WHERE p.id = account_holder.process AND p.seen_ms > CAST(:now AS BIGINT) - CAST(:life_ms AS BIGINT)
)

-- name: let_go
UPDATE account_holder SET process = '' WHERE id = :account AND process = :process

-- After the clock was set back, whoever is dead would live until it is as late again; the living say so themselves.
-- name: clock_set_back
UPDATE process SET seen_ms = :now WHERE seen_ms > :now

-- name: bury
DELETE FROM process WHERE seen_ms <= CAST(:now AS BIGINT) - CAST(:life_ms AS BIGINT) RETURNING id

-- A claim is named by its process: 26 characters, a colon and a number.
-- name: free
UPDATE conversation SET due_ms = :now, holder = NULL
WHERE holder IS NOT NULL AND NOT EXISTS (SELECT 1 FROM process p WHERE p.id = substr(conversation.holder, 1, 26))
RETURNING id
-- A machine that was lost in a transaction keeps its locks for a while: whoever waited for them would have no heartbeat.
-- postgresql
UPDATE conversation SET due_ms = :now, holder = NULL
WHERE id IN (
  SELECT c.id FROM conversation c
  WHERE c.holder IS NOT NULL AND NOT EXISTS (SELECT 1 FROM process p WHERE p.id = substr(c.holder, 1, 26))
  FOR UPDATE OF c SKIP LOCKED
)
RETURNING id

-- name: leave
DELETE FROM process WHERE id = :id

-- name: unserved
SELECT home_region, COUNT(*) AS conversations FROM conversation WHERE due_ms <= :now AND holder IS NULL
GROUP BY home_region ORDER BY home_region

-- What waits for a region that the settings no longer have.
-- name: rehome
UPDATE conversation SET home_region = :region
WHERE due_ms IS NOT NULL AND replace(:regions, ',' || home_region || ',', '') = :regions

-- name: note
INSERT INTO note (id, value, expires_ms) VALUES (:id, :value, CAST(:now AS BIGINT) + CAST(:lives_ms AS BIGINT))
ON CONFLICT (id) DO UPDATE SET value = excluded.value, expires_ms = excluded.expires_ms

-- name: noted
SELECT value FROM note WHERE id = :id AND expires_ms > :now

-- name: drop_note
DELETE FROM note WHERE id = :id

-- name: forget_notes
DELETE FROM note WHERE id IN (SELECT id FROM note WHERE expires_ms <= :now ORDER BY expires_ms LIMIT :most)
RETURNING id

-- Where several processes deliver, the pace of a chat is kept by the store's clock as well.
-- name: gates_set_back
UPDATE gate SET
  due_us = CASE WHEN due_us > CAST(:now AS BIGINT) * 1000 THEN CAST(:now AS BIGINT) * 1000 ELSE due_us END,
  closed_us = 0
WHERE due_us > CAST(:now AS BIGINT) * 1000 OR closed_us > CAST(:now AS BIGINT) * 1000
