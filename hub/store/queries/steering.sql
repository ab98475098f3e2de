-- What admins change with commands, the trail of it, and what is asked before something is destroyed.

-- name: version
SELECT version FROM steering WHERE id = 1

-- name: in_force
SELECT key, value FROM override

-- name: limits
SELECT key, limit_amount FROM budget_change WHERE key LIKE 'agent/%' OR key LIKE 'hub/%'

-- name: set
INSERT INTO override (key, value, by_person, at_ms) VALUES (:key, :value, :by, :now)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, by_person = excluded.by_person, at_ms = excluded.at_ms

-- name: clear
DELETE FROM override WHERE key = :key

-- name: changed
INSERT INTO steering (id, version) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET version = steering.version + 1

-- What rests because of a pause is due again; what rests for another reason looks once more and rests on.
-- name: wake
UPDATE conversation SET due_ms = :now WHERE due_ms > :now AND holder IS NULL

-- name: audit
INSERT INTO audit (id, at_ms, by_person, command, arguments, conversation)
VALUES (:id, :now, :by, :command, :arguments, :conversation)

-- name: trail
SELECT at_ms, by_person, command, arguments FROM audit ORDER BY at_ms DESC, id DESC LIMIT :most

-- name: marked_bills
SELECT at_ms, agent, model, mark, held_nusd, cost_nusd FROM ledger
WHERE at_ms >= :since_ms AND mark IN ('overrun', 'presumed', 'estimated', 'correction', 'unpriced')
ORDER BY at_ms DESC LIMIT :most

-- name: ask_first
INSERT INTO confirmation (id, word, arguments, expires_ms)
VALUES (:id, :word, :arguments, CAST(:now AS BIGINT) + :lives_ms)
ON CONFLICT (id) DO UPDATE SET word = excluded.word, arguments = excluded.arguments, expires_ms = excluded.expires_ms

-- name: asked
SELECT word, arguments FROM confirmation WHERE id = :id AND expires_ms > :now

-- name: confirmed
DELETE FROM confirmation WHERE id = :id

-- name: forget_confirmations
DELETE FROM confirmation WHERE expires_ms < :before_ms

-- name: under_way
SELECT COUNT(*) AS turns FROM conversation WHERE holder IS NOT NULL AND due_ms > :now
