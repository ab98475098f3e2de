-- The one delivery record of an answer.

-- What is begun, sent and settled is so only while the claim holds: `inbox.guard` in the same statement.

-- name: begin expects 1
INSERT INTO reply (id, message, conversation, position, agent, route, state, created_ms)
SELECT :id, :message, :conversation, :position, :agent, :route, 'pending', :now WHERE EXISTS (
  SELECT 1 FROM conversation WHERE id = :conversation AND fence = :fence AND holder = :holder FOR NO KEY UPDATE
)
ON CONFLICT (message) DO UPDATE SET agent = excluded.agent, route = excluded.route
WHERE reply.text IS NULL

-- name: sending expects 1 by key
UPDATE reply SET sending = 1 WHERE id = :id AND state IN ('pending', 'attempting') AND EXISTS (
  SELECT 1 FROM conversation WHERE id = :conversation AND fence = :fence AND holder = :holder FOR NO KEY UPDATE
)

-- name: not_sending
UPDATE reply SET sending = 0 WHERE id = :id

-- name: sent expects 1 by key
UPDATE reply SET sending = 0, parts = :parts WHERE id = :id AND EXISTS (
  SELECT 1 FROM conversation WHERE id = :conversation AND fence = :fence AND holder = :holder FOR NO KEY UPDATE
)

-- name: settled expects 1
UPDATE reply SET text = :text, state = 'attempting', route = :route, joined = :joined, settled_ms = :now
WHERE id = :id AND text IS NULL AND EXISTS (
  SELECT 1 FROM conversation WHERE id = :conversation AND fence = :fence AND holder = :holder FOR NO KEY UPDATE
)

-- name: ended expects 1 unsynced
UPDATE reply SET state = :state, error = :error, delivered_ms = :now WHERE id = :id

-- name: orphan
INSERT INTO orphan (id, reply, conversation, part, reason, at_ms)
VALUES (:id, :reply, :conversation, :part, :reason, :now)

-- What was asked, and what was answered unless that is empty.
-- name: remember_turn
INSERT INTO turn (message, role, conversation, position, agent, text, tokens, at_ms)
SELECT :message, said.role, :conversation, :position, :agent, said.text, said.tokens, :now
FROM (
  SELECT 'user' AS role, CAST(:asked AS TEXT) AS text, CAST(:asked_tokens AS INTEGER) AS tokens
  UNION ALL SELECT 'assistant', :answered, :answered_tokens
) AS said
WHERE said.role = 'user' OR said.text <> ''
ON CONFLICT (conversation, position, role) DO NOTHING

-- name: orphans
SELECT id, reply, conversation, part, reason, at_ms FROM orphan ORDER BY at_ms DESC LIMIT :most

-- Somebody's own: where the others are, and what they chose, is nobody else's business.
-- name: last_route
SELECT r.route FROM reply r JOIN message m ON m.id = r.message
WHERE r.conversation = :conversation AND r.position < :before AND r.position >= CAST(:before AS BIGINT) - :reach
  AND r.route <> '' AND m.person = :person
ORDER BY r.position DESC LIMIT 1

-- name: newest
SELECT r.id, r.message, r.position, r.parts, r.sending, r.route, m.payload FROM reply r JOIN message m ON m.id = r.message
WHERE r.conversation = :conversation ORDER BY r.position DESC LIMIT :most

-- name: judge
INSERT INTO feedback (reply, person, value, at_ms)
SELECT :reply, p.number, :value, :now FROM person p WHERE p.id = :person
ON CONFLICT (reply, person) DO UPDATE SET value = excluded.value, at_ms = excluded.at_ms

-- name: last_answer
SELECT id FROM reply
WHERE conversation = :conversation AND position < :before AND route <> ''
ORDER BY position DESC LIMIT 1

-- Not what its author took back, nor what somebody else asked for themselves alone.
-- name: last_asked
SELECT m.id, m.payload, r.route FROM reply r JOIN message m ON m.id = r.message
WHERE r.conversation = :conversation AND r.position < :before AND r.route <> '' AND m.deleted_ms IS NULL
  AND (m.person = :person OR length(replace(m.payload, '"alone":true', '')) = length(m.payload))
ORDER BY r.position DESC LIMIT 1

-- name: comment
INSERT INTO feedback (reply, person, value, words, at_ms) VALUES (:reply, :person, 'none', :words, :now)
ON CONFLICT (reply, person) DO UPDATE SET words = excluded.words, at_ms = excluded.at_ms

-- The answer before, and whether anybody disliked it.
-- name: last_disliked
SELECT
  r.route,
  CASE WHEN EXISTS (SELECT 1 FROM feedback f WHERE f.reply = r.id AND f.value = 'bad') THEN 1 ELSE 0 END AS bad
FROM reply r
WHERE r.conversation = :conversation AND r.position < :before AND r.route <> ''
ORDER BY r.position DESC LIMIT 1
